import { t } from '@vscode/l10n';
import type { FileProblem } from '../../core/domain/configuration';

/** What is wrong and, on a line of its own, what would be right. */
export function problemText({ message, example }: FileProblem): string {
  return example === undefined ? message : `${message}\n${t('Right would be: {0}', example)}`;
}

/** What tells one set of errors from another; undefined when there is none. */
export function errorsKey(problems: readonly FileProblem[]): string | undefined {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return errors.length === 0
    ? undefined
    : JSON.stringify(errors.map(({ path, message }) => [path, message]));
}

export interface Position {
  /** Both from 0, in UTF-16 code units, as the editor counts. */
  readonly line: number;
  readonly character: number;
}

/** Where offsets of a text are; one beyond its end is its end. */
export function positions(text: string): (offset: number) => Position {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((at) => at.index + at[0].length)];
  return (offset) => {
    const within = Math.min(offset, text.length);
    const after = starts.findIndex((start) => start > within);
    const line = (after === -1 ? starts.length : after) - 1;
    return { line, character: within - (starts[line] ?? 0) };
  };
}
