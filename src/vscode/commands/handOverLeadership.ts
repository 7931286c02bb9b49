import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { confirmDone } from '../window/messages';
import { ask } from '../window/request';
import type { Services } from '../window/services';

/** Lets another window lead; without one, this window leads again. */
export async function handOverLeadership(services: Services): Promise<void> {
  const title = t('Hand Over Leadership');
  const { role, snapshot } = services.connection;
  if (role.kind !== 'leader') {
    const leader = snapshot?.leader;
    void vscode.window.showInformationMessage(
      leader === undefined
        ? t('This window does not lead.')
        : t('This window does not lead: {0} does (pid {1}).', leader.label, leader.pid),
    );
    return;
  }
  await ask(services.connection, title, 'handOver');
  confirmDone(t('This window handed its leadership over.'));
}
