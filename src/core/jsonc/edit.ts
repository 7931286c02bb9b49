/**
 * Changes to a JSON text that leave everything else as it is: comments, order, spelling. The
 * `modify` of jsonc-parser deletes comments between a member that goes and the one before it, and
 * hands the comment after the last member to a new one.
 */
import { applyEdits, createScanner, type Edit, type Node } from 'jsonc-parser';
import { propertyOf } from './document';

export type JsonValue =
  string | number | boolean | readonly JsonValue[] | { readonly [key: string]: JsonValue };

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

/** The text with that value for the member of the object, which is made if it is not there. */
export function withMember(text: string, object: Node, name: string, value: JsonValue): string {
  const property = propertyOf(object, name);
  if (property === undefined) {
    return appended(text, object, value, `${JSON.stringify(name)}: `);
  }
  const { offset, length } = property.value;
  const content = rendered(value, indentAt(text, property.key.offset), layoutOf(text));
  return applyEdits(text, [{ offset, length, content }]);
}

/** The text with that value after the last one of the list. */
export function withElement(text: string, list: Node, value: JsonValue): string {
  return appended(text, list, value);
}

/** The text without the member, its comma, and its lines where nothing else stands on them. */
export function withoutMember(text: string, object: Node, name: string): string {
  const property = propertyOf(object, name);
  if (property === undefined) {
    return text;
  }
  const children = object.children ?? [];
  const index = children.findIndex((child) => child.offset === property.key.offset);
  const end = property.value.offset + property.value.length;
  const before = children[index - 1];
  const isLast = index === children.length - 1;
  const own = commaBehind(text, end);
  const comma =
    own === undefined && isLast && before !== undefined
      ? commaBehind(text, before.offset + before.length)
      : own;
  const separate = comma === undefined || comma === end ? [] : [cut(comma, comma + 1)];
  const stretch = linesOf(text, property.key.offset, comma === end ? end + 1 : end);
  return applyEdits(text, [...separate, cut(stretch.from, stretch.to)]);
}

function cut(from: number, to: number): Edit {
  return { offset: from, length: to - from, content: '' };
}

/** The text with a value, after its key if it has one, added at the end of the container. */
function appended(text: string, container: Node, value: JsonValue, key = ''): string {
  const layout = layoutOf(text);
  const { indent, eol, isOneLine } = layout;
  const last = container.children?.at(-1);
  const close = container.offset + container.length - 1;
  const from = last === undefined ? container.offset + 1 : last.offset + last.length;
  const { end, hasComma } = restOfLine(text, from);
  const commas = last === undefined || hasComma ? [] : [{ offset: from, length: 0, content: ',' }];
  if (isOneLine) {
    const content = `${last === undefined ? '' : ' '}${key}${rendered(value, '', layout)}`;
    return applyEdits(text, [...commas, { offset: end, length: 0, content }]);
  }
  const outer = indentAt(text, container.offset);
  const inner =
    last !== undefined && isFirstOnLine(text, last.offset)
      ? indentAt(text, last.offset)
      : outer + indent;
  const between = text.slice(end, close);
  const isBare = between.trim() === '' && !/[\r\n]/.test(between);
  const content = [
    ...[eol, inner, key, rendered(value, inner, layout)],
    ...(isBare ? [eol, outer] : []),
  ].join('');
  return applyEdits(text, [
    ...commas,
    { offset: end, length: isBare ? between.length : 0, content },
  ]);
}

/** Objects over several lines, lists of plain values on one. */
function rendered(value: JsonValue, outer: string, layout: Layout): string {
  const { indent, eol, isOneLine } = layout;
  if (isList(value) && (isOneLine || !value.some((each) => typeof each === 'object'))) {
    return `[${value.map((element) => JSON.stringify(element)).join(', ')}]`;
  }
  if (isOneLine || typeof value !== 'object' || Object.keys(value).length === 0) {
    return JSON.stringify(value);
  }
  const inner = outer + indent;
  const parts = isList(value)
    ? value.map((each) => inner + rendered(each, inner, layout))
    : Object.entries(value).map(
        ([name, each]) => `${inner}${JSON.stringify(name)}: ${rendered(each, inner, layout)}`,
      );
  const [open, close] = isList(value) ? '[]' : '{}';
  return [open, parts.join(`,${eol}`), `${outer}${close}`].join(eol);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
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

/** Where the comma and the comments after a value end, on its line. */
function restOfLine(text: string, from: number): { end: number; hasComma: boolean } {
  // Blanks, then a comma, a line comment or a block comment.
  const next = /[ \t]*(?:(,)|\/\/[^\r\n]*|\/\*[^]*?\*\/)/y;
  let end = from;
  let hasComma = false;
  for (;;) {
    next.lastIndex = end;
    const match = next.exec(text);
    if (match === null) {
      return { end, hasComma };
    }
    hasComma ||= match[1] !== undefined;
    end = next.lastIndex;
  }
}
