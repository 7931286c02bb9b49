import * as vscode from 'vscode';
import { isRecord } from '../../core/errors';
import type { AllocationView } from '../../core/model';
import { ask } from '../patience';
import type { Services } from '../services';
import { pickFolder, placeName } from './pick';
import { listeningWarnings, release } from './releasePort';

/** Gives back all ports of one workspace, after naming them. */
export async function releaseWorkspacePorts(services: Services, passed: unknown): Promise<void> {
  const title = vscode.l10n.t('Release Workspace Ports');
  const workspace = passedWorkspace(passed) ?? (await pickFolder(services, title))?.workspace;
  if (workspace === undefined) {
    return;
  }
  const { allocations } = await ask(services.connection, title, (coordinator, options) =>
    coordinator.list(options),
  );
  const views = allocations.filter((view) => view.workspace === workspace);
  const place = placeName(services, workspace);
  if (views.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} has no ports.', place));
    return;
  }
  if (!(await confirmed(services, workspace, views))) {
    return;
  }
  for (const view of views) {
    await release(services, view, title);
  }
  vscode.window.setStatusBarMessage(
    `$(check) ${vscode.l10n.t('{0} ports of {1} are free.', views.length, place)}`,
    5_000,
  );
}

function passedWorkspace(passed: unknown): string | undefined {
  const isRow = isRecord(passed) && passed.kind === 'workspace';
  return isRow && typeof passed.workspace === 'string' ? passed.workspace : undefined;
}

async function confirmed(
  services: Services,
  workspace: string,
  views: readonly AllocationView[],
): Promise<boolean> {
  const confirm = vscode.l10n.t('Release All');
  const foreign = services.folders.find(workspace) === undefined;
  const detail = [
    ...(foreign ? [vscode.l10n.t('They belong to the workspace {0}.', workspace)] : []),
    views.map(({ service, port }) => `${service} ${port}`).join(', '),
    ...listeningWarnings(views),
  ];
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t('Release {0} ports of {1}?', views.length, placeName(services, workspace)),
    { modal: true, detail: detail.join('\n') },
    confirm,
  );
  return picked === confirm;
}
