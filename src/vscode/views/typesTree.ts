import type { ServiceType } from '../../core/domain/catalogue';
import type { Snapshot } from '../../core/messages/requests';
import { figuresOf, serviceTypesOf, type TypeFigures, urlOf } from '../text/serviceTypes';
import { seenFromHere } from '../text/sharing';
import type { PortNode } from './portTree';
import type { Shape } from './treeChange';

/** A service type's row with its allocations under it. */
export interface TypeNode {
  readonly kind: 'type';
  readonly type: ServiceType;
  readonly figures: TypeFigures;
  /** By number. */
  readonly ports: readonly PortNode[];
}

/** A shared port shows once, as this window has it. */
export type TypeTreeNode = TypeNode | PortNode;

/** The types in force, in their order; none before the first push, so that a welcome text shows. */
export function buildTypes(
  snapshot: Pick<Snapshot, 'allocations' | 'configuration'> | undefined,
  isOwn: (workspace: string) => boolean,
): readonly TypeNode[] {
  if (snapshot === undefined) {
    return [];
  }
  const types = serviceTypesOf(snapshot);
  const ports = snapshot.allocations
    .map((allocation) => seenFromHere(allocation, isOwn))
    .sort((a, b) => a.port - b.port)
    .map((view) => ({
      kind: 'port' as const,
      view,
      own: isOwn(view.workspace),
      url: urlOf(view, types),
    }));
  return types.map((type) => ({
    kind: 'type',
    type,
    figures: figuresOf(type, snapshot),
    ports: ports.filter(({ view }) => view.serviceType === type.name),
  }));
}

export const TYPES: Shape<TypeTreeNode> = {
  id: (node) => (node.kind === 'type' ? `type:${node.type.name}` : `port:${node.view.id}`),
  children: (node) => (node.kind === 'type' ? node.ports : []),
  shows: (node) => (node.kind === 'type' ? [node.type, node.figures] : node),
};
