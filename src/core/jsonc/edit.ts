/**
 * Changes to a JSON text that leave everything else as it is: comments, order, spelling. The
 * `modify` of jsonc-parser deletes comments between a member that goes and the one before it, and
 * hands the comment behind the last member to a new one.
 */
import { createScanner, type Node } from 'jsonc-parser';
import { entriesOf, lastOfEach, type Member } from './json';

export type JsonValue =
  string | number | boolean | readonly JsonValue[] | { readonly [key: string]: JsonValue };

interface Edit {
  readonly offset: number;
  /** How much of the text goes. */
  readonly length: number;
  readonly content: string;
}

/** Indentation and line ends as the file has them; two spaces and `\n` where it shows none. */
interface Layout {
  readonly indent: string;
  readonly eol: string;
  /** The whole file is one line, and stays so. */
  readonly isOneLine: boolean;
}

function layoutOf(text: string): Layout {
  return {
    indent: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ',
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    isOneLine: !/[\r\n]/.test(text.trim()) && !/^\s*\{\s*\}\s*$/.test(text),
  };
}

/** The member of that name in an object, the last one if there are several. */
export function memberOf(object: Node, name: string): Member | undefined {
  return lastOfEach(entriesOf(object, [])).get(name);
}

/** The text with that value for the member of the object, which is made if it is not there. */
export function withMember(text: string, object: Node, name: string, value: JsonValue): string {
  const member = memberOf(object, name);
  const layout = layoutOf(text);
  if (member === undefined) {
    return applied(text, append(text, object, { name, value }, layout));
  }
  const { offset, length } = member.value;
  const content = rendered(value, indentAt(text, member.key.offset), layout);
  return applied(text, [{ offset, length, content }]);
}

/** The text without the member, its comma, and its lines where nothing else stands on them. */
export function withoutMember(text: string, object: Node, name: string): string {
  const member = memberOf(object, name);
  if (member === undefined) {
    return text;
  }
  const children = object.children ?? [];
  const index = children.findIndex((child) => child.offset === member.key.offset);
  const end = member.value.offset + member.value.length;
  const before = children[index - 1];
  const isLast = index === children.length - 1;
  const own = commaBehind(text, end);
  const comma =
    own === undefined && isLast && before !== undefined
      ? commaBehind(text, before.offset + before.length)
      : own;
  const separate = comma === undefined || comma === end ? [] : [cut(comma, comma + 1)];
  const stretch = linesOf(text, member.key.offset, comma === end ? end + 1 : end);
  return applied(text, [...separate, cut(stretch.from, stretch.to)]);
}

function cut(from: number, to: number): Edit {
  return { offset: from, length: to - from, content: '' };
}

/** From the end of the text, so that offsets stay; of two at one place the first comes first. */
function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .reverse()
    .sort((a, b) => b.offset - a.offset)
    .reduce(
      (now, { offset, length, content }) =>
        now.slice(0, offset) + content + now.slice(offset + length),
      text,
    );
}

function append(
  text: string,
  object: Node,
  { name, value }: { readonly name: string; readonly value: JsonValue },
  layout: Layout,
): Edit[] {
  const { indent, eol, isOneLine } = layout;
  const last = object.children?.at(-1);
  const close = object.offset + object.length - 1;
  const from = last === undefined ? object.offset + 1 : last.offset + last.length;
  const { end, hasComma } = restOfLine(text, from);
  const commas = last === undefined || hasComma ? [] : [{ offset: from, length: 0, content: ',' }];
  if (isOneLine) {
    const blank = last === undefined ? '' : ' ';
    const content = `${blank}${JSON.stringify(name)}: ${JSON.stringify(value)}`;
    return [...commas, { offset: end, length: 0, content }];
  }
  const outer = indentAt(text, object.offset);
  const inner =
    last !== undefined && isFirstOnLine(text, last.offset)
      ? indentAt(text, last.offset)
      : outer + indent;
  const between = text.slice(end, close);
  const isBare = between.trim() === '' && !/[\r\n]/.test(between);
  const content = [
    eol,
    inner,
    `${JSON.stringify(name)}: ${rendered(value, inner, layout)}`,
    ...(isBare ? [eol, outer] : []),
  ].join('');
  return [...commas, { offset: end, length: isBare ? between.length : 0, content }];
}

/** Objects over several lines, lists of plain values on one. */
function rendered(value: JsonValue, outer: string, layout: Layout): string {
  const { indent, eol, isOneLine } = layout;
  if (isOneLine || !isObject(value)) {
    return Array.isArray(value)
      ? `[${value.map((element) => JSON.stringify(element)).join(', ')}]`
      : JSON.stringify(value);
  }
  const inner = outer + indent;
  const members = Object.entries(value).map(
    ([name, each]) => `${inner}${JSON.stringify(name)}: ${rendered(each, inner, layout)}`,
  );
  return members.length === 0 ? '{}' : ['{', members.join(`,${eol}`), `${outer}}`].join(eol);
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && !Array.isArray(value);
}

function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

/** The blanks that begin the line. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}

function isFirstOnLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

/** The stretch, and its lines with the end of the last one if nothing else is on them. */
function linesOf(text: string, from: number, to: number): { from: number; to: number } {
  const rest = /^[ \t]*(?:\r\n|\r|\n)/.exec(text.slice(to))?.[0];
  return rest !== undefined && isFirstOnLine(text, from)
    ? { from: lineStart(text, from), to: to + rest.length }
    : { from, to };
}

/** Where the comma is that comes next, comments aside. */
function commaBehind(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return text.charAt(at) === ',' ? at : undefined;
}

/** Where the comma and the comments behind a value end, on its line. */
function restOfLine(text: string, from: number): { end: number; hasComma: boolean } {
  const behind = /[ \t]*(?:(,)|\/\/[^\r\n]*|\/\*[^]*?\*\/)/y;
  let end = from;
  let hasComma = false;
  for (;;) {
    behind.lastIndex = end;
    const match = behind.exec(text);
    if (match === null) {
      return { end, hasComma };
    }
    hasComma ||= match[1] !== undefined;
    end = behind.lastIndex;
  }
}
