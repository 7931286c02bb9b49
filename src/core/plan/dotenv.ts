/** Dotenv text: what a line sets, and how a value is written so that readers agree on it. */

/** As the readers of dotenv files recognise it; `:` and `export` are theirs. */
const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:\s)/;

/** The key that a line sets, if it sets one. */
export function keyOf(line: string): string | undefined {
  return ASSIGNMENT.exec(line)?.[1];
}

/** Nothing that a reader or a shell takes for something else. */
const PLAIN = /^[A-Za-z0-9_./:@%+,=-]*$/;

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r' };

/**
 * `KEY=value` on one line. Plain where that is safe; else in single quotes, in which dotenv,
 * Docker Compose and shells all keep everything as it is; else in double quotes with `\n`, `\r`
 * and a backslash before `"`, `\`, `$` and a backtick, which only some readers take away again:
 * that is left to values that have both a single quote or a line end and one of these.
 */
export function assignment(key: string, value: string): string {
  return `${key}=${quoted(value)}`;
}

function quoted(value: string): string {
  if (PLAIN.test(value)) {
    return value;
  }
  if (!/['\n\r]/.test(value)) {
    return `'${value}'`;
  }
  return `"${value.replace(/[\n\r"\\$`]/g, (found) => ESCAPES[found] ?? `\\${found}`)}"`;
}
