import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { registerCommands } from './vscode/commands/register';
import { Connection } from './vscode/window/connection';
import { keepContextKeys } from './vscode/activation/contextKeys';
import { FileProblems } from './vscode/diagnostics/fileProblems';
import { Folders } from './vscode/window/folders';
import { InspectPanel } from './vscode/pages/inspectPanel';
import { ConflictNotices, MoveNotices } from './vscode/views/notices';
import { createPages } from './vscode/activation/pages';
import { createPlans, PlanFollower } from './vscode/plan/planFollower';
import type { Services } from './vscode/window/services';
import { startCoordinator } from './vscode/window/start';
import { StatusBar } from './vscode/views/statusBar';
import { provideCommandLine } from './vscode/terminal/commandLine';
import { TerminalEnvironment } from './vscode/terminal/environment';
import { TestApi } from './vscode/activation/testApi';
import { DebugVariables } from './vscode/variables/debugVariables';
import { PortVariables } from './vscode/variables/portVariables';
import { ServiceTypesView } from './vscode/views/serviceTypesView';
import { WorkspacesView } from './vscode/views/workspacesView';

let connection: Connection | undefined;

/**
 * Puts the window together. Nothing is awaited here: the coordinator starts beside it, and what is
 * asked before it is there waits. Returns what tests look at, and promises nothing to others.
 */
export function activate(context: vscode.ExtensionContext): TestApi {
  const began = performance.now();
  // Without a bundle for the user's language the texts stay as they are written: English.
  if (vscode.l10n.bundle !== undefined) {
    l10n.config({ contents: vscode.l10n.bundle });
  }
  const log = vscode.window.createOutputChannel('Styxy', { log: true });
  const version = String((context.extension.packageJSON as { version?: unknown }).version);
  const folders = new Folders(log);
  const opened = new Connection({
    start: () => startCoordinator({ context, folders, log, version }),
    log,
  });
  connection = opened;
  const inspector = new InspectPanel(opened, log);
  const moves = new MoveNotices(opened, folders);
  const { decisions, ...plans } = createPlans(context, folders, log);
  const services: Services = {
    connection: opened,
    folders,
    inspector,
    moves,
    log,
    version,
    ...createPages(context, opened),
    ...plans,
  };
  const variables = new PortVariables(services);
  const view = new WorkspacesView(services);
  const typesView = new ServiceTypesView(services);
  const statusBar = new StatusBar(services);
  context.subscriptions.push(
    log,
    folders,
    inspector,
    moves,
    variables,
    view,
    typesView,
    statusBar,
    registerCommands(services),
    keepContextKeys(services),
    provideCommandLine(context, version, log),
    new PlanFollower(services, decisions),
    new ConflictNotices(opened, folders),
    new FileProblems(services),
    new TerminalEnvironment(services, context),
    new DebugVariables(services, variables).register(),
  );
  return new TestApi({ connection: opened, view, typesView, statusBar, variables, began });
}

/** Hands over and says good-bye; nothing depends on it. */
export async function deactivate(): Promise<void> {
  await connection?.close();
}
