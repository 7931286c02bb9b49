/** What plans ask the user, and say where the user has to act. */
import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { StyxyError } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import { PLAN_FILE, type Plan } from '../../core/domain/plan';
import type { PlanAnswer } from '../../core/messages/requests';
import { inspectStep } from '../prompts/problems';
import { confirm, offer, type Step } from '../window/messages';
import type { FolderName } from '../text/folderName';
import { listeningWarnings } from '../text/release';
import { refusalText, shiftText } from '../text/planAnswers';
import type { FileAnswer, PlanDecisions } from './planDecisions';
import type { FilesQuestion } from './planFiles';
import type { PlannedPort } from './plannedPortWatch';

/** One warning for all that was refused or moved, once in a window. */
export async function showAnswer(
  decisions: PlanDecisions,
  folder: FolderName,
  plan: Plan,
  answer: PlanAnswer,
): Promise<void> {
  const parts = [
    refusalText(folder.name, answer.refused),
    shiftText(folder.name, plan, answer),
  ].filter((part) => part !== '');
  const ports = answer.refused.map(({ error }) => error.details.port);
  const port = ports.find((it) => typeof it === 'number');
  const steps = port === undefined ? [] : [inspectStep(port)];
  await warnOnce(decisions, folder, parts.join(' '), ...steps);
}

/** Once in a window. */
export async function showFileErrors(
  decisions: PlanDecisions,
  folder: FolderName,
  errors: readonly StyxyError[],
): Promise<void> {
  await warnOnce(decisions, folder, errors.map(({ message }) => message).join(' '));
}

async function warnOnce(
  decisions: PlanDecisions,
  folder: FolderName,
  message: string,
  ...steps: readonly Step[]
): Promise<void> {
  if (message !== '' && decisions.isFirst(message)) {
    const open = { title: t('Open Plan'), run: () => openPlan(folder) };
    await offer('Warning', message, ...steps, open);
  }
}

/** Opens the plan of a folder in an editor. */
export async function openPlan({ path }: Pick<FolderName, 'path'>): Promise<void> {
  await vscode.window.showTextDocument(planUri({ path }));
}

export function planUri({ path }: Pick<FolderName, 'path'>): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(path), PLAN_FILE);
}

/** Whether to give back what left the plan; undefined if the user did not answer. */
export function askRelease(
  folder: FolderName,
  views: readonly AllocationView[],
): Promise<'release' | 'keep' | undefined> {
  const services = views.map(({ service }) => service).join(', ');
  const ports = views.map(({ port }) => port).join(', ');
  const question = t('{0} left the plan of {1}. Release {2}?', services, folder.name, ports);
  return choose([question, ...listeningWarnings(views)].join(' '), {
    [t('Release')]: 'release',
    [t('Keep')]: 'keep',
  });
}

export async function askMoveBack({ service, from, to }: PlannedPort): Promise<boolean> {
  const question = t(
    'Port {0} is free now. The plan names it for {1}, which has {2}.',
    to,
    service,
    from,
  );
  return (await choose(question, { [t('Move Back to {0}', to)]: true })) === true;
}

export function askFiles({ folder, paths }: FilesQuestion): Promise<FileAnswer | undefined> {
  const question = t(
    'The plan of {0} wants Styxy to write {1}, and to keep it up to date.',
    folder.name,
    paths.join(', '),
  );
  return choose(question, { [t('Write')]: 'write', [t('Never for This Folder')]: 'never' });
}

export function confirmFiles({ folder, paths, tracked }: FilesQuestion): Promise<boolean> {
  const detail = [
    ...(tracked.length === 0
      ? []
      : [t('Git tracks {0}: the ports of this folder would be in it.', tracked.join(', '))]),
    t('Styxy writes its own keys into a marked block, and nothing else.'),
  ];
  const question = t('Write {0} in {1}?', paths.join(', '), folder.name);
  return confirm('Information', question, detail.join('\n'), t('Write'));
}

/** What the button that was picked stands for; undefined if none was. */
async function choose<Answer>(
  question: string,
  buttons: Readonly<Record<string, Answer>>,
): Promise<Answer | undefined> {
  const picked = await vscode.window.showInformationMessage(question, ...Object.keys(buttons));
  return picked === undefined ? undefined : buttons[picked];
}
