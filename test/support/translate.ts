import type { Translate } from '../../src/vscode/text/translate';

/** English as it is written in the sources, with its arguments filled in. */
export const english: Translate = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (_, index: string) => String(args[Number(index)]));
