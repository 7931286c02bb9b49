import { t } from '@vscode/l10n';
import { StyxyError } from '../../core/domain/errors';
import type { FolderChoice, FolderName } from './folderName';

type NotChosen = Exclude<FolderChoice<FolderName>, { kind: 'chosen' }>;

/** Why the folder is not clear, and how to name one. */
export function folderError(
  choice: NotChosen,
  service: string,
  folders: readonly FolderName[],
): StyxyError {
  return new StyxyError('invalid_argument', folderMessage(choice, service, folders));
}

function folderMessage(choice: NotChosen, service: string, folders: readonly FolderName[]): string {
  const names = folders.map(({ name }) => name).join(', ');
  switch (choice.kind) {
    case 'no-folder':
      return t('Ports belong to folders: open a folder first.');
    case 'unknown-name':
      return t('No folder of this window is called "{0}". There are: {1}.', choice.named, names);
    case 'two-of-that-name':
      return t(
        'Two folders are called "{0}". Give the absolute path in "args.folder", or rename one.',
        choice.named,
      );
    case 'ambiguous':
      return t(
        'Which folder is "{0}" for? Use an input of the command "styxy.port" with "args": {1} and one of: {2}.',
        service,
        `{ "service": "${service}", "folder": "..." }`,
        names,
      );
  }
}

/** What is wrong with the `args` of an input, and what would be right. */
export function argumentsError(problem: ArgumentsProblem): StyxyError {
  return new StyxyError('invalid_argument', argumentsMessage(problem));
}

function argumentsMessage(problem: ArgumentsProblem): string {
  switch (problem.kind) {
    case 'missing':
      return t(
        'styxy.port needs to know the service: give the input "args": {0}.',
        '{ "service": "web" }',
      );
    case 'not-text':
      return t('"args.{0}" of styxy.port must be a text.', problem.key);
    case 'bad-name':
      return t(
        '"{1}" cannot be "args.{0}" of styxy.port: use 1 to 64 letters, digits, ".", "_" or "-", beginning with a letter or a digit.',
        problem.key,
        problem.value,
      );
    case 'unresolved':
      return t(
        '"args.{0}" of styxy.port is "{1}": the editor fills in no variables there. Write the value itself.',
        problem.key,
        problem.value,
      );
    case 'unknown-key':
      return t(
        '"args.{0}" means nothing to styxy.port. It knows: service, type, folder.',
        problem.key,
      );
  }
}

export type ArgumentsProblem =
  /** Called as `${command:styxy.port}`, or an input without `args`. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'not-text'; readonly key: string }
  | { readonly kind: 'bad-name'; readonly key: string; readonly value: string }
  /** `${workspaceFolder}` and the like arrive as they are written. */
  | { readonly kind: 'unresolved'; readonly key: string; readonly value: string }
  | { readonly kind: 'unknown-key'; readonly key: string };
