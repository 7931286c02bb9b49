import { isSameNote, planNoteOf } from '../domain/plan';
import { apply } from '../state/apply';
import type { DecisionContext, Decision, Question } from './decision';
import {
  allocatedMessage,
  describeHolders,
  describePair,
  describeProcess,
} from '../domain/describe';
import type { StateEvent } from '../state/events';
import { joining, stampOf } from '../state/holders';
import { pairKey, workspacesOf, type Allocation, type ListeningProcess } from '../domain/model';
import { isServerOf } from '../health/ownership';
import { occupantOf } from './findPort';
import { relocate, type Relocated } from './relocate';
import { hasAnotherPort, howToMove } from '../messages/refusals';
import { answered } from './idempotency';
import type { AllocateAnswer, AllocateRequest } from '../messages/requests';
import { reservedReason, type Rules } from './rules';
import { sharedOf } from '../domain/singleton';
import { allocationAt, coolingFor, type State } from '../state/state';

/**
 * The pair, or the group of a singleton, has an allocation: the caller gets it and holds it too.
 * One whose port somebody else took gets another port (see `heal`), told to every holder. A plan that names another port than when it was last followed moves it there if nothing listens
 * on the present one. Without a change nothing is recorded.
 */
export function reuse(
  state: State,
  allocation: Allocation,
  request: AllocateRequest,
  context: DecisionContext,
  rules: Rules,
): Decision<AllocateAnswer> {
  const { workspace, service, planned } = request;
  const healing = relocate(state, allocation, request, context, rules);
  if (healing.kind !== 'healed' && healing.kind !== 'sound') {
    return healing;
  }
  const followed =
    healing.kind === 'healed'
      ? healedAs(healing, request)
      : followPlan(state, allocation, request, context, rules);
  if (!isFollowed(followed)) {
    return followed;
  }
  const port = followed.port ?? allocation.port;
  const asked = request.port ?? (planned?.exact === true ? planned.port : undefined);
  const exact = request.exact === true || (request.port === undefined && planned?.exact === true);
  const otherPort = asked !== undefined && asked !== port;
  if (otherPort && exact) {
    return { kind: 'refuse', error: hasAnotherPort(allocation, asked) };
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
  const shared = sharedOf(after);
  const answer: AllocateAnswer = {
    allocation: after,
    existing: true,
    ...(shared === undefined ? {} : { shared }),
    ...(movedFrom === undefined ? {} : { movedFrom }),
    ...(followed.wish === undefined ? {} : { wish: followed.wish }),
    conflicts: healing.kind === 'healed' ? healing.conflicts : [],
    attempts: healing.kind === 'healed' ? healing.attempts : 0,
    message: sentences(after, request, {
      movedFrom,
      because: followed.because,
      server: movedFrom === undefined ? ownServer(context, after) : undefined,
      otherPort: otherPort ? asked : undefined,
    }),
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
  const owner = process === undefined ? {} : { process };
  const isOwn = workspacesOf(allocation).some((workspace) => isServerOf(owner, workspace));
  return state === 'listening' && isOwn ? process : undefined;
}

interface Followed {
  readonly events: readonly StateEvent[];
  /** Where it is moved to, and why. */
  readonly port?: number;
  readonly because?: string;
  /** What the plan names and it does not have. */
  readonly wish?: number;
}

function isFollowed(followed: Followed | Question): followed is Followed {
  return 'events' in followed;
}

function healedAs({ event }: Relocated, { planned }: AllocateRequest): Followed {
  const { to, note } = event;
  return {
    events: [event],
    port: to,
    ...(note === undefined ? {} : { because: note }),
    ...(planned?.port === undefined || planned.port === to ? {} : { wish: planned.port }),
  };
}

/** What is done so that an allocation is as its plan says. A shared one is nobody's plan's alone. */
function followPlan(
  state: State,
  allocation: Allocation,
  { planned, workspace }: AllocateRequest,
  context: DecisionContext,
  rules: Rules,
): Followed | Question {
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
  const pair = pairKey(allocation.workspace, allocation.service);
  const taken =
    allocationAt(state, to) !== undefined ||
    reservedReason(rules, to) !== undefined ||
    coolingFor(state, to, pair, now) !== undefined;
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
  const moved: StateEvent = {
    kind: 'moved',
    stamp,
    id,
    from: allocation.port,
    to,
    coolUntil: now + rules.cooldownMs,
    note: because,
  };
  return { events: [moved, ...noted], port: to, because };
}

function sentences(
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
  const pair = describePair({ workspace, service });
  const first =
    movedFrom !== undefined
      ? `${pair} moved from ${movedFrom} to ${allocation.port}: ${because}.`
      : allocatedMessage({ ...allocation, workspace, service }, true);
  const otherType = serviceType !== undefined && serviceType !== allocation.serviceType;
  return [
    first,
    ...(server === undefined ? [] : [`Its own server listens there: ${describeProcess(server)}.`]),
    ...(shared === undefined
      ? []
      : [
          `There is one "${shared.group}" on this machine: it is ${describePair(allocation)}, held by ${describeHolders(allocation.holders)}.`,
        ]),
    ...(otherPort === undefined
      ? []
      : [`${otherPort} was asked for. ${howToMove(allocation, otherPort)}`]),
    ...(otherType
      ? [`It stays of type ${allocation.serviceType}: release it to ask for ${serviceType}.`]
      : []),
  ].join(' ');
}
