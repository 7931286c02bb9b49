/**
 * Colours as functions; each returns its text unchanged when colours are off. (`styleText` of
 * `node:util` would need Node 20.12, and Styxy promises 20.0.)
 */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

export type Paint = keyof Style;

export function createStyle(enabled: boolean): Style {
  const paint = (open: number, close: number) => (text: string) =>
    enabled && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}

/** Colour goes only to a terminal that knows it, and never against https://no-color.org. */
export function wantsColour(
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const refused = env.NO_COLOR !== undefined && env.NO_COLOR !== '';
  return isTerminal && !refused && env.TERM !== 'dumb';
}
