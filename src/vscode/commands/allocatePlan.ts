import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { Plan } from '../../core/domain/plan';
import type { OwnFolder } from '../window/folders';
import { command, offer, requireTrust } from '../window/messages';
import { pickFolder } from '../prompts/pick';
import { ask } from '../window/request';
import type { Services } from '../window/services';
import { portsOf, portsText } from '../text/planAnswers';
import { planRequest } from '../../core/messages/planRequest';

/** Allocates the plan of a folder, all or nothing, and renders its files after asking. */
export async function allocatePlan(services: Services, passed: unknown): Promise<void> {
  const title = t('Allocate Plan');
  requirePlanTrust();
  const folder = await pickFolder(services, title, passed);
  if (folder === undefined) {
    return;
  }
  const plan = await readNow(services, folder);
  if (plan === undefined) {
    const { name, workspace } = folder;
    // The command is done when there is nothing to allocate.
    void offer('Information', t('{0} has no styxy.json, which declares its services.', name), {
      title: t('Create Plan...'),
      run: command('styxy.createPlan', { workspace }),
    });
    return;
  }
  const template = services.plans.templateOf(folder.workspace);
  const request = planRequest(folder.workspace, plan, template);
  const answer = await ask(services.connection, title, 'allocatePlan', request);
  const ports = portsOf(plan, answer);
  for (const { allocation } of answer.answers) {
    services.moves.told(allocation);
  }
  const { written, errors } = await services.planFiles.render({ folder, plan, ports });
  const sentences = [
    ports.size === 0
      ? t('The plan of {0} has no services.', folder.name)
      : t('The plan of {0} is allocated: {1}.', folder.name, portsText(ports)),
    ...(written.length === 0 ? [] : [t('Written: {0}.', written.join(', '))]),
  ];
  void vscode.window.showInformationMessage(sentences.join(' '));
  const [error] = errors;
  if (error !== undefined) {
    throw error;
  }
}

/** Errors: `untrusted_workspace`. */
export function requirePlanTrust(): void {
  requireTrust(
    t(
      'Styxy allocates no plans and writes no files in a workspace that is not trusted. Trust it first.',
    ),
  );
}

/** The plan as it is in the file; undefined without one. Errors: those of a plan that is wrong. */
async function readNow({ plans }: Services, { workspace }: OwnFolder): Promise<Plan | undefined> {
  const state = await plans.refresh(workspace);
  if (state.kind === 'refused') {
    throw state.error;
  }
  return state.kind === 'read' ? state.plan : undefined;
}
