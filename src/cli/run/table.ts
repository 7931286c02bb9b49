import type { Paint, Style } from './style';

export interface Cell {
  readonly text: string;
  readonly paint?: Paint;
}

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'right';
  cell(row: Row): Cell;
}

const GAP = '  ';

/**
 * Rows under their titles, each column as wide as its widest cell, the last one unpadded so that
 * nothing ends in spaces. Columns without any text are left out.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  style: Style,
): string[] {
  const filled = columns
    .map((column) => ({ column, cells: rows.map((row) => column.cell(row)) }))
    .filter(({ cells }) => cells.some((cell) => cell.text !== ''))
    .map(({ column, cells }) => ({
      column,
      cells,
      width: Math.max(column.title.length, ...cells.map((cell) => length(cell.text))),
    }));
  const line = (cellOf: (index: number) => Cell): string =>
    filled
      .map(({ column, width }, index) => {
        const cell = cellOf(index);
        const padding = ' '.repeat(Math.max(0, width - length(cell.text)));
        const text = cell.paint === undefined ? cell.text : style[cell.paint](cell.text);
        if (column.align === 'right') {
          return padding + text;
        }
        return index === filled.length - 1 ? text : text + padding;
      })
      .join(GAP)
      .trimEnd();
  return [
    line((index) => ({ text: filled[index]?.column.title ?? '', paint: 'dim' })),
    ...rows.map((_, row) => line((index) => filled[index]?.cells[row] ?? { text: '' })),
  ];
}

/** `name  value` lines, the values aligned; fields without a value are left out. */
export function fields(
  entries: readonly (readonly [name: string, value: Cell | undefined])[],
  style: Style,
): string[] {
  const present = entries.filter(
    (entry): entry is readonly [string, Cell] => entry[1] !== undefined && entry[1].text !== '',
  );
  const width = Math.max(0, ...present.map(([name]) => name.length));
  return present.map(([name, cell]) => {
    const value = cell.paint === undefined ? cell.text : style[cell.paint](cell.text);
    return `${style.dim(name.padEnd(width))}${GAP}${value}`;
  });
}

function length(text: string): number {
  return [...text].length;
}
