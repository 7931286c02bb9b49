import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { StyxyError, isRecord } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import type { OwnFolder } from '../window/folders';
import type { Services } from '../window/services';
import { addInput, EMPTY_FILES, type InputEdit, type VariableFile } from '../variables/inputEdit';
import { fileExists, requireTrust } from '../window/messages';
import { targetOf } from '../prompts/pick';

/** Writes an input that answers the service's port, and puts its reference on the clipboard. */
export async function addPortVariable(services: Services, passed: unknown): Promise<void> {
  const title = t('Add Port Variable');
  requireTrust(t('Styxy writes no files in a workspace that is not trusted. Trust it first.'));
  const own = await services.folders.settled();
  const isOwn = (view: AllocationView): boolean =>
    own.some(({ workspace }) => workspace === view.workspace);
  const view = await targetOf(services, passed, { title, suits: isOwn });
  if (view === undefined) {
    return;
  }
  const folder = own.find(({ workspace }) => workspace === view.workspace);
  if (folder === undefined) {
    throw new StyxyError(
      'not_holder',
      t('{0} belongs to another window: add the variable there.', view.service),
    );
  }
  const file = passedFile(passed) ?? (await pickFile(title));
  if (file !== undefined) {
    await write(folder, own.length > 1, view, file);
  }
}

function passedFile(passed: unknown): VariableFile | undefined {
  const file = isRecord(passed) ? passed.file : undefined;
  return file === 'tasks.json' || file === 'launch.json' ? file : undefined;
}

async function pickFile(title: string): Promise<VariableFile | undefined> {
  const items = [
    { label: 'tasks.json' as const, description: t('for tasks') },
    { label: 'launch.json' as const, description: t('for debugging') },
  ];
  const placeHolder = t('Where is the variable needed?');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.label;
}

async function write(
  folder: OwnFolder,
  nameFolder: boolean,
  view: AllocationView,
  file: VariableFile,
): Promise<void> {
  const uri = vscode.Uri.joinPath(folder.uri, '.vscode', file);
  const document = await openOrCreate(uri, file);
  const edit = addInput(document.getText(), {
    service: view.service,
    serviceType: view.serviceType,
    ...(nameFolder ? { folder: folder.name } : {}),
  });
  if (edit.kind === 'malformed') {
    throw malformed(document, edit);
  }
  if (edit.kind === 'edited') {
    await replaceText(document, edit.text);
  }
  const reference = `\${input:${edit.id}}`;
  await vscode.env.clipboard.writeText(reference);
  await reveal(document, edit.id);
  void vscode.window.showInformationMessage(
    t('{0} stands for {1} in {2}. It is on the clipboard.', reference, view.port, file),
  );
}

async function openOrCreate(uri: vscode.Uri, file: VariableFile): Promise<vscode.TextDocument> {
  if (!(await fileExists(uri))) {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(EMPTY_FILES[file]));
  }
  return vscode.workspace.openTextDocument(uri);
}

/** An edit of the open document can be undone; it is saved unless the user has changes in it. */
async function replaceText(document: vscode.TextDocument, text: string): Promise<void> {
  const hadChanges = document.isDirty;
  const edit = new vscode.WorkspaceEdit();
  const end = document.lineAt(document.lineCount - 1).range.end;
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), text);
  const applied = await vscode.workspace.applyEdit(edit);
  if (!applied || (!hadChanges && !(await document.save()))) {
    throw new StyxyError(
      'storage_unavailable',
      t('{0} could not be written. Is it read-only?', document.uri.fsPath),
      { details: { file: document.uri.fsPath } },
    );
  }
}

async function reveal(document: vscode.TextDocument, id: string): Promise<void> {
  const editor = await vscode.window.showTextDocument(document);
  const at = document.getText().indexOf(JSON.stringify(id));
  if (at >= 0) {
    const start = document.positionAt(at);
    editor.selection = new vscode.Selection(start, document.positionAt(at + id.length + 2));
    editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

function malformed(
  document: vscode.TextDocument,
  edit: Extract<InputEdit, { kind: 'malformed' }>,
): StyxyError {
  const file = document.uri.fsPath;
  const line = document.positionAt(edit.offset).line + 1;
  const message = t(
    '{0} cannot be read (line {1}: {2}). Mend it, then add the variable again.',
    file,
    line,
    edit.problem,
  );
  return new StyxyError('invalid_config', message, { details: { file, line } });
}
