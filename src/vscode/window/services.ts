import type * as vscode from 'vscode';
import type { Connection } from './connection';
import type { Folders } from './folders';
import type { InspectPanel } from '../pages/inspectPanel';
import type { MoveNotices } from '../views/moveNotices';
import type { Pages } from '../activation/pages';
import type { Plans } from '../plan/createPlans';

/** What commands and variables work with. */
export interface Services extends Pages, Plans {
  readonly connection: Connection;
  readonly folders: Folders;
  readonly inspector: InspectPanel;
  readonly moves: MoveNotices;
  readonly log: vscode.LogOutputChannel;
  /** Version of Styxy. */
  readonly version: string;
}
