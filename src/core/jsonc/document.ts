/** A text of JSON with comments as a tree with offsets, and where its problems are gathered. */
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

/** What kind of file a text is. */
export interface FileKind {
  /** The beginning of a sentence: "The configuration". */
  readonly name: string;
  /** A right file, in short. */
  readonly example: string;
  /**
   * Whether a key that is there twice and a text without a value are errors; else the last of the
   * keys counts, with a warning, and the text is an empty object.
   */
  readonly isStrict: boolean;
}

/** Longer texts are refused, in UTF-16 code units: 1 MiB. */
const MAX_TEXT_LENGTH = 1024 * 1024;
/** Of each severity. A file with more is broken as a whole. */
const MAX_PROBLEMS = 100;
/** The parser calls itself for each level, so depth must have an end. */
const MAX_DEPTH = 100;
/** A longer key is no slip of the finger, and comparing it takes time. */
const MAX_COMPARED_LENGTH = 64;

/** What is wrong in one text. Reporting returns undefined, so that a reader can end with it. */
export class Problems {
  readonly kind: FileKind;
  readonly #errors: FileProblem[] = [];
  readonly #warnings: FileProblem[] = [];

  constructor(kind: FileKind) {
    this.kind = kind;
  }

  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  /** Whether another error would be kept: where finding its words is work, ask first. */
  get takesErrors(): boolean {
    return this.#errors.length < MAX_PROBLEMS;
  }

  /** Whether another warning would be kept: where looking for one is work, ask first. */
  get takesWarnings(): boolean {
    return this.#warnings.length < MAX_PROBLEMS;
  }

  /** In the order of the text. */
  get all(): readonly FileProblem[] {
    return [...this.#errors, ...this.#warnings].sort((a, b) => a.offset - b.offset);
  }

  error({ offset, length }: Span, path: Path, message: string, example: string): undefined {
    if (this.takesErrors) {
      this.#errors.push({ severity: 'error', path, offset, length, message, example });
    }
  }

  warning({ offset, length }: Span, path: Path, message: string): undefined {
    if (this.takesWarnings) {
      this.#warnings.push({ severity: 'warning', path, offset, length, message });
    }
  }
}

/** Why a text cannot be parsed, and where. */
interface Fault extends Span {
  /** The parser's word, such as `CommaExpected`, or `TooDeep`. */
  readonly code: string;
}

export interface Parsed {
  /** Absent if there is a fault, or nothing but blanks and comments. */
  readonly root?: Node;
  /** The first one: what the parser says after it follows from it. */
  readonly fault?: Fault;
}

/** Comments and trailing commas are fine, and if it may be so, that there is nothing else. */
export function parse(text: string, { mayBeEmpty = false } = {}): Parsed {
  const json = withoutMark(text);
  const deep = tooDeep(json);
  if (deep !== undefined) {
    return { fault: { ...deep, code: 'TooDeep' } };
  }
  const errors: ParseError[] = [];
  const root = parseTree(json, errors, {
    allowTrailingComma: true,
    allowEmptyContent: mayBeEmpty,
  });
  const [first] = errors;
  if (first !== undefined) {
    // An error at the end may reach beyond it.
    const offset = Math.min(first.offset, json.length);
    const length = Math.min(first.length, json.length - offset);
    return { fault: { offset, length, code: printParseErrorCode(first.error) } };
  }
  return root === undefined ? {} : { root };
}

/**
 * The object that the text is. `empty` if there is nothing but blanks and comments, which is an
 * error where the kind is strict; undefined, with an error, if it is no object.
 */
export function parseObject(text: string, problems: Problems): Member | 'empty' | undefined {
  const { name, example, isStrict } = problems.kind;
  if (text.length > MAX_TEXT_LENGTH) {
    const long = tooLong(problems.kind);
    return problems.error(long, long.path, long.message, example);
  }
  const { root, fault } = parse(text, { mayBeEmpty: !isStrict });
  if (fault !== undefined) {
    const what = SYNTAX_MESSAGES[fault.code] ?? 'There is something that is no JSON';
    return problems.error(fault, [], `${what} ${placeOf(text, fault.offset)}.`, example);
  }
  if (root === undefined) {
    return 'empty';
  }
  return root.type === 'object'
    ? new Member({ name: '', key: root, value: root }, [], problems)
    : problems.error(root, [], `${name} is ${shown(root)}, not an object in braces.`, example);
}

/** What is wrong with a text that is too long. */
export function tooLong({ name, example }: FileKind): FileProblem {
  const message = `${name} is longer than 1 MiB.`;
  return { severity: 'error', path: [], offset: 0, length: 0, message, example };
}

/** A byte order mark is no JSON, and offsets must stay. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
}

/** Where the nesting goes too deep for the parser. */
function tooDeep(json: string): Span | undefined {
  const scanner = createScanner(json, true);
  for (let depth = 0; ;) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    const length = scanner.getTokenLength();
    // Not the length: after a comment without an end the scanner stands beyond the text.
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
  TooDeep: `More than ${MAX_DEPTH} objects and lists are in each other`,
  PropertyNameExpected: 'A key in double quotes is missing',
  ValueExpected: 'A value is missing',
  ColonExpected: 'A colon is missing',
  CommaExpected: 'A comma is missing',
  CloseBraceExpected: 'A closing } is missing',
  CloseBracketExpected: 'A closing ] is missing',
  EndOfFileExpected: 'The object has ended, and nothing may follow it',
  UnexpectedEndOfComment: 'There is a comment without an end',
  UnexpectedEndOfString: 'There is a text without a closing quote',
  InvalidEscapeCharacter: 'There is a backslash that begins no escape and is not written twice',
  InvalidUnicode: 'There is a \\u without four hexadecimal digits',
  InvalidCharacter: 'There is a control character in a text that is not written as an escape',
};

/** One `"name": value` of an object. */
export interface Property {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
}

/** In the order of the text, with those that come twice; none of what is no object. */
function propertiesOf({ type, children = [] }: Node): readonly Property[] {
  return (type === 'object' ? children : []).flatMap(({ children: [key, value] = [] }) =>
    key === undefined || value === undefined ? [] : [{ name: String(key.value), key, value }],
  );
}

/** The property of that name; the last of several, as JSON's readers take it. */
export function propertyOf(object: Node, name: string): Property | undefined {
  return propertiesOf(object).findLast((property) => property.name === name);
}

/**
 * A value in a text, with its name and its path: a property of an object, or an element of a list,
 * whose key is its value. What is wrong about it is reported here.
 */
export class Member implements Property {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
  readonly path: Path;
  readonly problems: Problems;

  constructor({ name, key, value }: Property, path: Path, problems: Problems) {
    this.name = name;
    this.key = key;
    this.value = value;
    this.path = path;
    this.problems = problems;
  }

  /** The value, if it is no object and no list. */
  get plain(): unknown {
    return this.value.value;
  }

  get isObject(): boolean {
    return this.value.type === 'object';
  }

  get isList(): boolean {
    return this.value.type === 'array';
  }

  /** The elements of a list; none of what is no list. */
  get elements(): readonly Member[] {
    const nodes = this.isList ? (this.value.children ?? []) : [];
    return nodes.map((value, index) => {
      const name = `${this.name}[${index}]`;
      return new Member({ name, key: value, value }, [...this.path, index], this.problems);
    });
  }

  /** The members of an object in the order of the text, with those that come twice. */
  get entries(): readonly Member[] {
    return propertiesOf(this.value).map((property) => this.#member(property));
  }

  /** The member of that name; the last of several. */
  find(name: string): Member | undefined {
    const property = propertyOf(this.value, name);
    return property && this.#member(property);
  }

  /**
   * The members by name, the last of each; those that come twice are reported. With `known`, every
   * other name is a warning.
   */
  members(known?: readonly string[]): ReadonlyMap<string, Member> {
    const members = new Map<string, Member>();
    for (const member of this.entries) {
      if (members.has(member.name)) {
        member.#reportRepeated();
      }
      members.set(member.name, member);
      if (known !== undefined && !known.includes(member.name) && this.problems.takesWarnings) {
        member.#reportUnknown(known);
      }
    }
    return members;
  }

  error(message: string, example: string): undefined {
    return this.problems.error(this.value, this.path, message, example);
  }

  warn(message: string): undefined {
    return this.problems.warning(this.value, this.path, message);
  }

  keyError(message: string, example: string): undefined {
    return this.problems.error(this.key, this.path, message, example);
  }

  keyWarn(message: string): undefined {
    return this.problems.warning(this.key, this.path, message);
  }

  /** The value is not what it should be; `is` ends the sentence. */
  isNot(is: string, example: string): undefined {
    return this.error(`${show(this.name)} is ${shown(this.value)}, not ${is}.`, example);
  }

  #member(property: Property): Member {
    return new Member(property, [...this.path, property.name], this.problems);
  }

  #reportRepeated(): void {
    const name = show(this.name);
    if (this.problems.kind.isStrict) {
      this.keyError(`${name} is there twice, and only one of them would count.`, `${name} once`);
    } else {
      this.keyWarn(`${name} is there twice, and the last one counts.`);
    }
  }

  #reportUnknown(known: readonly string[]): void {
    const { isStrict } = this.problems.kind;
    const unknown = `Styxy knows no key ${show(this.name)} here${isStrict ? '' : ' and ignores it'}.`;
    const otherwise = isStrict ? `Known are ${known.join(', ')}.` : '';
    const isLong = this.name.length > MAX_COMPARED_LENGTH;
    const hint = isLong ? otherwise : didYouMean(this.name, known, otherwise);
    this.keyWarn(`${unknown} ${hint}`.trimEnd());
  }
}

/** A question that names the nearest of the words, or else the other sentence. */
export function didYouMean(word: string, words: Iterable<string>, otherwise = ''): string {
  const meant = nearestWord(word, words);
  return meant === undefined ? otherwise : `Did you mean "${meant}"?`;
}

/** A value in a message. */
export function shown({ type, value }: Node): string {
  return type === 'array' ? 'a list' : type === 'object' ? 'an object' : show(value);
}
