import * as vscode from 'vscode';
import { isRecord } from '../../core/errors';
import type { AllocationView } from '../../core/model';
import { isServiceName } from '../../core/names';
import type { AllocateAnswer } from '../../core/requests';
import type { OwnFolder } from '../folders';
import { ask } from '../patience';
import { grantSentence } from '../presentation';
import { defaultServiceName, serviceTypes, urlOf, usage } from '../serviceTypes';
import type { Services } from '../services';
import { pickFolder } from './pick';

/** Asks for folder (when there are several), type and name; says what came of it. */
export async function allocatePort(services: Services, passed: unknown): Promise<void> {
  const title = vscode.l10n.t('Allocate Port');
  const folder = (await passedFolder(services, passed)) ?? (await pickFolder(services, title));
  if (folder === undefined) {
    return;
  }
  const { allocations } = await ask(services.connection, title, (coordinator, options) =>
    coordinator.list(options),
  );
  const serviceType = await pickType(title, allocations);
  if (serviceType === undefined) {
    return;
  }
  const service = await askName(title, folder, serviceType, allocations);
  if (service === undefined) {
    return;
  }
  const answer = await ask(services.connection, title, (coordinator, options) =>
    coordinator.allocate({ workspace: folder.workspace, service, serviceType }, options),
  );
  // The command is done when the port is; the offer may stay on the screen for long.
  void offerUses(answer);
}

/** The folder of the row in the tree that the command was called on. */
async function passedFolder(services: Services, passed: unknown): Promise<OwnFolder | undefined> {
  if (!isRecord(passed) || passed.kind !== 'workspace') {
    return undefined;
  }
  const folders = await services.folders.settled();
  return folders.find(({ workspace }) => workspace === passed.workspace);
}

async function pickType(
  title: string,
  allocations: readonly AllocationView[],
): Promise<string | undefined> {
  const items = serviceTypes().map((type) => {
    const { used, size } = usage(type, allocations);
    return {
      label: type.name,
      description: vscode.l10n.t(
        '{0}-{1} · {2} of {3} used',
        type.range.first,
        type.range.last,
        used,
        size,
      ),
      detail: `${type.description}: ${type.examples.join(', ')}`,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('What kind of service is it?'),
    matchOnDetail: true,
  });
  return picked?.label;
}

async function askName(
  title: string,
  folder: OwnFolder,
  serviceType: string,
  allocations: readonly AllocationView[],
): Promise<string | undefined> {
  const ports = new Map(
    allocations
      .filter(({ workspace }) => workspace === folder.workspace)
      .map(({ service, port }) => [service, port]),
  );
  return vscode.window.showInputBox({
    title,
    value: defaultServiceName(serviceType, new Set(ports.keys())),
    prompt: vscode.l10n.t('Name of the service in {0}', folder.name),
    validateInput: (name) => nameProblem(name, ports.get(name)),
  });
}

function nameProblem(
  name: string,
  port: number | undefined,
): string | vscode.InputBoxValidationMessage | undefined {
  if (!isServiceName(name)) {
    return vscode.l10n.t(
      'Use 1 to 64 letters, digits, ".", "_" or "-", beginning with a letter or a digit.',
    );
  }
  return port === undefined
    ? undefined
    : {
        message: vscode.l10n.t('{0} has port {1} already: you get it again.', name, port),
        severity: vscode.InputBoxValidationSeverity.Info,
      };
}

async function offerUses(answer: AllocateAnswer): Promise<void> {
  const { allocation } = answer;
  const url = urlOf(allocation);
  const copy = vscode.l10n.t('Copy');
  const open = vscode.l10n.t('Open');
  const add = vscode.l10n.t('Add to tasks.json');
  const offers = [copy, ...(url === undefined ? [] : [open]), add];
  const picked = await vscode.window.showInformationMessage(
    grantSentence(answer, vscode.l10n.t),
    ...offers,
  );
  if (picked === copy) {
    await vscode.env.clipboard.writeText(String(allocation.port));
  } else if (picked === open && url !== undefined) {
    await vscode.env.openExternal(vscode.Uri.parse(url));
  } else if (picked === add) {
    await vscode.commands.executeCommand('styxy.addPortVariable', {
      id: allocation.id,
      file: 'tasks.json',
    });
  }
}
