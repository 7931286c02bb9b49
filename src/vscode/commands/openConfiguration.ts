import { join } from 'node:path';
import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { errnoOf, storageError } from '../../platform/fs/errors';
import { createExclusive } from '../../platform/fs/durableWrite';
import { confirm, fileExists } from '../window/messages';
import { ask } from '../window/request';
import type { Services } from '../window/services';

/** Changes nothing; every key that may be in the file is completed and explained by the editor. */
const EMPTY_CONFIGURATION = `// Styxy's configuration. Each key is optional and goes over the defaults;
// the editor's completion lists them. Comments stay.
{
}
`;

/** Opens `config.json`; one that does not exist is made after asking. */
export async function openConfiguration(services: Services): Promise<void> {
  const path = await configurationPath(services);
  if ((await fileExists(vscode.Uri.file(path))) || (await create(path))) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    await vscode.window.showTextDocument(await withComments(document));
  }
}

async function configurationPath({ connection }: Services): Promise<string> {
  const known = connection.snapshot?.configuration?.path;
  if (known !== undefined) {
    return known;
  }
  const title = t('Open Configuration');
  const { home } = await ask(connection, title, 'status');
  return join(home, 'config.json');
}

/** The editor takes comments in a file of this name for errors. */
function withComments(document: vscode.TextDocument): Thenable<vscode.TextDocument> {
  return document.languageId === 'json'
    ? vscode.languages.setTextDocumentLanguage(document, 'jsonc')
    : Promise.resolve(document);
}

async function create(path: string): Promise<boolean> {
  const question = t('There is no configuration yet. Create it?');
  const detail = t('The file is {0}. It changes nothing by itself.', path);
  if (!(await confirm('Information', question, detail, t('Create')))) {
    return false;
  }
  try {
    await createExclusive(path, EMPTY_CONFIGURATION);
  } catch (thrown) {
    if (errnoOf(thrown) !== 'EEXIST') {
      throw await storageError(thrown, { path, action: 'create' });
    }
  }
  return true;
}
