/** A text as a tree with offsets, and where its problems are gathered. */
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

/** What a text is to be, for the messages. */
export interface TextKind {
  /** The beginning of a sentence: "The configuration". */
  readonly name: string;
  readonly example: string;
}

/** Longer texts are refused, in UTF-16 code units: 1 MiB. */
const MAX_TEXT_LENGTH = 1024 * 1024;
/** Of each severity. A file with more is broken as a whole. */
const MAX_PROBLEMS = 100;
/** The parser calls itself for each level, so depth must have an end. */
const MAX_DEPTH = 100;
/** A longer key is no slip of the finger, and comparing it takes time. */
const MAX_COMPARED_LENGTH = 64;

/** What is wrong in one text. */
export class Problems {
  readonly #errors: FileProblem[] = [];
  readonly #warnings: FileProblem[] = [];

  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  /** Whether another warning would be kept: where looking for one is work, ask first. */
  get takesWarnings(): boolean {
    return this.#warnings.length < MAX_PROBLEMS;
  }

  /** In the order of the text. */
  get all(): readonly FileProblem[] {
    return [...this.#errors, ...this.#warnings].sort((a, b) => a.offset - b.offset);
  }

  error({ offset, length }: Span, path: Path, message: string, example: string): void {
    if (this.#errors.length < MAX_PROBLEMS) {
      this.#errors.push({ severity: 'error', path, offset, length, message, example });
    }
  }

  warning({ offset, length }: Span, path: Path, message: string): void {
    if (this.takesWarnings) {
      this.#warnings.push({ severity: 'warning', path, offset, length, message });
    }
  }
}

/**
 * The object that the text is. Comments and trailing commas are fine. `empty` if there is nothing
 * but blanks and comments; undefined, with an error, if it is no object.
 */
export function parseObject(
  text: string,
  kind: TextKind,
  problems: Problems,
): Node | 'empty' | undefined {
  const { name, example } = kind;
  if (text.length > MAX_TEXT_LENGTH) {
    problems.error({ offset: 0, length: 0 }, [], `${name} is longer than 1 MiB.`, example);
    return undefined;
  }
  const json = withoutMark(text);
  const deep = tooDeep(json);
  if (deep !== undefined) {
    const message = `More than ${MAX_DEPTH} objects and lists are in each other ${placeOf(json, deep.offset)}.`;
    problems.error(deep, [], message, example);
    return undefined;
  }
  const errors: ParseError[] = [];
  const root = parseTree(json, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const [first] = errors;
  if (first !== undefined) {
    // What the parser says after its first error follows from that one.
    const offset = Math.min(first.offset, json.length);
    const span = { offset, length: Math.min(first.length, json.length - offset) };
    problems.error(span, [], `${syntaxMessage(first)} ${placeOf(json, offset)}.`, example);
    return undefined;
  }
  if (root === undefined) {
    return 'empty';
  }
  if (root.type !== 'object') {
    problems.error(root, [], `${name} is ${shown(root)}, not an object in braces.`, example);
    return undefined;
  }
  return root;
}

/** A byte order mark is no JSON, and offsets must stay. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
}

/** Where the nesting goes too deep for the parser. */
export function tooDeep(json: string): Span | undefined {
  const scanner = createScanner(json, true);
  for (let depth = 0; ;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    const length = scanner.getTokenLength();
    // Not the length: behind a comment without an end the scanner stands beyond the text.
    if (offset >= json.length) {
      return undefined;
    }
    const token = length === 1 ? json.charAt(offset) : '';
    depth += token === '{' || token === '[' ? 1 : token === '}' || token === ']' ? -1 : 0;
    if (depth > MAX_DEPTH) {
      return { offset, length };
    }
  }
}

/** `at line 3, column 5`, both from 1. */
function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

const SYNTAX_MESSAGES: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'A key in double quotes is missing',
  ValueExpected: 'A value is missing',
  ColonExpected: 'A colon is missing',
  CommaExpected: 'A comma is missing',
  CloseBraceExpected: 'A closing } is missing',
  CloseBracketExpected: 'A closing ] is missing',
  EndOfFileExpected: 'The object has ended, and nothing may follow it',
  UnexpectedEndOfComment: 'There is a comment without an end',
  UnexpectedEndOfString: 'There is a text without a closing quote',
  InvalidEscapeCharacter: 'There is an unknown escape behind a backslash',
  InvalidUnicode: 'There is a \\u without four hexadecimal digits',
  InvalidCharacter: 'There is a control character in a text',
};

function syntaxMessage({ error }: ParseError): string {
  return SYNTAX_MESSAGES[printParseErrorCode(error)] ?? 'There is something that is no JSON';
}

/** The members of an object in the order of the text, with those that come twice. */
export function entriesOf(object: Node, path: Path): readonly Member[] {
  return (object.children ?? []).flatMap(({ children = [] }) => {
    const [key, value] = children;
    if (key === undefined || value === undefined) {
      return [];
    }
    const name = String(key.value);
    return [{ name, key, value, path: [...path, name] }];
  });
}

/** The members of an object by name; the last of each, as JSON's readers take it. */
export function lastOfEach(entries: readonly Member[]): ReadonlyMap<string, Member> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/** The members that come after one of the same name. */
export function repeated(entries: readonly Member[]): readonly Member[] {
  const seen = new Set<string>();
  return entries.filter(({ name }) => {
    const isRepeated = seen.has(name);
    seen.add(name);
    return isRepeated;
  });
}

/** The members of an object with known keys; unknown ones and repeated ones are warnings. */
export function membersOf<Key extends string>(
  object: Node,
  path: Path,
  known: readonly Key[],
  problems: Problems,
): (key: Key) => Member | undefined {
  const entries = entriesOf(object, path);
  warnRepeated(entries, problems);
  for (const { name, key, path: at } of entries) {
    if (problems.takesWarnings && !known.some((each) => each === name)) {
      const meant = name.length > MAX_COMPARED_LENGTH ? undefined : nearestWord(name, known);
      const hint = meant === undefined ? '' : ` ${didYouMean(meant)}`;
      problems.warning(key, at, `Styxy knows no key ${show(name)} here and ignores it.${hint}`);
    }
  }
  const members = lastOfEach(entries);
  return (key) => members.get(key);
}

export function warnRepeated(entries: readonly Member[], problems: Problems): void {
  for (const { name, key, path } of repeated(entries)) {
    problems.warning(key, path, `${show(name)} is there twice, and the last one counts.`);
  }
}

export function didYouMean(word: string): string {
  return `Did you mean "${word}"?`;
}

/** A value in a message. */
export function shown({ type, value }: Node): string {
  return type === 'array' ? 'a list' : type === 'object' ? 'an object' : show(value);
}
