import * as vscode from 'vscode';
import type { AllocationView } from '../../core/model';
import type { ReleaseAnswer } from '../../core/requests';
import { ask } from '../patience';
import { processText } from '../presentation';
import type { Services } from '../services';
import { ownWorkspaces, placeName, targetOf } from './pick';

/** Gives one port back, after asking where that could surprise somebody. */
export async function releasePort(services: Services, passed: unknown): Promise<void> {
  const title = vscode.l10n.t('Release Port');
  const view = await targetOf(services, passed, { title });
  if (view === undefined || !(await mayRelease(services, view))) {
    return;
  }
  const { released, remainingHolders } = await release(services, view, title);
  const place = placeName(services, released.workspace);
  const message =
    remainingHolders > 0
      ? vscode.l10n.t(
          '{0} in {1} left port {2}; {3} others still hold it.',
          released.service,
          place,
          released.port,
          remainingHolders,
        )
      : vscode.l10n.t('Port {0} of {1} in {2} is free.', released.port, released.service, place);
  vscode.window.setStatusBarMessage(`$(check) ${message}`, 5_000);
}

export async function release(
  services: Services,
  view: AllocationView,
  title: string,
): Promise<ReleaseAnswer> {
  const workspaces = await ownWorkspaces(services);
  return ask(services.connection, title, (coordinator, options) =>
    coordinator.release({ target: { id: view.id }, workspaces, confirmed: true }, options),
  );
}

/** Asks only if another workspace's port is about to go, or something listens on it. */
async function mayRelease(services: Services, view: AllocationView): Promise<boolean> {
  const place = placeName(services, view.workspace);
  const foreign = services.folders.find(view.workspace) === undefined;
  const warnings = [
    ...(foreign ? [vscode.l10n.t('It belongs to the workspace {0}.', view.workspace)] : []),
    ...listeningWarnings([view]),
  ];
  if (warnings.length === 0) {
    return true;
  }
  const confirm = vscode.l10n.t('Release');
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('Release port {0} of {1} in {2}?', view.port, view.service, place),
    { modal: true, detail: warnings.join('\n') },
    confirm,
  );
  return picked === confirm;
}

/** What a release does not do: stop what listens. */
export function listeningWarnings(views: readonly AllocationView[]): string[] {
  return views
    .filter(({ state }) => state === 'listening')
    .map(({ port, process }) =>
      vscode.l10n.t(
        '{0} listens on {1}. Releasing stops no process: end it yourself, or it may stand in the way of whoever gets the port next.',
        processText(process, vscode.l10n.t),
        port,
      ),
    );
}
