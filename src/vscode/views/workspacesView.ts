import type * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { DisposableStore } from '../window/dispose';
import type { Services } from '../window/services';
import { portsText, workspacesItem } from './items';
import { RowTree } from './rowTree';
import { buildTree, type Shown, type TreeNode, type WorkspaceNode, WORKSPACES } from './portTree';

const NOTHING: Shown = { allocations: [], participants: [] };
/** Ages are shown in minutes. */
const AGE_TICK_MS = 60_000;

/** The tree of workspaces and their ports. It draws what the leader pushed and nothing else. */
export class WorkspacesView implements vscode.Disposable {
  private readonly store = new DisposableStore();
  private readonly tree = new RowTree<TreeNode>('styxy.workspaces', WORKSPACES, workspacesItem);
  private ticking: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly services: Services) {
    this.store.add(this.tree);
    this.store.add(services.connection.onDidChange(() => this.update()));
    this.store.add(services.folders.onDidChange(() => this.update()));
    this.store.add(this.tree.view.onDidChangeVisibility(() => this.tickWhileVisible()));
    this.store.add({ dispose: () => clearInterval(this.ticking) });
    this.update();
    this.tickWhileVisible();
  }

  /** The rows as drawn last. */
  get rows(): readonly WorkspaceNode[] {
    return this.tree.roots.filter((node) => node.kind === 'workspace');
  }

  dispose(): void {
    this.store.dispose();
  }

  private update(): void {
    const { connection, folders } = this.services;
    this.tree.show(buildTree(connection.snapshot ?? NOTHING, folders.current));
    this.decorate();
  }

  private decorate(): void {
    const { role, snapshot } = this.services.connection;
    const views = snapshot?.allocations ?? [];
    this.tree.view.message =
      role.kind === 'unreachable' && views.length > 0
        ? t('Not connected: this is what was known last. {0}', role.problem)
        : '';
    const conflicts = views.filter(({ state }) => state === 'conflict').length;
    this.tree.view.badge =
      conflicts === 0
        ? undefined
        : { value: conflicts, tooltip: t('In conflict: {0}', portsText(conflicts)) };
  }

  private tickWhileVisible(): void {
    clearInterval(this.ticking);
    this.ticking = this.tree.view.visible
      ? setInterval(() => this.tree.redrawWhere(({ kind }) => kind === 'port'), AGE_TICK_MS)
      : undefined;
  }
}
