import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { Allocation } from '../../core/domain/model';
import type { Connection } from '../window/connection';
import { DisposableStore } from '../window/dispose';
import type { Folders } from '../window/folders';
import type { Move } from '../text/moves';
import { movesBetween, movesText, withMoves } from '../text/moves';

/** Moves that come together are told together; what this window asked for is answered meanwhile. */
const GATHER_MS = 1_000;

/** Says when a port of this window's workspaces moved, unless a command here says so itself. */
export class MoveNotices implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private known: readonly Allocation[] | undefined;
  private gathered: readonly Move[] = [];
  private gathering: ReturnType<typeof setTimeout> | undefined;
  /** Where the user was told that an allocation is, by its id. */
  private readonly toldPorts = new Map<string, number>();

  constructor(
    private readonly connection: Connection,
    private readonly folders: Folders,
  ) {
    this.store.add(connection.onDidChange(() => this.look()));
    this.store.add({ dispose: () => clearTimeout(this.gathering) });
  }

  /** The user hears of this allocation's port from whoever calls. */
  told({ id, port }: Pick<Allocation, 'id' | 'port'>): void {
    this.toldPorts.set(id, port);
  }

  dispose(): void {
    this.store.dispose();
  }

  private look(): void {
    const allocations = this.connection.snapshot?.allocations;
    if (allocations === undefined || allocations === this.known) {
      return;
    }
    const isOwn = (workspace: string): boolean => this.folders.find(workspace) !== undefined;
    const moves = this.known === undefined ? [] : movesBetween(this.known, allocations, isOwn);
    this.known = allocations;
    if (moves.length > 0) {
      this.gathered = withMoves(this.gathered, moves);
      this.gathering ??= setTimeout(() => void this.tell(), GATHER_MS);
    }
  }

  private async tell(): Promise<void> {
    this.gathering = undefined;
    const moves = this.gathered.filter(({ id, to }) => this.toldPorts.get(id) !== to);
    this.gathered = [];
    this.toldPorts.clear();
    const [first, second] = moves;
    if (first === undefined) {
      return;
    }
    const inspect = t('Inspect');
    const show = t('Show Ports');
    const picked = await vscode.window.showInformationMessage(
      movesText(moves),
      second === undefined ? inspect : show,
    );
    if (picked === inspect) {
      await vscode.commands.executeCommand('styxy.inspectPort', { id: first.id });
    } else if (picked === show) {
      await vscode.commands.executeCommand('styxy.workspaces.focus');
    }
  }
}
