import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { AllocationView } from '../../core/domain/model';
import type { ReleaseAnswer } from '../../core/messages/requests';
import { ask } from '../window/request';
import type { Services } from '../window/services';
import { ownWorkspaces, targetOf } from './pick';
import type { Releasing } from '../text/release';
import { releaseFields, releaseWarning, releasedText, releasingOf } from '../text/release';

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
  const message = releasedText(answer, view);
  vscode.window.setStatusBarMessage(`$(check) ${message}`, 5_000);
}

export async function release(
  services: Services,
  view: AllocationView,
  releasing: Releasing,
  title: string,
): Promise<ReleaseAnswer> {
  const fields = releaseFields(view, releasing, await ownWorkspaces(services));
  return ask(services.connection, title, (coordinator, options) =>
    coordinator.release(fields, options),
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
  const confirm = releasing.kind === 'everyone' ? t('Release for Everyone') : t('Release');
  const { question, detail } = warning;
  const picked = await vscode.window.showWarningMessage(question, { modal: true, detail }, confirm);
  return picked === confirm;
}
