import type { ServiceType } from '../domain/catalogue';
import { isServerOf } from '../health/ownership';
import type { PortFinding, PortUser } from '../host/interfaces';
import { candidates, type Search } from './candidates';
import { refuse, type DecisionContext, type Undecided } from './decision';
import type { StyxyError } from '../domain/errors';
import { pairKey, type Conflict, type ListeningProcess } from '../domain/model';
import { noPortAvailable, portBusy, portForbidden, portLeft } from '../messages/refusals';
import type { Rules } from './rules';
import { given } from '../domain/schema';
import { coolingFor, listAllocations, splitPairKey, type State } from '../state/state';

/**
 * Candidates that one `probe` names: rarely are this many busy, and naming each costs a look at the
 * state. When all are, the next ones are asked for.
 */
const PROBE_SLICE = 16;

/** A port that may be given. */
export interface Found {
  readonly kind: 'found';
  readonly port: number;
  /** What was refused by the machine before, in the order it was tried. */
  readonly conflicts: readonly Conflict[];
  /** How many candidates were looked at. */
  readonly attempts: number;
  /** The pair's own server, which listens there already. */
  readonly process?: ListeningProcess;
}

export type PortSearch = Found | Undecided;

/**
 * Walks the candidates of a pair as far as the machine was looked at: asks for a look at the next
 * ones, finds the first that is free or has the pair's own server on it, or refuses with
 * `no_port_available` (`exact`: `port_in_use`, `port_reserved`).
 */
export function findPort(
  state: State,
  search: Search,
  { findings, goneFolders, now }: DecisionContext,
  rules: Rules,
): PortSearch {
  const unseen: number[] = [];
  const conflicts: Conflict[] = [];
  let attempts = 0;
  for (const step of candidates(state, search, goneFolders, now, rules)) {
    if (step.kind === 'skip') {
      conflicts.push(step.conflict);
      continue;
    }
    const finding = findings.get(step.port);
    if (finding === undefined) {
      unseen.push(step.port);
      if (unseen.length === PROBE_SLICE) {
        break;
      }
      continue;
    }
    if (unseen.length > 0) {
      continue;
    }
    attempts += 1;
    const { port } = step;
    switch (finding.kind) {
      case 'free':
        return { kind: 'found', port, conflicts, attempts };
      case 'forbidden':
        conflicts.push({ port, reason: 'forbidden' });
        break;
      case 'busy': {
        const { isOwn, process } = occupantOf(finding, search.workspace);
        const owner = given({ process });
        if (isOwn) {
          return { kind: 'found', port, conflicts, attempts, ...owner };
        }
        conflicts.push({ port, ...owner });
      }
    }
  }
  const [first] = unseen;
  return first !== undefined
    ? {
        kind: 'probe',
        candidates: unseen,
        ...(search.wishes.includes(first) ? { known: true } : {}),
      }
    : refuse(exhausted(state, search, conflicts, attempts, now));
}

/**
 * Whose server has a busy port, as a workspace sees it that asks for the port: its own only if
 * everything that listens there is, else the first that is not.
 */
export function occupantOf(
  { others = [], ...first }: Extract<PortFinding, { kind: 'busy' }>,
  workspace: string,
): { readonly isOwn: boolean; readonly process: ListeningProcess | undefined } {
  const other = [first, ...others].find((user: PortUser) => !isServerOf(user, workspace));
  return { isOwn: other === undefined, process: (other ?? first).process };
}

function exhausted(
  state: State,
  search: Search,
  conflicts: readonly Conflict[],
  attempts: number,
  now: number,
): StyxyError {
  const [conflict] = conflicts;
  const { exact, wishes, group } = search;
  const left = exact ? coolingFor(state, wishes[0] ?? 0, pairKey(search), now, group) : undefined;
  if (left?.strict === true) {
    return portLeft(left, splitPairKey(left.pair), now);
  }
  if (exact && conflict !== undefined) {
    return conflict.reason === 'forbidden'
      ? portForbidden(conflict.port)
      : portBusy(conflict.port, conflict.process);
  }
  const { range, name } = search.serviceType;
  const allocated = rangeOwners(state, search.serviceType);
  return noPortAvailable(search, { serviceType: name, range, attempts, conflicts, allocated });
}

function rangeOwners(state: State, { range }: ServiceType): readonly Conflict[] {
  return listAllocations(state)
    .filter(({ port }) => port >= range.first && port <= range.last)
    .map(({ port, workspace, service }) => {
      return { port, reason: 'allocated', pair: { workspace, service } };
    });
}
