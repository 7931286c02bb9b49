import type * as vscode from 'vscode';
import type { Connection } from './connection';
import type { Folders } from './folders';
import type { InspectPanel } from './inspect/inspectPanel';

/** What commands and variables work with. */
export interface Services {
  readonly connection: Connection;
  readonly folders: Folders;
  readonly inspector: InspectPanel;
  readonly log: vscode.LogOutputChannel;
  /** Version of Styxy. */
  readonly version: string;
}
