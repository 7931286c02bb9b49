import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { AllocationView } from '../../core/domain/model';
import type { Connection } from '../window/connection';
import { DisposableStore } from '../window/dispose';
import type { Folders } from '../window/folders';
import { ToldConflicts, conflictsText } from '../text/conflicts';

/** Conflicts that come together are told together; what heals meanwhile is not told. */
const GATHER_MS = 1_000;

/**
 * Says when somebody else took a port of this window's workspaces, and offers what can be done.
 * What was so before the window came is told by the tree and the status bar alone.
 */
export class ConflictNotices implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly told = new ToldConflicts();
  private looked: readonly AllocationView[] | undefined;
  private gathering: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly folders: Folders,
  ) {
    this.store.add(connection.onDidChange(() => this.look()));
    this.store.add({ dispose: () => clearTimeout(this.gathering) });
  }

  dispose(): void {
    this.store.dispose();
  }

  private look(): void {
    const allocations = this.connection.snapshot?.allocations;
    if (allocations === undefined || allocations === this.looked) {
      return;
    }
    const isFirst = this.looked === undefined;
    this.looked = allocations;
    const news = this.news(allocations);
    if (isFirst) {
      this.told.tell(news);
    } else if (news.length > 0) {
      this.gathering ??= setTimeout(() => void this.tell(), GATHER_MS);
    }
  }

  private news(allocations: readonly AllocationView[]): readonly AllocationView[] {
    return this.told.news(allocations, (workspace) => this.folders.find(workspace) !== undefined);
  }

  private async tell(): Promise<void> {
    this.gathering = undefined;
    const news = this.news(this.connection.snapshot?.allocations ?? []);
    this.told.tell(news);
    const [first, second] = news;
    if (first !== undefined && second !== undefined) {
      await this.offerAll(news);
    } else if (first !== undefined) {
      await this.offer(first);
    }
  }

  private async offer(view: AllocationView): Promise<void> {
    const { id, workspace, service, process } = view;
    const move = t('Move');
    const keep = t('Keep');
    const show = t('Show');
    const text = conflictsText([view]);
    const picked = await vscode.window.showWarningMessage(text, move, keep, show);
    if (picked === move) {
      const target = { id, workspace, service };
      await vscode.commands.executeCommand('styxy.moveToFreePort', target);
    } else if (picked === keep) {
      this.told.keep(process);
    } else if (picked === show) {
      await vscode.commands.executeCommand('styxy.inspectPort', { id });
    }
  }

  private async offerAll(conflicts: readonly AllocationView[]): Promise<void> {
    const show = t('Show Ports');
    const text = conflictsText(conflicts);
    if ((await vscode.window.showWarningMessage(text, show)) === show) {
      await vscode.commands.executeCommand('styxy.workspaces.focus');
    }
  }
}
