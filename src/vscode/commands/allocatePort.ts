import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { ServiceType } from '../../core/domain/catalogue';
import type { AllocationView, Pair } from '../../core/domain/model';
import { isServiceName, isServiceTypeName } from '../../core/domain/names';
import type { AllocateAnswer, Snapshot } from '../../core/messages/requests';
import type { OwnFolder } from '../window/folders';
import { grantSentence } from '../text/grant';
import { ask } from '../window/request';
import {
  defaultServiceName,
  figuresOf,
  serviceTypesOf,
  typeText,
  urlOf,
} from '../text/serviceTypes';
import type { Services } from '../window/services';
import { seenFromAll } from '../text/sharing';
import { command, offer, type Step } from '../window/messages';
import { listNow, pickFolder, pickOrType } from '../prompts/pick';

/** Asks for folder (when there are several), type and name; says what came of it. */
export async function allocatePort(services: Services, passed: unknown): Promise<void> {
  const title = t('Allocate Port');
  const folder = await pickFolder(services, title, passed);
  if (folder === undefined) {
    return;
  }
  const shown = await listNow(services, title);
  const serviceType = await pickType(title, shown);
  if (serviceType === undefined) {
    return;
  }
  const service = await askName(title, folder, serviceType, shown.allocations);
  if (service === undefined) {
    return;
  }
  const pair = { workspace: folder.workspace, service };
  // A plan counts once its folder is trusted; the type that was picked goes before the plan's.
  const planned = vscode.workspace.isTrusted
    ? services.plans.fieldsFor(folder.workspace, service)
    : {};
  const fields = { ...planned, ...pair, serviceType };
  const answer = await ask(services.connection, title, 'allocate', fields);
  services.moves.told(answer.allocation);
  // The command is done when the port is; the offer may stay on the screen for long.
  void offerUses(answer, pair, serviceTypesOf(services.connection.snapshot));
}

async function pickType(title: string, shown: Snapshot): Promise<string | undefined> {
  const types = serviceTypesOf(shown);
  const items = types.map((type) => ({
    label: type.name,
    description: typeText(type, figuresOf(type, shown)),
    detail: detailOf(type),
    serviceType: type.name,
  }));
  const findsRanges = shown.configuration?.autoAllocation.enabled === true;
  const picked = await pickOrType({
    title,
    placeHolder: findsRanges
      ? t('What kind of service is it? Type a new name for a type of its own')
      : t('What kind of service is it?'),
    items,
    matchOn: 'detail',
    typed: (text) => (findsRanges && isNewType(text, types) ? [newTypeItem(text)] : []),
  });
  return picked?.serviceType;
}

function detailOf({ description, examples }: ServiceType): string {
  return examples.length === 0 ? description : `${description}: ${examples.join(', ')}`;
}

function isNewType(text: string, types: readonly ServiceType[]): boolean {
  const typed = text.toLowerCase();
  return isServiceTypeName(text) && types.every(({ name }) => name.toLowerCase() !== typed);
}

function newTypeItem(name: string) {
  return {
    label: t('New type "{0}"', name),
    description: t('gets a range of its own'),
    detail: '',
    alwaysShow: true,
    serviceType: name,
  };
}

async function askName(
  title: string,
  folder: OwnFolder,
  serviceType: string,
  allocations: readonly AllocationView[],
): Promise<string | undefined> {
  const ports = new Map(
    allocations
      .flatMap(seenFromAll)
      .filter(({ workspace }) => workspace === folder.workspace)
      .map(({ service, port }) => [service, port]),
  );
  return vscode.window.showInputBox({
    title,
    value: defaultServiceName(serviceType, new Set(ports.keys())),
    prompt: t('Name of the service in {0}', folder.name),
    validateInput: (name) => nameProblem(name, ports.get(name)),
  });
}

function nameProblem(
  name: string,
  port: number | undefined,
): string | vscode.InputBoxValidationMessage | undefined {
  if (!isServiceName(name)) {
    return t('Use 1 to 64 letters, digits, ".", "_" or "-", beginning with a letter or a digit.');
  }
  return port === undefined
    ? undefined
    : {
        message: t('{0} has port {1} already: you get it again.', name, port),
        severity: vscode.InputBoxValidationSeverity.Info,
      };
}

async function offerUses(
  answer: AllocateAnswer,
  pair: Pair,
  types: readonly ServiceType[],
): Promise<void> {
  const { allocation } = answer;
  const url = urlOf(allocation, types);
  const { id, port } = allocation;
  const steps: Step[] = [
    { title: t('Copy'), run: () => vscode.env.clipboard.writeText(String(port)) },
    {
      title: t('Add to tasks.json'),
      run: command('styxy.addPortVariable', { id, ...pair, file: 'tasks.json' }),
    },
  ];
  if (url !== undefined) {
    const run = (): Thenable<unknown> => vscode.env.openExternal(vscode.Uri.parse(url));
    steps.splice(1, 0, { title: t('Open'), run });
  }
  await offer('Information', grantSentence(answer, pair), ...steps);
}
