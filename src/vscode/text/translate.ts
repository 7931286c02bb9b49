/**
 * The shape of `vscode.l10n.t`, for modules that make user text but know no editor. `{0}`, `{1}`
 * stand for the arguments. Always called with a literal, so that the texts can be collected.
 */
export type Translate = (message: string, ...args: (string | number | boolean)[]) => string;
