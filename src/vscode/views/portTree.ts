import type { AllocationView } from '../../core/domain/model';
import type { Snapshot } from '../../core/messages/requests';
import { folderName } from '../text/allocation';
import { serviceTypesOf, urlOf } from '../text/serviceTypes';
import { seenFromAll } from '../text/sharing';
import type { Shape } from './treeChange';

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

/** An allocation as one of the pairs that have it sees it. */
export interface PortNode {
  readonly kind: 'port';
  readonly view: AllocationView;
  readonly own: boolean;
  /** Undefined for what no browser opens. */
  readonly url: string | undefined;
}

/** The part of a snapshot that the tree shows. */
export type Shown = Pick<Snapshot, 'allocations' | 'participants' | 'configuration'>;

export type TreeNode = WorkspaceNode | PortNode;

export interface OwnWorkspace {
  readonly name: string;
  readonly workspace: string;
}

/**
 * All rows: this window's workspaces in their own order, then the others by name; ports by number.
 * Empty when there are no ports, so that the welcome text shows.
 */
export function buildTree(shown: Shown, own: readonly OwnWorkspace[]): readonly WorkspaceNode[] {
  const { allocations, participants } = shown;
  if (allocations.length === 0) {
    return [];
  }
  const open = new Set(participants.flatMap(({ folders }) => folders));
  const byWorkspace = new Map<string, AllocationView[]>();
  for (const view of allocations.flatMap(seenFromAll)) {
    const views = byWorkspace.get(view.workspace) ?? [];
    views.push(view);
    byWorkspace.set(view.workspace, views);
  }
  const types = serviceTypesOf(shown);
  const node = (workspace: string, name: string, isOwn: boolean): WorkspaceNode => ({
    kind: 'workspace',
    workspace,
    name,
    own: isOwn,
    open: isOwn || open.has(workspace),
    ports: (byWorkspace.get(workspace) ?? [])
      .sort((a, b) => a.port - b.port)
      .map((view) => ({ kind: 'port', view, own: isOwn, url: urlOf(view, types) })),
  });
  const ownPaths = new Set(own.map(({ workspace }) => workspace));
  const others = [...byWorkspace.keys()]
    .filter((workspace) => !ownPaths.has(workspace))
    .map((workspace) => node(workspace, folderName(workspace), false))
    .sort((a, b) => a.name.localeCompare(b.name) || a.workspace.localeCompare(b.workspace));
  return [...own.map(({ workspace, name }) => node(workspace, name, true)), ...others];
}

/**
 * The stable identity of a row. A workspace that gets its first port, or is opened here, is a new
 * row: the editor keeps a row collapsed that had nothing to expand before.
 */
export function nodeId(node: TreeNode): string {
  if (node.kind === 'port') {
    return portId(node.view);
  }
  const kind = node.ports.length === 0 ? 'empty' : node.own ? 'own' : 'other';
  return `workspace:${kind}:${node.workspace}`;
}

/** One allocation may have several rows: one for each pair that shares it. */
function portId({ id, group, workspace, service }: AllocationView): string {
  return group === undefined ? `port:${id}` : `port:${id}:${service}:${workspace}`;
}

export const WORKSPACES: Shape<TreeNode> = {
  id: nodeId,
  children: (node) => (node.kind === 'workspace' ? node.ports : []),
  shows: (node) => (node.kind === 'workspace' ? [node.name, node.open] : node),
};
