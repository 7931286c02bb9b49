import type { AllocationView } from '../../core/model';
import type { Snapshot } from '../../core/requests';
import { folderName } from '../presentation';

/** A workspace's row with the ports under it. */
export interface WorkspaceNode {
  readonly kind: 'workspace';
  readonly workspace: string;
  readonly name: string;
  /** Whether this window has it open. */
  readonly own: boolean;
  /** Whether any window has it open. */
  readonly open: boolean;
  readonly ports: readonly PortNode[];
}

export interface PortNode {
  readonly kind: 'port';
  readonly view: AllocationView;
  readonly own: boolean;
}

/** The part of a snapshot that the tree shows. */
export type Shown = Pick<Snapshot, 'allocations' | 'participants'>;

export type TreeNode = WorkspaceNode | PortNode;

export interface OwnWorkspace {
  readonly name: string;
  readonly workspace: string;
}

/**
 * All rows: this window's workspaces in their own order, then the others by name; ports by number.
 * Empty when nobody has a port, so that the welcome text shows.
 */
export function buildTree(
  { allocations, participants }: Shown,
  own: readonly OwnWorkspace[],
): readonly WorkspaceNode[] {
  if (allocations.length === 0) {
    return [];
  }
  const open = new Set(participants.flatMap(({ folders }) => folders));
  const byWorkspace = new Map<string, AllocationView[]>();
  for (const view of allocations) {
    for (const workspace of shownIn(view)) {
      const views = byWorkspace.get(workspace) ?? [];
      views.push(view);
      byWorkspace.set(workspace, views);
    }
  }
  const node = (workspace: string, name: string, isOwn: boolean): WorkspaceNode => ({
    kind: 'workspace',
    workspace,
    name,
    own: isOwn,
    open: isOwn || open.has(workspace),
    ports: (byWorkspace.get(workspace) ?? [])
      .sort((a, b) => a.port - b.port)
      .map((view) => ({ kind: 'port', view, own: isOwn })),
  });
  const ownPaths = new Set(own.map(({ workspace }) => workspace));
  const others = [...byWorkspace.keys()]
    .filter((workspace) => !ownPaths.has(workspace))
    .map((workspace) => node(workspace, folderName(workspace), false))
    .sort((a, b) => a.name.localeCompare(b.name) || a.workspace.localeCompare(b.workspace));
  return [...own.map(({ workspace, name }) => node(workspace, name, true)), ...others];
}

/** Later, singletons show in each holder's workspace as well. */
function shownIn(view: AllocationView): readonly string[] {
  return [view.workspace];
}

/**
 * The stable identity of a row. A workspace that gets its first port, or is opened here, is a new
 * row: the editor keeps a row collapsed that had nothing to expand before.
 */
export function nodeId(node: TreeNode): string {
  if (node.kind === 'port') {
    return `port:${node.view.id}`;
  }
  const kind = node.ports.length === 0 ? 'empty' : node.own ? 'own' : 'other';
  return `workspace:${kind}:${node.workspace}`;
}

export type TreeChange =
  | { readonly kind: 'none' }
  /** Workspaces came or went. */
  | { readonly kind: 'roots' }
  /** Only these rows changed, each with what is under it. */
  | { readonly kind: 'rows'; readonly ids: readonly string[] };

/** What must be drawn again to get from one tree to the other. */
export function treeChange(
  before: readonly WorkspaceNode[],
  after: readonly WorkspaceNode[],
): TreeChange {
  const roots = (nodes: readonly WorkspaceNode[]): string =>
    JSON.stringify(nodes.map((node) => [nodeId(node), node.name]));
  if (roots(before) !== roots(after)) {
    return { kind: 'roots' };
  }
  const ids = after.flatMap((node, at) => changedRows(before[at], node));
  return ids.length === 0 ? { kind: 'none' } : { kind: 'rows', ids };
}

function changedRows(before: WorkspaceNode | undefined, after: WorkspaceNode): string[] {
  const idsOf = (node: WorkspaceNode | undefined): string =>
    (node?.ports ?? []).map(nodeId).join('\n');
  if (idsOf(before) !== idsOf(after) || before?.open !== after.open) {
    return [nodeId(after)];
  }
  return after.ports
    .filter((port, at) => JSON.stringify(before?.ports[at]) !== JSON.stringify(port))
    .map(nodeId);
}
