import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { toStyxyError } from '../../core/domain/errors';
import { diagnosticsLines } from '../pages/doctorText';
import { ask } from '../window/request';
import type { Services } from '../window/services';

/** Puts what a bug report needs on the clipboard: no paths, no names of projects, no secrets. */
export async function copyDiagnostics(services: Services): Promise<void> {
  await vscode.env.clipboard.writeText(await diagnostics(services));
  void vscode.window.showInformationMessage(
    t('Diagnostics are on the clipboard. They name no folders and hold no secrets.'),
  );
}

/** In English, for the people who maintain Styxy. */
async function diagnostics(services: Services): Promise<string> {
  const { role, snapshot } = services.connection;
  const states = new Map<string, number>();
  for (const { state } of snapshot?.allocations ?? []) {
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  const lines = [
    `Styxy ${services.version}`,
    `Editor: ${vscode.env.appName} ${vscode.version} (${vscode.env.appHost})`,
    `Remote: ${vscode.env.remoteName ?? 'none'}`,
    `System: ${process.platform} ${process.arch}, Node ${process.versions.node}`,
    `Role: ${role.kind}${'epoch' in role ? `, epoch ${role.epoch}` : ''}`,
    `Folders: ${services.folders.current.length}, trusted: ${vscode.workspace.isTrusted}`,
    `Allocations: ${[...states].map(([state, count]) => `${count} ${state}`).join(', ') || 'none'}`,
    ...(await doctorLines(services)),
  ];
  return `${lines.join('\n')}\n`;
}

async function doctorLines(services: Services): Promise<string[]> {
  const title = t('Copy Diagnostics');
  try {
    return diagnosticsLines(await ask(services.connection, title, 'doctor'));
  } catch (thrown) {
    return [`Doctor: ${toStyxyError(thrown).code}`];
  }
}
