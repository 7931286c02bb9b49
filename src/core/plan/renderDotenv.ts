import type { Plan } from '../domain/plan';
import { placeholdersIn, substitute } from './placeholders';

const BEGIN_LINE = '# >>> styxy: written by Styxy, change styxy.json instead';
/** Other versions may say something else after the colon. */
const BEGIN = /^# >>> styxy(?::[^\r]*)?$/;
const END = '# <<< styxy';

export interface Rendered {
  readonly text: string;
  /** Keys of ours that lines outside the block set too, in the order of the values. */
  readonly shadowed: readonly string[];
}

/**
 * A dotenv file's text with `values` in a marked block, one key a line. Whatever stands between
 * the two markers is Styxy's and is replaced in place; without a block one is appended after a
 * blank line. Every other line stays as it is, byte for byte, with its line end; only a last line
 * without one gets one when the block is appended. Without values the block goes.
 *
 * A block that lost its end is taken to be its marker and the lines after it that set keys of
 * `values`, each once: a line too many stays, rather than one that somebody wrote being lost. Of
 * several blocks the first is replaced and the others go. Rendering twice changes nothing more.
 */
export function renderFile(
  before: string | undefined,
  values: ReadonlyMap<string, string>,
): Rendered {
  const bom = before?.startsWith('\uFEFF') === true ? '\uFEFF' : '';
  const whole = (before ?? '').slice(bom.length);
  const eol = lineEndOf(whole);
  const { kept, at } = withoutBlocks(linesOf(whole), values);
  const block = values.size === 0 ? '' : blockOf(values, eol);
  const above = kept.slice(0, at ?? kept.length).join('');
  const below = kept.slice(at ?? kept.length).join('');
  const gap = at === undefined && block !== '' ? gapBehind(above, eol) : '';
  const set = new Set(kept.map(keyOf));
  return {
    text: [bom, above, gap, block, below].join(''),
    shadowed: [...values.keys()].filter((key) => set.has(key)),
  };
}

/** Each with its line end; the last one may have none. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A text that ends with a CR lost the LF after it: adding one makes that a CRLF. */
function lineEndOf(text: string): string {
  const first = /\r?\n/.exec(text)?.[0];
  return first ?? (text.endsWith('\r') ? '\r\n' : '\n');
}

function blockOf(values: ReadonlyMap<string, string>, eol: string): string {
  const assignments = [...values].map(([key, value]) => assignment(key, value));
  return [BEGIN_LINE, ...assignments, END].map((line) => line + eol).join('');
}

/** What separates an appended block from the text above it. */
function gapBehind(text: string, eol: string): string {
  if (text === '') {
    return '';
  }
  const ended = text.endsWith('\n') ? text : text + eol;
  const isBlank = /(?:^|\n)[ \t]*\r?\n$/.test(ended);
  return ended.slice(text.length) + (isBlank ? '' : eol);
}

/** The lines that are not Styxy's, and the index among them where its first block was. */
function withoutBlocks(
  lines: readonly string[],
  values: ReadonlyMap<string, string>,
): { readonly kept: readonly string[]; readonly at?: number } {
  const kept: string[] = [];
  let at: number | undefined;
  for (let index = 0; index < lines.length;) {
    const line = lines[index] ?? '';
    if (BEGIN.test(line.trim())) {
      at ??= kept.length;
      index = endOfBlock(lines, index, values);
    } else {
      kept.push(line);
      index += 1;
    }
  }
  return { kept, ...(at === undefined ? {} : { at }) };
}

/** Index of the first line after the block that begins at `begin`. */
function endOfBlock(
  lines: readonly string[],
  begin: number,
  values: ReadonlyMap<string, string>,
): number {
  for (let index = begin + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() === END) {
      return index + 1;
    }
    if (BEGIN.test(line.trim())) {
      break;
    }
  }
  const seen = new Set<string>();
  let index = begin + 1;
  for (; index < lines.length; index += 1) {
    const key = keyOf(lines[index] ?? '');
    if (key === undefined || !values.has(key) || seen.has(key)) {
      break;
    }
    seen.add(key);
  }
  return index;
}

export interface FileValues {
  readonly values: ReadonlyMap<string, string>;
  /** Keys that were left out, each with the services that have no port. */
  readonly omitted: ReadonlyMap<string, readonly string[]>;
}

/** What one of the plan's files gets, with ports by service; no values for a path it has not. */
export function valuesOf(plan: Plan, path: string, ports: ReadonlyMap<string, number>): FileValues {
  const values = new Map<string, string>();
  const omitted = new Map<string, readonly string[]>();
  const portOf = (service: string) => String(ports.get(service));
  for (const [key, value] of plan.files.get(path) ?? []) {
    const missing = [...placeholdersIn(value)].filter((service) => !ports.has(service));
    if (missing.length === 0) {
      values.set(key, substitute(value, portOf));
    } else {
      omitted.set(key, missing);
    }
  }
  return { values, omitted };
}

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
