import * as vscode from 'vscode';
import { registerCommands } from './vscode/commands/register';
import { Connection } from './vscode/connection';
import { keepContextKeys } from './vscode/contextKeys';
import { Folders } from './vscode/folders';
import { InspectPanel } from './vscode/inspect/inspectPanel';
import type { Services } from './vscode/services';
import { startCoordinator } from './vscode/start';
import { StatusBar } from './vscode/statusBar';
import { provideCommandLine } from './vscode/terminal/commandLine';
import { TerminalEnvironment } from './vscode/terminal/terminalEnvironment';
import type { TestApi } from './vscode/testApi';
import { createTestApi } from './vscode/testApi';
import { DebugVariables } from './vscode/variables/debugVariables';
import { PortVariables } from './vscode/variables/portVariables';
import { WorkspacesView } from './vscode/views/workspacesView';

let connection: Connection | undefined;

/**
 * Puts the window together. Nothing is awaited here: the coordinator starts beside it, and what is
 * asked before it is there waits. Returns what tests look at, and promises nothing to others.
 */
export function activate(context: vscode.ExtensionContext): TestApi {
  const began = performance.now();
  const log = vscode.window.createOutputChannel('Styxy', { log: true });
  const version = String((context.extension.packageJSON as { version?: unknown }).version);
  const folders = new Folders(log);
  const opened = new Connection({
    start: () => startCoordinator({ context, folders, log, version }),
    log,
  });
  connection = opened;
  const inspector = new InspectPanel(opened, log);
  const services: Services = { connection: opened, folders, inspector, log, version };
  const variables = new PortVariables(services);
  const view = new WorkspacesView(services);
  const statusBar = new StatusBar(services);
  context.subscriptions.push(
    log,
    folders,
    inspector,
    variables,
    view,
    statusBar,
    registerCommands(services),
    keepContextKeys(services),
    provideCommandLine(context, version, log),
    new TerminalEnvironment(services, context),
    new DebugVariables(services, variables).register(),
  );
  return createTestApi({ connection: opened, view, statusBar, variables, began });
}

/** Hands over and says good-bye; nothing depends on it. */
export async function deactivate(): Promise<void> {
  await connection?.close();
}
