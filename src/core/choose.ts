import type { ServiceType } from './catalogue';
import { candidates, type Search } from './candidates';
import type { Circumstances, Decision } from './decision';
import { allocatedMessage, describeConflict, describePair, describeProcess } from './describe';
import type { StyxyError } from './errors';
import type { StateEvent } from './events';
import { holderOf, stampOf } from './holders';
import { pairKey, type Allocation, type Conflict } from './model';
import { noPortAvailable, portBusy, portForbidden, portLeft } from './refusals';
import { answered } from './repeat';
import type { AllocateAnswer, AllocateRequest } from './requests';
import type { Rules } from './rules';
import { sharedOf } from './singleton';
import { coolingFor, splitPairKey, type State } from './state';

/**
 * Candidates that one `probe` names: seldom are as many busy, and naming them costs a look at the
 * state for each. When all are, the next ones are asked for.
 */
const PROBE_SLICE = 16;

/**
 * Walks the candidates of a pair without an allocation as far as the machine was looked at: asks
 * for a look at the next ones, grants the first that is free or has the pair's own server on it,
 * or refuses with `no_port_available` (`exact`: `port_in_use`, `port_reserved`).
 */
export function choose(
  state: State,
  request: AllocateRequest,
  search: Search,
  circumstances: Circumstances,
  rules: Rules,
): Decision<AllocateAnswer> {
  const { findings, goneFolders, now } = circumstances;
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
    const process = finding.kind === 'busy' ? finding.process : undefined;
    const adopted = process !== undefined && process.workspace === search.workspace;
    if (finding.kind === 'free' || adopted) {
      const found = { port: step.port, conflicts, attempts, ...(adopted ? { process } : {}) };
      return grant(request, search, found, state, circumstances);
    }
    conflicts.push(
      finding.kind === 'forbidden'
        ? { port: step.port, reason: 'forbidden' }
        : { port: step.port, ...(process === undefined ? {} : { process }) },
    );
  }
  const [first] = unseen;
  return first !== undefined
    ? {
        kind: 'probe',
        candidates: unseen,
        ...(search.wishes.includes(first) ? { known: true } : {}),
      }
    : { kind: 'refuse', error: exhausted(state, search, conflicts, attempts, now) };
}

interface Found {
  readonly port: number;
  readonly conflicts: readonly Conflict[];
  readonly attempts: number;
  /** The pair's own server, which listens there already. */
  readonly process?: NonNullable<Conflict['process']>;
}

function grant(
  request: AllocateRequest,
  search: Search,
  { port, conflicts: seen, attempts, process }: Found,
  state: State,
  { caller, now, newId }: Circumstances,
): Decision<AllocateAnswer> {
  const { workspace, service, group, found, told } = search;
  const { planned } = request;
  const stamp = stampOf(caller, now);
  const last = state.memory.get(pairKey(workspace, service))?.port;
  // Another port than last time, which nobody asked for: never silently.
  const wanted = last === port || request.port === port || planned?.port === port;
  const movedFrom = wanted ? undefined : last;
  const allocation: Allocation = {
    id: newId(0),
    port,
    serviceType: search.serviceType.name,
    service,
    workspace,
    holders: [holderOf(caller, now, group === undefined ? undefined : search)],
    allocatedAt: now,
    ...(movedFrom === undefined ? {} : { movedFrom }),
    ...(group === undefined ? {} : { group }),
    ...(planned === undefined
      ? {}
      : { planned: planned.port === undefined ? {} : { port: planned.port } }),
  };
  const shared = sharedOf(allocation);
  const wish = planned?.port === port ? undefined : planned?.port;
  const conflicts = seen.filter((conflict) => conflict.port !== port);
  const reasonOf = (wish: number): string => {
    const conflict = conflicts.find((each) => each.port === wish);
    return conflict === undefined ? 'it is not available' : describeConflict(conflict);
  };
  const sentences = [
    movedFrom === undefined
      ? allocatedMessage(allocation, false)
      : `${describePair(search)} moved from ${movedFrom} to ${port}: ${reasonOf(movedFrom)}.`,
    ...(process === undefined
      ? []
      : [`Its own server listens there already: ${describeProcess(process)}.`]),
    ...(request.port === undefined || request.port === port
      ? []
      : [`${request.port} was asked for, but ${reasonOf(request.port)}.`]),
    ...(wish === undefined ? [] : [`Its plan names ${wish}, but ${reasonOf(wish)}.`]),
    ...(told === undefined
      ? []
      : [
          `Nobody had declared the type ${told.serviceType}: it has the range ${told.range.first}-${told.range.last} now.`,
        ]),
  ];
  const answer: AllocateAnswer = {
    allocation,
    existing: false,
    ...(process === undefined ? {} : { adopted: true }),
    ...(shared === undefined ? {} : { shared }),
    ...(told === undefined ? {} : { autoAllocated: told }),
    ...(wish === undefined ? {} : { wish }),
    ...(movedFrom === undefined ? {} : { movedFrom }),
    conflicts,
    attempts,
    message: sentences.join(' '),
  };
  const events: readonly StateEvent[] = [
    ...(found === undefined ? [] : [{ kind: 'type-added', stamp, type: found } as const]),
    { kind: 'granted', stamp, allocation },
  ];
  return answered.allocate(request, answer, now, events);
}

function exhausted(
  state: State,
  search: Search,
  conflicts: readonly Conflict[],
  attempts: number,
  now: number,
): StyxyError {
  const [conflict] = conflicts;
  const pair = pairKey(search.workspace, search.service);
  const left = search.exact
    ? coolingFor(state, search.wishes[0] ?? 0, pair, now, search.group)
    : undefined;
  if (left?.strict === true) {
    return portLeft(left, splitPairKey(left.pair), now);
  }
  if (search.exact && conflict !== undefined) {
    return conflict.reason === 'forbidden'
      ? portForbidden(conflict.port)
      : portBusy(conflict.port, conflict.process);
  }
  const { range, name } = search.serviceType;
  const allocated = rangeOwners(state, search.serviceType);
  return noPortAvailable(search, { serviceType: name, range, attempts, conflicts, allocated });
}

function rangeOwners(state: State, { range }: ServiceType): readonly Conflict[] {
  return [...state.allocations.values()]
    .filter(({ port }) => port >= range.first && port <= range.last)
    .sort((a, b) => a.port - b.port)
    .map(({ port, workspace, service }) => {
      return { port, reason: 'allocated', pair: { workspace, service } };
    });
}
