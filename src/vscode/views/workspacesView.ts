import * as vscode from 'vscode';
import { DisposableStore } from '../dispose';
import type { Services } from '../services';
import { portItem, portsText, workspaceItem } from './portItem';
import type { Shown, TreeNode, WorkspaceNode } from './tree';
import { buildTree, nodeId, treeChange } from './tree';

const NOTHING: Shown = { allocations: [], participants: [] };
/** Ages are told in minutes. */
const AGE_TICK_MS = 60_000;

/** The tree of workspaces and their ports. It draws what the leader pushed and nothing else. */
export class WorkspacesView implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly store = new DisposableStore();
  private readonly tree: vscode.TreeView<TreeNode>;
  private roots: readonly WorkspaceNode[] = [];
  /** Every row of `roots` by its id. */
  private rowsById: ReadonlyMap<string, TreeNode> = new Map();
  /** The rows as the editor knows them: one object for one row, for as long as it is shown. */
  private readonly handed = new Map<string, TreeNode>();
  private ticking: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly services: Services) {
    this.rebuild();
    this.tree = vscode.window.createTreeView('styxy.workspaces', {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.store.add(this.changed);
    this.store.add(this.tree);
    this.store.add(services.connection.onDidChange(() => this.update()));
    this.store.add(services.folders.onDidChange(() => this.update()));
    this.store.add(this.tree.onDidChangeVisibility(() => this.tickWhileVisible()));
    this.store.add({ dispose: () => clearInterval(this.ticking) });
    this.decorate();
    this.tickWhileVisible();
  }

  /** The rows as drawn last. */
  get rows(): readonly WorkspaceNode[] {
    return this.roots;
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node === undefined) {
      this.handed.clear();
      return this.roots.map((root) => this.hand(root));
    }
    const current = this.current(node);
    return current?.kind === 'workspace' ? current.ports.map((port) => this.hand(port)) : [];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    const id = nodeId(node);
    const parent = this.roots.find(({ ports }) => ports.some((port) => nodeId(port) === id));
    return parent === undefined ? undefined : this.hand(parent);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const current = this.current(node) ?? node;
    return current.kind === 'workspace' ? workspaceItem(current) : portItem(current, Date.now());
  }

  dispose(): void {
    this.store.dispose();
  }

  private hand(node: TreeNode): TreeNode {
    const known = this.handed.get(nodeId(node)) ?? node;
    this.handed.set(nodeId(node), known);
    return known;
  }

  /** The row as it is now; rows that the editor holds may be of an older push. */
  private current(node: TreeNode): TreeNode | undefined {
    return this.rowsById.get(nodeId(node));
  }

  private rebuild(): void {
    const { connection, folders } = this.services;
    this.roots = buildTree(connection.snapshot ?? NOTHING, folders.current);
    const rows = this.roots.flatMap((root): TreeNode[] => [root, ...root.ports]);
    this.rowsById = new Map(rows.map((row) => [nodeId(row), row]));
  }

  private update(): void {
    const before = this.roots;
    this.rebuild();
    const change = treeChange(before, this.roots);
    if (change.kind === 'roots') {
      this.changed.fire(undefined);
    } else if (change.kind === 'rows') {
      this.redraw(change.ids);
    }
    for (const id of this.handed.keys()) {
      if (!this.rowsById.has(id)) {
        this.handed.delete(id);
      }
    }
    this.decorate();
  }

  /** Only rows that the editor has seen can be drawn again. */
  private redraw(ids: readonly string[]): void {
    const nodes = ids.map((id) => this.handed.get(id)).filter((node) => node !== undefined);
    if (nodes.length > 0) {
      this.changed.fire(nodes);
    }
  }

  private decorate(): void {
    const { role } = this.services.connection;
    const views = this.roots.flatMap(({ ports }) => ports.map(({ view }) => view));
    this.tree.message =
      role.kind === 'unreachable' && views.length > 0
        ? vscode.l10n.t('Not connected: this is what was known last. {0}', role.problem)
        : '';
    const conflicts = views.filter(({ state }) => state === 'conflict').length;
    this.tree.badge =
      conflicts === 0
        ? undefined
        : { value: conflicts, tooltip: vscode.l10n.t('In conflict: {0}', portsText(conflicts)) };
  }

  private tickWhileVisible(): void {
    clearInterval(this.ticking);
    this.ticking = this.tree.visible
      ? setInterval(() => this.redraw([...this.handed.keys()].filter(isPort)), AGE_TICK_MS)
      : undefined;
  }
}

function isPort(id: string): boolean {
  return id.startsWith('port:');
}
