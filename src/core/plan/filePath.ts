import { PLAN_FILE } from '../domain/plan';

/** Git's own folder; `git~1` is its short name on Windows. Whoever writes there runs programs. */
const GIT_FOLDERS: ReadonlySet<string> = new Set(['.git', 'git~1']);

/**
 * Why Styxy renders no file of that path, as a sentence; undefined if it may. A path leads down
 * from the workspace's root with `/` on every system, has one spelling, and names neither a plan
 * nor anything of git's, on no file system: case, trailing dots and invisible characters, which
 * some of them ignore, and `:`, which begins a stream of a file on Windows, are no way around this.
 */
export function filePathProblem(path: string): string | undefined {
  if (path === '') {
    return 'A file needs a path.';
  }
  if (/[\p{Cc}\p{Cf}]/u.test(path)) {
    return 'A path has no control or invisible characters.';
  }
  if (path.includes('\\')) {
    return 'A path has "/" between its parts, on Windows too.';
  }
  if (path.startsWith('/') || path.includes(':')) {
    return 'A path begins at the workspace and has no drive, so that it is right on every machine.';
  }
  const segments = path.split('/');
  if (segments.includes('..')) {
    return 'A path does not leave the workspace, so it has no "..".';
  }
  if (segments.some((segment) => segment === '' || segment === '.')) {
    return 'A path has one spelling, without ".", "//" and a "/" at its end.';
  }
  if (segments.some((segment) => /[. ]$/.test(segment))) {
    return 'No part of a path ends with a dot or a blank, which Windows leaves out.';
  }
  const lower = segments.map((segment) => segment.toLowerCase());
  if (lower.some((segment) => GIT_FOLDERS.has(segment))) {
    return 'Styxy writes nothing into a .git folder.';
  }
  return lower.at(-1) === PLAN_FILE ? 'Styxy renders no plan.' : undefined;
}
