/*
 * Variables that npm, a test loader or an editor around this process sets and that would change how
 * an editor or an npm started from here behaves.
 */
const NPM_KEPT = 'registry|cafile|cache|userconfig|(https?_|no)?proxy';
const PATTERNS = [new RegExp(`^npm_(?!config_(${NPM_KEPT})$)`, 'i'), /^VSCODE_/, /^ELECTRON_/];
const NAMES = new Set(['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'INIT_CWD', 'PORT']);

/** This process's environment without what leaks from npm, test loaders or a surrounding editor. */
export function cleanEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !NAMES.has(name) && !PATTERNS.some((pattern) => pattern.test(name)),
  );
  return { ...Object.fromEntries(kept), ...extra };
}
