import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { DisposableStore } from '../window/dispose';
import type { Services } from '../window/services';
import { onDidChangeSetting, setting } from '../window/settings';
import { TaskTerminals } from './taskTerminals';
import { newValues, portValues, type PortValues, readPortValues } from './values';

/** Where the values of the last run are kept, by folder URI. */
const MEMORY_KEY = 'terminal.portValues';

/**
 * Gives every terminal and task of a folder `STYXY_PORT_<SERVICE>`. Set at once from what the last
 * run knew, later only where a value is new and no work would end by it, and never taken away on
 * release: each change relaunches terminals and marks those in use.
 */
export class TerminalEnvironment implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly taskTerminals: TaskTerminals;
  /** What terminals of a folder get now, by folder URI. */
  private readonly set = new Map<string, PortValues>();

  constructor(
    private readonly services: Services,
    private readonly context: vscode.ExtensionContext,
  ) {
    this.store.add(services.connection.onDidChange(() => this.update()));
    this.store.add(services.folders.onDidChange(() => this.update()));
    this.store.add(onDidChangeSetting('terminal.environment', () => this.applySetting()));
    // What had to wait for work in terminals to end.
    this.taskTerminals = this.store.add(new TaskTerminals(services.log));
    this.store.add(this.taskTerminals.onDidChange(() => this.update()));
    this.fromMemory();
  }

  dispose(): void {
    this.store.dispose();
  }

  private fromMemory(): void {
    const kept = this.context.workspaceState.get<Record<string, unknown>>(MEMORY_KEY, {});
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      this.apply(folder, readPortValues(kept[folder.uri.toString()]));
    }
  }

  private update(): void {
    const { connection, folders, log } = this.services;
    const { snapshot } = connection;
    if (snapshot === undefined) {
      return;
    }
    const known: Record<string, PortValues> = {};
    for (const { uri, workspace } of folders.current) {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      const { values, collided } = portValues(snapshot.allocations, workspace);
      if (collided.length > 0) {
        log.debug(
          `No terminal variable for ${collided.join(', ')}: an older service has its name.`,
        );
      }
      known[uri.toString()] = values;
      if (folder !== undefined) {
        this.apply(folder, values);
      }
    }
    this.remember(known);
  }

  private remember(known: Record<string, PortValues>): void {
    const kept = this.context.workspaceState.get(MEMORY_KEY);
    if (JSON.stringify(kept) !== JSON.stringify(known)) {
      void this.context.workspaceState.update(MEMORY_KEY, known);
    }
  }

  private apply(folder: vscode.WorkspaceFolder, values: PortValues): void {
    const key = folder.uri.toString();
    const set = this.set.get(key) ?? {};
    const news = newValues(set, values);
    if (Object.keys(news).length === 0 || !setting('terminal.environment', folder.uri)) {
      return;
    }
    if (this.taskTerminals.changeEndsWork) {
      return;
    }
    const collection = this.collectionOf(folder);
    for (const [name, value] of Object.entries(news)) {
      collection.replace(name, value);
    }
    this.set.set(key, { ...set, ...news });
  }

  private collectionOf(folder: vscode.WorkspaceFolder): vscode.EnvironmentVariableCollection {
    const collection = this.context.environmentVariableCollection.getScoped({
      workspaceFolder: folder,
    });
    collection.description = t('The ports of {0}, from Styxy', folder.name);
    return collection;
  }

  /** The user's own decision is the one reason to take variables away. */
  private applySetting(): void {
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      const key = folder.uri.toString();
      if (!setting('terminal.environment', folder.uri) && this.set.delete(key)) {
        this.collectionOf(folder).clear();
      }
    }
    this.update();
  }
}
