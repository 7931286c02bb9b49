/** A pair that has an allocation asks again. */
import { isSameNote, planNoteOf } from '../domain/plan';
import { apply } from '../state/apply';
import { refuse, type Decision, type DecisionContext, type Undecided } from './decision';
import {
  allocatedMessage,
  describeHolders,
  describeIntruder,
  describePair,
  describeProcess,
  sentences,
} from '../domain/describe';
import type { StateEvent } from '../state/events';
import { joining, stampOf } from '../state/holders';
import {
  pairKey,
  workspacesOf,
  type Allocation,
  type Conflict,
  type ListeningProcess,
} from '../domain/model';
import { isSameProcess, isServerOf } from '../health/ownership';
import { wishOf } from './candidates';
import { findPort, occupantOf } from './findPort';
import { movedTo } from './move';
import { hasAnotherPort, howToMove, portBusy } from '../messages/refusals';
import { answered } from './idempotency';
import type { AllocateAnswer, AllocateRequest } from '../messages/requests';
import { templateOffset } from './resolveType';
import { reservedReason, type Rules } from './rules';
import { given } from '../domain/schema';
import { sharedOf } from '../domain/singleton';
import { allocationAt, coolingFor, type State } from '../state/state';
import { typeInForce } from '../state/autoTypes';

/**
 * The pair, or the group of a singleton, has an allocation: the caller gets it and holds it too.
 * One whose port somebody else took gets another port (`relocate`), which every holder is told. A
 * plan that names another port than when it was last followed moves it there if nothing listens on
 * the present one. Without a change nothing is recorded.
 */
export function reuse(
  state: State,
  allocation: Allocation,
  request: AllocateRequest,
  context: DecisionContext,
  rules: Rules,
): Decision<AllocateAnswer> {
  const { workspace, service } = request;
  const followed =
    relocate(state, allocation, request, context, rules) ??
    followPlan(state, allocation, request, context, rules);
  if ('kind' in followed) {
    return followed;
  }
  const { port = allocation.port, because, wish, conflicts = [], attempts = 0 } = followed;
  const { port: asked, exact } = wishOf(request);
  const otherPort = asked === port ? undefined : asked;
  if (otherPort !== undefined && exact) {
    return refuse(hasAnotherPort(allocation, otherPort));
  }
  const joined = joining(allocation, context, { workspace, service });
  const stamp = stampOf(context.caller, context.now);
  const events: readonly StateEvent[] = [
    ...followed.events,
    ...(joined === undefined
      ? []
      : [{ kind: 'joined', stamp, id: allocation.id, ...joined } as const]),
  ];
  const after = events.reduce(apply, state).allocations.get(allocation.id) ?? allocation;
  const movedFrom = followed.port === undefined ? undefined : allocation.port;
  const server = movedFrom === undefined ? ownServer(context, after) : undefined;
  const shared = sharedOf(after);
  const answer: AllocateAnswer = {
    allocation: after,
    existing: true,
    ...given({ shared, movedFrom, wish }),
    conflicts,
    attempts,
    message: messageOf(after, request, { movedFrom, because, server, otherPort }),
  };
  return events.length === 0
    ? { kind: 'answer', answer, events }
    : answered.allocate(request, answer, context.now, events);
}

/** The same service, which runs already: no conflict, and good to know. */
function ownServer(
  { observed }: DecisionContext,
  allocation: Allocation,
): ListeningProcess | undefined {
  const { state, process } = observed?.(allocation) ?? {};
  const owner = given({ process });
  const isOwn = workspacesOf(allocation).some((workspace) => isServerOf(owner, workspace));
  return state === 'listening' && isOwn ? process : undefined;
}

/** What becomes of an allocation before its caller gets it. */
interface Followed {
  readonly events: readonly StateEvent[];
  /** Where it is moved to, and why. */
  readonly port?: number;
  readonly because?: string;
  /** What the plan names and it does not have. */
  readonly wish?: number;
  /** Who has the old port, then what else was busy. */
  readonly conflicts?: readonly Conflict[];
  readonly attempts?: number;
}

/**
 * Layer 1: another port for an allocation in state `conflict`, in the order of docs/ports.md, "How
 * a port is chosen"; undefined unless its port is proven to be somebody else's and the process that
 * was seen is still there. Refusals: `port_in_use` if exactly this port is asked for or planned,
 * and those of `findPort`.
 */
function relocate(
  state: State,
  allocation: Allocation,
  request: AllocateRequest,
  context: DecisionContext,
  rules: Rules,
): Followed | Undecided | undefined {
  const { port, group } = allocation;
  const conflict = context.observed?.(allocation);
  const serviceType = typeInForce(rules.catalogue, state, allocation.serviceType);
  const isOn = rules.recovery.portConflict.enabled;
  if (conflict?.state !== 'conflict' || serviceType === undefined || !isOn) {
    return undefined;
  }
  const finding = context.findings.get(port);
  if (finding === undefined) {
    return { kind: 'probe', candidates: [port], known: true };
  }
  if (finding.kind !== 'busy' || !isSameProcess(finding.process, conflict.process)) {
    return undefined;
  }
  const { workspace, service, planned, template } = request;
  const { port: asked, exact } = wishOf(request);
  if (exact && asked === port) {
    return refuse(portBusy(port, finding.process));
  }
  const offset = templateOffset(template, workspace, serviceType.name, context, rules);
  if (typeof offset !== 'number') {
    return offset;
  }
  const wishes = [request.port, planned?.port]
    .filter((wish) => wish !== undefined)
    .filter((wish) => wish !== port);
  const pair = { workspace, service };
  const search = { ...pair, serviceType, wishes, exact, offset, ...given({ group }) };
  const found = findPort(state, search, context, rules);
  if (found.kind !== 'found') {
    return found;
  }
  const because = `port ${port} is in use by ${describeIntruder(finding.process, conflict.intruder)}`;
  const wish = planned?.port === found.port ? undefined : planned?.port;
  return {
    events: [movedTo(found.port, allocation, because, context, rules)],
    port: found.port,
    because,
    ...given({ wish }),
    conflicts: [{ port, ...given({ process: finding.process }) }, ...found.conflicts],
    attempts: found.attempts,
  };
}

/** What makes an allocation as its plan says. A shared one belongs to no single plan. */
function followPlan(
  state: State,
  allocation: Allocation,
  { planned, workspace }: AllocateRequest,
  context: DecisionContext,
  rules: Rules,
): Followed | Undecided {
  const { id, group } = allocation;
  if (planned === undefined || group !== undefined) {
    return { events: [] };
  }
  const { port: to } = planned;
  const { findings, caller, now } = context;
  const stamp = stampOf(caller, now);
  const note = planNoteOf(planned);
  const changed = allocation.planned?.port !== to || allocation.planned === undefined;
  const noted: readonly StateEvent[] = isSameNote(allocation.planned, note)
    ? []
    : [{ kind: 'planned', stamp, id, ...note }];
  if (to === undefined || to === allocation.port) {
    return { events: noted };
  }
  const stays: Followed = { events: noted, wish: to };
  const taken =
    allocationAt(state, to) !== undefined ||
    reservedReason(rules, to) !== undefined ||
    coolingFor(state, to, pairKey(allocation), now) !== undefined;
  if (!changed || taken) {
    return stays;
  }
  for (const port of [allocation.port, to]) {
    const finding = findings.get(port);
    if (finding === undefined) {
      return { kind: 'probe', candidates: [port], known: true };
    }
    const isOwn = finding.kind === 'busy' && occupantOf(finding, workspace).isOwn;
    if (finding.kind !== 'free' && !(isOwn && port === to)) {
      return stays;
    }
  }
  const because = `its plan names ${to} now`;
  const moved = movedTo(to, allocation, because, context, rules);
  return { events: [moved, ...noted], port: to, because };
}

function messageOf(
  allocation: Allocation,
  { workspace, service, serviceType }: AllocateRequest,
  found: {
    readonly movedFrom: number | undefined;
    readonly because: string | undefined;
    readonly server: ListeningProcess | undefined;
    readonly otherPort: number | undefined;
  },
): string {
  const { movedFrom, because, server, otherPort } = found;
  const shared = sharedOf(allocation);
  const pair = { workspace, service };
  return sentences(
    movedFrom === undefined
      ? allocatedMessage({ ...allocation, ...pair }, true)
      : `${describePair(pair)} moved from ${movedFrom} to ${allocation.port}: ${because}.`,
    server && `Its own server listens there: ${describeProcess(server)}.`,
    shared &&
      `There is one "${shared.group}" on this machine: it is ${describePair(allocation)}, held by ${describeHolders(allocation.holders)}.`,
    otherPort !== undefined && `${otherPort} was asked for. ${howToMove(allocation, otherPort)}`,
    serviceType !== undefined &&
      serviceType !== allocation.serviceType &&
      `It stays of type ${allocation.serviceType}: release it to ask for ${serviceType}.`,
  );
}
