import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { createWindowCoordinator } from '../../coordinator/wiring/createWindowCoordinator';
import type { Coordinator } from '../../core/messages/coordinator';
import type { Services } from './services';

interface StartOptions extends Pick<Services, 'folders' | 'log' | 'version'> {
  readonly context: vscode.ExtensionContext;
}

/** Takes part as this window, under the canonical names of its folders, and keeps those current. */
export async function startCoordinator(options: StartOptions): Promise<Coordinator> {
  const { context, folders, log, version } = options;
  const coordinator = createWindowCoordinator({
    kind: 'window',
    label: vscode.workspace.name ?? t('an empty window'),
    folders: (await folders.settled()).map(({ workspace }) => workspace),
    product: vscode.env.appName,
    version,
    development: context.extensionMode !== vscode.ExtensionMode.Production,
    script: workerScript(context),
    log,
  });
  context.subscriptions.push(
    folders.onDidChange(() =>
      coordinator.setFolders(folders.current.map(({ workspace }) => workspace)),
    ),
  );
  return coordinator;
}

/** Absolute path of the script that a leading window's worker runs, and that exports the rest. */
export function workerScript(context: vscode.ExtensionContext): string {
  return context.asAbsolutePath('dist/leaderWorker.js');
}
