import type { Edit, Node } from 'jsonc-parser';

/** Indentation and line ends as the file has them; two spaces and `\n` where it shows none. */
export interface Layout {
  readonly indent: string;
  readonly eol: string;
}

export function layoutOf(text: string): Layout {
  return {
    indent: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ',
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

/**
 * The edits that add `content` behind the last child of an array or object, on lines of its own.
 * Nothing that stands in the file is written anew: a comment behind the last child stays with it.
 * jsonc-parser's own `modify` would format that child, or hand its comment to the new one.
 */
export function append(
  text: string,
  container: Node,
  content: string,
  depth: number,
  { indent, eol }: Layout,
): Edit[] {
  const last = container.children?.at(-1);
  const close = container.offset + container.length - 1;
  const from = last === undefined ? container.offset + 1 : last.offset + last.length;
  const { end, hasComma } = restOfLine(text, from);
  const between = text.slice(end, close);
  const isBare = between.trim() === '' && !between.includes('\n');
  const lines = content.split('\n').map((line) => indent.repeat(depth) + line);
  const body = [eol, lines.join(eol), ...(isBare ? [eol, indent.repeat(depth - 1)] : [])].join('');
  const comma = { offset: from, length: 0, content: ',' };
  return [
    ...(last === undefined || hasComma ? [] : [comma]),
    { offset: end, length: isBare ? between.length : 0, content: body },
  ];
}

/** Where the comma and the comments behind a value end, on its line. */
function restOfLine(text: string, from: number): { end: number; hasComma: boolean } {
  // Blanks, then a comma, a line comment or a block comment.
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
