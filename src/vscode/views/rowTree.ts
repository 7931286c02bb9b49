import * as vscode from 'vscode';
import { changedRows, type Shape } from './treeChange';

/**
 * A view and its rows as the editor gets them. Of a new tree only what differs from the one before
 * is drawn again.
 */
export class RowTree<Node> implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private shown: readonly Node[] = [];
  /** Every row of `shown` by its id. */
  private rowsById: ReadonlyMap<string, Node> = new Map();
  /** The rows as the editor knows them: one object for one row, while it is shown. */
  private readonly handed = new Map<string, Node>();

  readonly view: vscode.TreeView<Node>;

  constructor(
    id: string,
    private readonly shape: Shape<Node>,
    private readonly item: (node: Node) => vscode.TreeItem,
  ) {
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: true });
  }

  /** The rows at the top as drawn last. */
  get roots(): readonly Node[] {
    return this.shown;
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      this.handed.clear();
      return this.shown.map((root) => this.hand(root));
    }
    const current = this.current(node);
    return current === undefined
      ? []
      : this.shape.children(current).map((child) => this.hand(child));
  }

  getParent(node: Node): Node | undefined {
    const { id, children } = this.shape;
    const own = id(node);
    const parent = this.shown.find((root) => children(root).some((child) => id(child) === own));
    return parent === undefined ? undefined : this.hand(parent);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return this.item(this.current(node) ?? node);
  }

  show(roots: readonly Node[]): void {
    const { id, children } = this.shape;
    const changed = changedRows(this.shown, roots, this.shape);
    this.shown = roots;
    const rows = roots.flatMap((root) => [root, ...children(root)]);
    this.rowsById = new Map(rows.map((row) => [id(row), row]));
    if (changed === undefined) {
      this.changed.fire(undefined);
    } else {
      this.redraw(changed);
    }
    for (const known of this.handed.keys()) {
      if (!this.rowsById.has(known)) {
        this.handed.delete(known);
      }
    }
  }

  /** Draws the rows that the editor has seen and that are meant by `isMeant` again. */
  redrawWhere(isMeant: (node: Node) => boolean): void {
    const meant = [...this.rowsById].filter(([, row]) => isMeant(row));
    this.redraw(meant.map(([id]) => id));
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }

  /** Only rows that the editor has seen can be drawn again. */
  private redraw(ids: readonly string[]): void {
    const nodes = ids.map((id) => this.handed.get(id)).filter((node) => node !== undefined);
    if (nodes.length > 0) {
      this.changed.fire(nodes);
    }
  }

  private hand(node: Node): Node {
    const id = this.shape.id(node);
    const known = this.handed.get(id) ?? node;
    this.handed.set(id, known);
    return known;
  }

  /** The row as it is now; rows that the editor holds may be of an older push. */
  private current(node: Node): Node | undefined {
    return this.rowsById.get(this.shape.id(node));
  }
}
