import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { AllocationView } from '../../core/domain/model';
import type { ReleaseAnswer } from '../../core/messages/requests';
import { ask } from '../window/request';
import type { Services } from '../window/services';
import { confirm, confirmDone } from '../window/messages';
import { ownWorkspaces, targetOf } from './pick';
import {
  releasedText,
  releaseFields,
  releaseWarning,
  type Releasing,
  releasingOf,
} from '../text/release';

/** Gives one port back, after asking where that could surprise somebody. */
export async function releasePort(services: Services, passed: unknown): Promise<void> {
  const title = t('Release Port');
  const view = await targetOf(services, passed, { title });
  if (view === undefined) {
    return;
  }
  const own = await ownWorkspaces(services);
  const releasing = releasingOf(view, own);
  if (!(await mayRelease(view, releasing, own))) {
    return;
  }
  const answer = await release(services, view, releasing, title);
  confirmDone(releasedText(answer, view));
}

export async function release(
  services: Services,
  view: AllocationView,
  releasing: Releasing,
  title: string,
): Promise<ReleaseAnswer> {
  const fields = releaseFields(view, releasing, await ownWorkspaces(services));
  return ask(services.connection, title, 'release', fields);
}

/** Moves a port in one step, and says from where to where. */
export async function move(services: Services, id: string, port: number): Promise<void> {
  const workspaces = await ownWorkspaces(services);
  const fields = { target: { id }, workspaces, confirmed: true, port };
  const answer = await ask(services.connection, t('Move Port'), 'move', fields);
  const { allocation, movedFrom } = answer;
  services.moves.told(allocation);
  void vscode.window.showInformationMessage(
    t(
      '{0} moved from port {1} to {2}. Restart its server, and terminals that know the old port.',
      allocation.service,
      movedFrom,
      allocation.port,
    ),
  );
}

async function mayRelease(
  view: AllocationView,
  releasing: Releasing,
  own: readonly string[],
): Promise<boolean> {
  const warning = releaseWarning(view, releasing, own);
  if (warning === undefined) {
    return true;
  }
  const button = releasing.kind === 'everyone' ? t('Release for Everyone') : t('Release');
  return confirm('Warning', warning.question, warning.detail, button);
}
