import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { AllocationView } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import type { AllocateAnswer } from '../../core/messages/requests';
import { grantSentence } from '../text/grant';
import { movesText } from '../text/moves';
import { ask } from '../window/request';
import type { Services } from '../window/services';
import { mayMove, movePort } from './movePort';
import { targetOf } from '../prompts/pick';

/**
 * Gives a service whose port somebody else has another one, and says from where to where. Of
 * another window's service the port is asked for: whoever asks for a pair becomes its holder.
 */
export async function moveToFreePort(services: Services, passed: unknown): Promise<void> {
  const { connection, folders, moves } = services;
  const isOwn = ({ workspace }: AllocationView): boolean => folders.find(workspace) !== undefined;
  const title = t('Move to a Free Port');
  const view = await targetOf(services, passed, {
    title,
    suits: (view) => view.state === 'conflict' && isOwn(view),
    none: t('No port of this window is in conflict.'),
  });
  if (view !== undefined && !isOwn(view)) {
    await movePort(services, view);
    return;
  }
  if (view === undefined || !(await mayMove(services, view))) {
    return;
  }
  const { workspace, service } = view;
  // Asking for the pair again is what heals it. Its plan counts once its folder is trusted.
  const planned = vscode.workspace.isTrusted ? services.plans.fieldsFor(workspace, service) : {};
  const answer = await ask(connection, title, 'allocate', { ...planned, workspace, service });
  moves.told(answer.allocation);
  void vscode.window.showInformationMessage(healedText(answer, view));
}

function healedText(answer: AllocateAnswer, view: AllocationView): string {
  const { allocation, movedFrom: from } = answer;
  const { id, workspace, service } = view;
  if (from === undefined) {
    return grantSentence(answer, view);
  }
  const { port: to, movedBecause: why } = allocation;
  const move = given({ id, workspace, service, from, to, why });
  const restart = t('Restart its server, and terminals that know the old port.');
  return [movesText([move]), restart].join(' ');
}
