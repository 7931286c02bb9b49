import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { readQuestion } from '../pages/auditText';
import { serviceTypesOf } from '../text/serviceTypes';
import type { AuditQuestion, Services } from '../window/services';
import { typedPort } from './inspectPort';
import { pickFolder } from '../prompts/pick';

/** Shows a part of the audit log, the one passed or one that the user picks. */
export async function showAuditLog(services: Services, passed: unknown): Promise<void> {
  const question = readQuestion(passed) ?? (await pickQuestion(services));
  if (question !== undefined) {
    await services.auditLog.show(question);
  }
}

interface QuestionPick extends vscode.QuickPickItem {
  readonly question: () => AuditQuestion | Promise<AuditQuestion | undefined>;
}

async function pickQuestion(services: Services): Promise<AuditQuestion | undefined> {
  const title = t('Show Audit Log');
  const items: readonly QuestionPick[] = [
    { label: t('All Entries'), question: () => ({ kind: 'all' }) },
    { label: t('Last Hour'), question: () => ({ kind: 'hour' }) },
    ...(services.folders.current.length === 0
      ? []
      : [{ label: t('This Workspace'), question: () => pickWorkspace(services, title) }]),
    { label: t('A Port...'), question: () => askPort(title) },
    { label: t('A Service Type...'), question: () => pickType(services, title) },
  ];
  const placeHolder = t('Which entries?');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.question();
}

async function pickWorkspace(
  services: Services,
  title: string,
): Promise<AuditQuestion | undefined> {
  const folder = await pickFolder(services, title);
  return folder === undefined ? undefined : { kind: 'workspace', workspace: folder.workspace };
}

async function askPort(title: string): Promise<AuditQuestion | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: t('Entries that name this port'),
    validateInput: (value) =>
      typedPort(value.trim()) === undefined
        ? t('Enter a number from {0} to {1}.', 1, 65_535)
        : undefined,
  });
  const port = text === undefined ? undefined : typedPort(text.trim());
  return port === undefined ? undefined : { kind: 'port', port };
}

async function pickType(services: Services, title: string): Promise<AuditQuestion | undefined> {
  const items = serviceTypesOf(services.connection.snapshot).map(({ name }) => ({ label: name }));
  const placeHolder = t('Entries of which service type?');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder });
  return picked === undefined ? undefined : { kind: 'type', serviceType: picked.label };
}
