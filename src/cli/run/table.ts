import type { Paint, Style } from './style';

/** What stands in a table or after the name of a field; undefined is nothing, as is no text. */
export type Cell = string | PaintedText | undefined;

interface PaintedText {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  cell(row: Row): Cell;
}

const GAP = '  ';
const NOTHING: PaintedText = { text: '' };

/**
 * Rows under their titles, each column as wide as its widest cell, the last one unpadded so that
 * nothing ends in spaces. Columns without any text are left out; without rows there is nothing.
 */
export function table<Row>(
  style: Style,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): string[] {
  if (rows.length === 0) {
    return [];
  }
  const filled = columns
    .map(({ title, align, cell }) => {
      const cells = rows.map((row) => textOf(cell(row)));
      return {
        title,
        align,
        cells,
        width: Math.max(...[title, ...cells.map(({ text }) => text)].map(length)),
      };
    })
    .filter(({ cells }) => cells.some(({ text }) => text !== ''));
  const line = (cells: readonly PaintedText[]): string =>
    filled
      .map(({ align, width }, index) => {
        const cell = cells[index] ?? NOTHING;
        const padding = ' '.repeat(Math.max(0, width - length(cell.text)));
        if (align === 'right') {
          return padding + painted(cell, style);
        }
        return painted(cell, style) + (index === filled.length - 1 ? '' : padding);
      })
      .join(GAP)
      .trimEnd();
  return [
    line(filled.map(({ title }) => ({ text: title, paint: 'dim' }))),
    ...rows.map((_, row) => line(filled.map(({ cells }) => cells[row] ?? NOTHING))),
  ];
}

/** `name  value` lines, the values aligned; fields without a value are left out. */
export function fields(
  style: Style,
  entries: readonly (readonly [name: string, value: Cell])[],
): string[] {
  const present = entries
    .map(([name, value]) => ({ name, value: textOf(value) }))
    .filter(({ value }) => value.text !== '');
  const width = Math.max(0, ...present.map(({ name }) => name.length));
  return present.map(
    ({ name, value }) => `${style.dim(name.padEnd(width))}${GAP}${painted(value, style)}`,
  );
}

function textOf(cell: Cell): PaintedText {
  return typeof cell === 'object' ? cell : { text: cell ?? '' };
}

function painted({ text, paint }: PaintedText, style: Style): string {
  return paint === undefined ? text : style[paint](text);
}

function length(text: string): number {
  return [...text].length;
}
