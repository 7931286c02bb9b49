import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { toStyxyError } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import { VARIABLE_COMMAND } from '../window/contributions';
import type { OwnFolder } from '../window/folders';
import { requireTrust } from '../window/messages';
import { ask } from '../window/request';
import { grantSentence } from '../text/grant';
import { serviceTypesOf } from '../text/serviceTypes';
import type { Services } from '../window/services';
import { readArguments, type VariableArguments } from './arguments';
import { argumentsError, folderError } from '../text/variableErrors';
import { chooseFolder } from './folderChoice';
import { DOTTED_PREFIX, referencedServices } from './references';

export interface PortQuestion extends VariableArguments {
  /** What the editor passed to a dotted id. */
  readonly passed?: readonly unknown[];
}

/** Answers `${command:styxy.port.<service>}` and inputs of the command `styxy.port`. */
export class PortVariables implements vscode.Disposable {
  private readonly commands = new Map<string, vscode.Disposable>();
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly services: Services) {
    this.registerInput();
    for (const { name } of serviceTypesOf(undefined)) {
      this.registerDotted(name);
    }
    // Reading the configuration takes milliseconds that activation need not wait for; a task of
    // `runOn: folderOpen` asks half a second later at the earliest.
    const soon = setImmediate(() => this.registerReferenced());
    this.subscriptions = vscode.Disposable.from(
      { dispose: () => clearImmediate(soon) },
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('tasks') || event.affectsConfiguration('launch')) {
          this.registerReferenced();
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.registerReferenced()),
      services.plans.onDidChange(() => this.registerPlanned()),
    );
  }

  /** The services whose dotted id is registered. */
  get dotted(): readonly string[] {
    return [...this.commands.keys()]
      .filter((id) => id.startsWith(DOTTED_PREFIX))
      .map((id) => id.slice(DOTTED_PREFIX.length));
  }

  /**
   * The port of a service, allocated if need be. Errors: `invalid_argument`,
   * `untrusted_workspace`, and those of allocating.
   */
  async portOf(question: PortQuestion): Promise<number> {
    // The editor itself shows the text of what a variable throws.
    requireTrust(
      t('Styxy answers no variables in a workspace that is not trusted. Trust it, then run again.'),
    );
    const { plans } = this.services;
    const folders = await this.services.folders.settled();
    // The first task of a window may ask before the plans were read.
    await plans.settled();
    const choice = chooseFolder<OwnFolder>({
      folders,
      plans: ({ workspace }) => plans.planOf(workspace)?.services.has(question.service) === true,
      ...given({ named: question.folder, passed: question.passed }),
    });
    if (choice.kind !== 'chosen') {
      throw folderError(choice, question.service, folders);
    }
    return this.allocate(question, choice.folder);
  }

  /** The same for a folder that is known. */
  async allocate(
    { service, type }: Pick<PortQuestion, 'service' | 'type'>,
    { workspace }: OwnFolder,
  ): Promise<number> {
    const { serviceType, ...fields } = this.services.plans.fieldsFor(workspace, service);
    const asked = given({ workspace, service, serviceType: type ?? serviceType, ...fields });
    const title = t('Waiting for the port of {0}', service);
    const answer = await ask(this.services.connection, title, 'allocate', asked);
    if (answer.movedFrom !== undefined) {
      this.services.moves.told(answer.allocation);
      void vscode.window.showWarningMessage(grantSentence(answer));
    }
    return answer.allocation.port;
  }

  dispose(): void {
    this.subscriptions.dispose();
    for (const command of this.commands.values()) {
      command.dispose();
    }
    this.commands.clear();
  }

  private registerInput(): void {
    this.register(VARIABLE_COMMAND, async (passed) => {
      const read = readArguments(passed[0]);
      if (read.kind === 'refused') {
        throw argumentsError(read.problem);
      }
      return this.portOf(read.args);
    });
  }

  private registerDotted(service: string): void {
    this.register(`${DOTTED_PREFIX}${service}`, (passed) => this.portOf({ service, passed }));
  }

  /** So that no task ends in "command not found": its own words say which commands it needs. */
  private registerReferenced(): void {
    for (const service of referencedServices(taskAndLaunchConfiguration())) {
      if (!this.commands.has(`${DOTTED_PREFIX}${service}`)) {
        this.registerDotted(service);
        this.services.log.debug(`Registered the variable of ${service}: a task or launch uses it.`);
      }
    }
  }

  /** A task may name a service as soon as the plan does. */
  private registerPlanned(): void {
    const { folders, plans } = this.services;
    for (const { workspace } of folders.current) {
      for (const service of plans.planOf(workspace)?.services.keys() ?? []) {
        if (!this.commands.has(`${DOTTED_PREFIX}${service}`)) {
          this.registerDotted(service);
        }
      }
    }
  }

  /** A variable must be a string: a number is refused, and nothing at all cancels without a word. */
  private register(id: string, port: (passed: readonly unknown[]) => Promise<number>): void {
    const command = vscode.commands.registerCommand(id, async (...passed: unknown[]) => {
      try {
        return String(await port(passed));
      } catch (thrown) {
        const error = toStyxyError(thrown);
        this.services.log.warn(`${id}: ${error.code}: ${error.message}`);
        throw new Error(error.message, { cause: error });
      }
    });
    this.commands.set(id, command);
  }
}

/** tasks.json and launch.json of every folder, of the workspace file and of the user. */
function taskAndLaunchConfiguration(): unknown[] {
  const scopes = [undefined, ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri)];
  return scopes.flatMap((scope) => {
    const configuration = vscode.workspace.getConfiguration(undefined, scope);
    return ['tasks', 'launch'].flatMap((section) => {
      const found = configuration.inspect<unknown>(section);
      return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
    });
  });
}
