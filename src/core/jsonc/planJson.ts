/** A plan's text as a tree with offsets, and where its problems are gathered. */
import {
  createScanner,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { FileProblem } from '../domain/configuration';
import { show } from '../domain/describe';
import { nearestWord } from '../domain/nearestWord';

export type Path = FileProblem['path'];

/** A stretch of the text; a node is one. */
export type Span = Pick<Node, 'offset' | 'length'>;

/** One `"name": value` of an object. */
export interface Member {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
  /** Of the value. */
  readonly path: Path;
}

/** Of each severity. A file with more is broken as a whole. */
const MAX_PROBLEMS = 100;
/** A plan is four deep; the parser calls itself for each level, so depth must have an end. */
const MAX_DEPTH = 100;

/** What is wrong in one text, in its order. */
export class Problems {
  readonly #errors: FileProblem[] = [];
  readonly #warnings: FileProblem[] = [];

  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  /** Whether another error would be told; else looking for what was meant is a waste. */
  get hasRoom(): boolean {
    return this.#errors.length < MAX_PROBLEMS && this.#warnings.length < MAX_PROBLEMS;
  }

  get all(): readonly FileProblem[] {
    return [...this.#errors, ...this.#warnings].sort((a, b) => a.offset - b.offset);
  }

  error(at: Span, path: Path, message: string, example: string): void {
    if (this.#errors.length < MAX_PROBLEMS) {
      const { offset, length } = at;
      this.#errors.push({ severity: 'error', path, offset, length, message, example });
    }
  }

  warning(at: Span, path: Path, message: string): void {
    if (this.#warnings.length < MAX_PROBLEMS) {
      const { offset, length } = at;
      this.#warnings.push({ severity: 'warning', path, offset, length, message });
    }
  }
}

const PLAN_EXAMPLE = '{ "services": { "web": { "type": "dev" } } }';

/** The object that the text is; undefined with an error if it is none. Comments are fine. */
export function parseObject(text: string, problems: Problems): Node | undefined {
  // A byte order mark is no JSON, and offsets must stay.
  const json = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const deep = tooDeep(json);
  if (deep !== undefined) {
    problems.error(
      deep,
      [],
      `There are more than ${MAX_DEPTH} objects and lists in each other here.`,
      PLAN_EXAMPLE,
    );
    return undefined;
  }
  const errors: ParseError[] = [];
  const root = parseTree(json, errors, { allowTrailingComma: true });
  for (const { error, offset, length } of errors) {
    // An error at the end may reach beyond it.
    const begin = Math.min(offset, json.length);
    const span = { offset: begin, length: Math.min(length, json.length - begin) };
    problems.error(span, [], syntaxMessage(error), PLAN_EXAMPLE);
  }
  if (problems.hasErrors) {
    return undefined;
  }
  if (root?.type !== 'object') {
    const at = root ?? { offset: 0, length: 0 };
    problems.error(at, [], 'A plan is a JSON object.', PLAN_EXAMPLE);
    return undefined;
  }
  return root;
}

/** Where the nesting goes too deep. */
function tooDeep(json: string): Span | undefined {
  const scanner = createScanner(json, true);
  for (let depth = 0; ;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    const length = scanner.getTokenLength();
    // Behind a comment without an end the scanner stands beyond the text.
    if (length === 0 || offset >= json.length) {
      return undefined;
    }
    const token = length === 1 ? json.charAt(offset) : '';
    depth += token === '{' || token === '[' ? 1 : token === '}' || token === ']' ? -1 : 0;
    if (depth > MAX_DEPTH) {
      return { offset, length };
    }
  }
}

const SYNTAX: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'A key in double quotes is missing here.',
  ValueExpected: 'A value is missing here.',
  ColonExpected: 'A colon is missing here.',
  CommaExpected: 'A comma is missing here.',
  CloseBraceExpected: 'A closing } is missing here.',
  CloseBracketExpected: 'A closing ] is missing here.',
  EndOfFileExpected: 'The plan ends before this; nothing may follow it.',
  UnexpectedEndOfComment: 'This comment has no end.',
  UnexpectedEndOfString: 'This text has no closing quote on its line.',
  InvalidEscapeCharacter: 'There is no such escape after a backslash; write a backslash twice.',
  InvalidUnicode: 'Four hexadecimal digits must follow \\u.',
  InvalidCharacter: 'A text may not have control characters; write them as escapes.',
};

function syntaxMessage(code: ParseError['error']): string {
  return SYNTAX[printParseErrorCode(code)] ?? 'This is not JSON.';
}

/**
 * The members of an object, the last of each name, since that is the one that JSON's readers
 * take; a name that comes twice is an error. With `known` every other name is a warning.
 */
export function membersOf(
  object: Node,
  path: Path,
  problems: Problems,
  known?: readonly string[],
): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  for (const { children } of object.children ?? []) {
    const [key, value] = children ?? [];
    if (key === undefined || value === undefined) {
      continue;
    }
    const name = String(key.value);
    const member = { name, key, value, path: [...path, name] };
    if (members.has(name)) {
      problems.error(
        key,
        member.path,
        `${show(name)} is there twice, and only one of them would count.`,
        `${show(name)} once`,
      );
    }
    members.set(name, member);
    if (known !== undefined && !known.includes(name) && problems.hasRoom) {
      const meant = nearestWord(name, known);
      const hint = meant === undefined ? `Known are ${known.join(', ')}.` : didYouMean(meant);
      problems.warning(key, member.path, `Styxy knows no key ${show(name)} here. ${hint}`);
    }
  }
  return members;
}

export function didYouMean(word: string): string {
  return `Did you mean "${word}"?`;
}
