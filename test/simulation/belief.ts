/** What participants believe, as far as it goes by what they were told. */
import type { Pair } from '../../src/core/domain/model';
import { groupName, type Operation } from './operations';
import type { Process } from './scheduler';

/** What the participants were told of one pair, or of what there is one of. */
export interface Belief {
  readonly id: string;
  readonly port: number;
  readonly serviceType: string;
  /** Who was told that it holds it, by pair. */
  readonly holders: Map<string, Set<Process>>;
  /** Those of them that asked to leave what is shared, until the answer is there. */
  readonly leaving: Map<string, Set<Process>>;
  /** Something happened that may change it lawfully. */
  doubtful: boolean;
  /** Its release or its move was asked for: nobody uses it any more, until the answer is there. */
  ending: boolean;
}

/** Who held a shared allocation for a workspace before it asked to leave. */
export function askersOf(
  workspace: string,
  { holders, leaving }: Belief,
): Map<string, Set<Process>> {
  return new Map([[workspace, leaving.get(workspace) ?? holders.get(workspace) ?? new Set()]]);
}

/** Whether a release ends what it names, and not only the asker's part of it. */
export function ends({ pair, params }: Extract<Operation, { kind: 'release' }>): boolean {
  return groupName(pair.service) === undefined || params.everyone === true;
}

export function pairsOf(operation: Operation): readonly Pair[] {
  switch (operation.kind) {
    case 'allocate': {
      const { workspace, service } = operation.params;
      return [{ workspace, service }];
    }
    case 'plan': {
      const { workspace, services } = operation.params;
      return services.map(({ service }) => ({ workspace, service }));
    }
    case 'release':
    case 'move':
      return [operation.pair];
    case 'undo':
    case 'setAutoAllocation':
    case 'inspect':
    case 'list':
    case 'status':
    case 'audit':
    case 'handOver':
      return [];
  }
}
