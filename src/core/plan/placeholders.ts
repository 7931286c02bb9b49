/**
 * `${service}` in the values of a plan's `files`. There is no escape: `${` always begins one. A
 * longer name is none: looking for its end from every `${` of a long value would take forever.
 */
const REFERENCE = /\$\{([^}]{0,256})\}/g;

/** What stands between the braces, in its order, each once. */
export function placeholdersIn(value: string): ReadonlySet<string> {
  return new Set([...value.matchAll(REFERENCE)].map(([, name = '']) => name));
}

/** Whether a `${` has no `}` after it, or only one that is too far away. */
export function hasOpenPlaceholder(value: string): boolean {
  return value.replace(REFERENCE, '').includes('${');
}

/** The value with each reference replaced; `lookUp` knows every one of `placeholdersIn`. */
export function substitute(value: string, lookUp: (name: string) => string): string {
  return value.replace(REFERENCE, (_, name: string) => lookUp(name));
}
