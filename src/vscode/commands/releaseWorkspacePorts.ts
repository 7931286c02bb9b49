import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { isRecord } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import type { Services } from '../window/services';
import { seenFromAll } from '../text/sharing';
import { confirm, confirmDone } from '../window/messages';
import { listNow, pickFolder, placeName } from '../prompts/pick';
import { release } from '../prompts/changePort';
import { leavingOf, listeningWarnings, staysText } from '../text/release';

/** Gives back all ports of one workspace, after naming them. */
export async function releaseWorkspacePorts(services: Services, passed: unknown): Promise<void> {
  const title = t('Release Workspace Ports');
  const workspace = passedWorkspace(passed) ?? (await pickFolder(services, title))?.workspace;
  if (workspace === undefined) {
    return;
  }
  const { allocations } = await listNow(services, title);
  const views = allocations.flatMap(seenFromAll).filter((view) => view.workspace === workspace);
  const place = placeName(services, workspace);
  if (views.length === 0) {
    void vscode.window.showInformationMessage(t('{0} has no ports.', place));
    return;
  }
  if (!(await confirmed(services, workspace, views))) {
    return;
  }
  const remaining: number[] = [];
  for (const view of views) {
    remaining.push((await release(services, view, leavingOf(view), title)).remainingHolders);
  }
  const left = remaining.filter((holders) => holders > 0).length;
  const free = t('{0} ports of {1} are free.', views.length - left, place);
  const stay = left === 0 ? '' : ` ${t('Shared ones that others keep: {0}.', left)}`;
  confirmDone(`${free}${stay}`);
}

function passedWorkspace(passed: unknown): string | undefined {
  const isRow = isRecord(passed) && passed.kind === 'workspace';
  return isRow && typeof passed.workspace === 'string' ? passed.workspace : undefined;
}

function confirmed(
  services: Services,
  workspace: string,
  views: readonly AllocationView[],
): Promise<boolean> {
  const foreign = services.folders.find(workspace) === undefined;
  const stays = views.flatMap((view) => {
    const leaving = leavingOf(view);
    return leaving.kind === 'leaves' ? [staysText(view, leaving.kept)] : [];
  });
  const ending = views.filter((view) => leavingOf(view).kind === 'ends');
  const detail = [
    ...(foreign ? [t('They belong to the workspace {0}.', workspace)] : []),
    views.map(({ service, port }) => `${service} ${port}`).join(', '),
    ...stays,
    ...listeningWarnings(ending),
  ];
  const question = t('Release {0} ports of {1}?', views.length, placeName(services, workspace));
  return confirm('Warning', question, detail.join('\n'), t('Release All'));
}
