import * as vscode from 'vscode';
import { ask } from '../window/request';
import type { Services } from '../window/services';

/** Lets another window lead; without one, this window leads again. */
export async function handOverLeadership(services: Services): Promise<void> {
  const title = vscode.l10n.t('Hand Over Leadership');
  const { role, snapshot } = services.connection;
  if (role.kind !== 'leader') {
    const leader = snapshot?.leader;
    void vscode.window.showInformationMessage(
      leader === undefined
        ? vscode.l10n.t('This window does not lead.')
        : vscode.l10n.t('This window does not lead: {0} does (pid {1}).', leader.label, leader.pid),
    );
    return;
  }
  await ask(services.connection, title, (coordinator) => coordinator.handOver());
  vscode.window.setStatusBarMessage(
    `$(check) ${vscode.l10n.t('This window handed its leadership over.')}`,
    5_000,
  );
}
