/** Messages about changes of this window's ports that this window did not ask for. */
import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { Allocation, AllocationView } from '../../core/domain/model';
import { ReportedConflicts, conflictsText } from '../text/conflicts';
import { type Move, movesBetween, movesText, withMoves } from '../text/moves';
import type { Connection } from '../window/connection';
import { DisposableStore } from '../window/dispose';
import type { Folders } from '../window/folders';

/** News of one moment is one message; what heals or is answered meanwhile is left out. */
const GATHER_MS = 1_000;

/** Follows the leader's pushes and gathers news for a moment before it is shown. */
abstract class Notices implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private known: readonly AllocationView[] | undefined;
  private gathering: ReturnType<typeof setTimeout> | undefined;

  constructor(
    protected readonly connection: Connection,
    private readonly folders: Folders,
  ) {
    this.store.add(connection.onDidChange(() => this.look()));
    this.store.add({ dispose: () => clearTimeout(this.gathering) });
  }

  dispose(): void {
    this.store.dispose();
  }

  /** Whether there is news. `before` is undefined at the first push of this window. */
  protected abstract isNews(
    now: readonly AllocationView[],
    before: readonly AllocationView[] | undefined,
  ): boolean;

  /** Shows what is still news. */
  protected abstract tell(): Promise<void>;

  protected readonly isOwn = (workspace: string): boolean =>
    this.folders.find(workspace) !== undefined;

  private look(): void {
    const now = this.connection.snapshot?.allocations;
    if (now === undefined || now === this.known) {
      return;
    }
    const before = this.known;
    this.known = now;
    if (this.isNews(now, before)) {
      this.gathering ??= setTimeout(() => {
        this.gathering = undefined;
        void this.tell();
      }, GATHER_MS);
    }
  }
}

/**
 * Says when somebody else took a port of this window's workspaces, and offers what can be done.
 * Conflicts older than the window are shown by the tree and the status bar alone.
 */
export class ConflictNotices extends Notices {
  private readonly conflicts = new ReportedConflicts();

  protected isNews(
    now: readonly AllocationView[],
    before: readonly AllocationView[] | undefined,
  ): boolean {
    const news = this.conflicts.news(now, this.isOwn);
    if (before === undefined) {
      this.conflicts.report(news);
    }
    return before !== undefined && news.length > 0;
  }

  protected async tell(): Promise<void> {
    const news = this.conflicts.news(this.connection.snapshot?.allocations ?? [], this.isOwn);
    this.conflicts.report(news);
    const [first, second] = news;
    if (first === undefined) {
      return;
    }
    const showAll = t('Show Ports');
    const [move, keep, show] = [t('Move'), t('Keep'), t('Show')];
    const offers = second === undefined ? [move, keep, show] : [showAll];
    const picked = await vscode.window.showWarningMessage(conflictsText(news), ...offers);
    const { id, workspace, service, process } = first;
    if (picked === showAll) {
      await vscode.commands.executeCommand('styxy.workspaces.focus');
    } else if (picked === move) {
      const target = { id, workspace, service };
      await vscode.commands.executeCommand('styxy.moveToFreePort', target);
    } else if (picked === keep) {
      this.conflicts.keep(process);
    } else if (picked === show) {
      await vscode.commands.executeCommand('styxy.inspectPort', { id });
    }
  }
}

/** Says when a port of this window's workspaces moved, unless a command here says so itself. */
export class MoveNotices extends Notices {
  private gathered: readonly Move[] = [];
  /** The port that the user was shown last, by the id of the allocation. */
  private readonly toldPorts = new Map<string, number>();

  /** The caller tells the user this allocation's port. */
  told({ id, port }: Pick<Allocation, 'id' | 'port'>): void {
    this.toldPorts.set(id, port);
  }

  protected isNews(
    now: readonly AllocationView[],
    before: readonly AllocationView[] | undefined,
  ): boolean {
    const moves = before === undefined ? [] : movesBetween(before, now, this.isOwn);
    this.gathered = withMoves(this.gathered, moves);
    return moves.length > 0;
  }

  protected async tell(): Promise<void> {
    const moves = this.gathered.filter(({ id, to }) => this.toldPorts.get(id) !== to);
    this.gathered = [];
    this.toldPorts.clear();
    const [first, second] = moves;
    if (first === undefined) {
      return;
    }
    const inspect = t('Inspect');
    const show = t('Show Ports');
    const offer = second === undefined ? inspect : show;
    const picked = await vscode.window.showInformationMessage(movesText(moves), offer);
    if (picked === inspect) {
      await vscode.commands.executeCommand('styxy.inspectPort', { id: first.id });
    } else if (picked === show) {
      await vscode.commands.executeCommand('styxy.workspaces.focus');
    }
  }
}
