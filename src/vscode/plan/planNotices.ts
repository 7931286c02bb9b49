import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { StyxyError } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import { PLAN_FILE, type Plan } from '../../core/domain/plan';
import type { PlanAnswer } from '../../core/messages/requests';
import type { FolderName } from '../text/folderName';
import { listeningWarnings } from '../text/release';
import { refusalText, shiftText } from '../text/planAnswers';
import type { FileAnswer } from './fileConsent';
import type { FilesQuestion } from './planFiles';
import type { PlannedPort } from './plannedPortWatch';

/** What plans ask the user, and tell where the user has to act. Each is told once in a window. */
export class PlanNotices {
  private readonly told = new Set<string>();

  /** One warning for all that was refused or moved. */
  async answered(folder: FolderName, plan: Plan, answer: PlanAnswer): Promise<void> {
    const parts = [
      refusalText(folder.name, answer.refused),
      shiftText(folder.name, plan, answer),
    ].filter((part) => part !== '');
    const port = answer.refused.map(({ error }) => error.details.port).find(isNumber);
    const inspect = port === undefined ? undefined : t('Inspect Port {0}', port);
    const open = t('Open Plan');
    const picked = await this.warn(parts.join(' '), [
      ...(inspect === undefined ? [] : [inspect]),
      open,
    ]);
    if (picked === open) {
      await openPlan(folder);
    } else if (picked !== undefined) {
      await vscode.commands.executeCommand('styxy.inspectPort', { port });
    }
  }

  async files(folder: FolderName, errors: readonly StyxyError[]): Promise<void> {
    const open = t('Open Plan');
    if ((await this.warn(errors.map(({ message }) => message).join(' '), [open])) === open) {
      await openPlan(folder);
    }
  }

  private async warn(message: string, offers: readonly string[]): Promise<string | undefined> {
    if (message === '' || this.told.has(message)) {
      return undefined;
    }
    this.told.add(message);
    return vscode.window.showWarningMessage(message, ...offers);
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/** Opens the plan of a folder in an editor. */
export async function openPlan({ path }: Pick<FolderName, 'path'>): Promise<void> {
  await vscode.window.showTextDocument(planUri({ path }));
}

export function planUri({ path }: Pick<FolderName, 'path'>): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(path), PLAN_FILE);
}

/** Whether to give back what left the plan; undefined if the user did not answer. */
export async function askRelease(
  folder: FolderName,
  views: readonly AllocationView[],
): Promise<'release' | 'keep' | undefined> {
  const services = views.map(({ service }) => service).join(', ');
  const ports = views.map(({ port }) => port).join(', ');
  const question = t('{0} left the plan of {1}. Release {2}?', services, folder.name, ports);
  const release = t('Release');
  const keep = t('Keep');
  const picked = await vscode.window.showInformationMessage(
    [question, ...listeningWarnings(views)].join(' '),
    release,
    keep,
  );
  return picked === release ? 'release' : picked === keep ? 'keep' : undefined;
}

export async function askMoveBack(wish: PlannedPort): Promise<boolean> {
  const { service, from, to } = wish;
  const move = t('Move Back to {0}', to);
  const picked = await vscode.window.showInformationMessage(
    t('Port {0} is free now. The plan names it for {1}, which has {2}.', to, service, from),
    move,
  );
  return picked === move;
}

export async function askFiles(question: FilesQuestion): Promise<FileAnswer | undefined> {
  const { folder, paths } = question;
  const write = t('Write');
  const never = t('Never for This Folder');
  const picked = await vscode.window.showInformationMessage(
    t(
      'The plan of {0} wants Styxy to write {1}, and to keep it up to date.',
      folder.name,
      paths.join(', '),
    ),
    write,
    never,
  );
  return picked === write ? 'write' : picked === never ? 'never' : undefined;
}

export async function confirmFiles(question: FilesQuestion): Promise<boolean> {
  const { folder, paths, tracked } = question;
  const write = t('Write');
  const warning =
    tracked.length === 0
      ? []
      : [t('Git tracks {0}: the ports of this folder would be in it.', tracked.join(', '))];
  const rest = t('Styxy writes its own keys into a marked block, and nothing else.');
  const picked = await vscode.window.showInformationMessage(
    t('Write {0} in {1}?', paths.join(', '), folder.name),
    { modal: true, detail: [...warning, rest].join('\n') },
    write,
  );
  return picked === write;
}
