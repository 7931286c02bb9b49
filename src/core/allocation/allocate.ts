import {
  allocatedMessage,
  describeConflict,
  describePair,
  describeProcess,
  sentences,
} from '../domain/describe';
import { planNoteOf } from '../domain/plan';
import type { StateEvent } from '../state/events';
import { holderOf, stampOf } from '../state/holders';
import { wishOf, type Search } from './candidates';
import { findPort, type Found } from './findPort';
import { refuse, type Decision, type DecisionContext } from './decision';
import type { StyxyError } from '../domain/errors';
import { reuse } from './reuse';
import { type Allocation, pairKey } from '../domain/model';
import {
  isHealth,
  isPort,
  isRequestId,
  isServiceName,
  isServiceTypeName,
  isWorkspace,
} from '../domain/names';
import {
  exactWithoutPort,
  invalidHealth,
  invalidPort,
  invalidRequestId,
  invalidServiceName,
  invalidWorkspace,
  portAllocated,
  portReserved,
  stateSuspect,
} from '../messages/refusals';
import { answered, repeated } from './idempotency';
import type { AllocateAnswer, AllocateRequest } from '../messages/requests';
import { resolveServiceType, templateOffset } from './resolveType';
import { reservedReason, type Rules } from './rules';
import { given } from '../domain/schema';
import { groupOf, sharedOf } from '../domain/singleton';
import { allocationAt, allocationOf, allocationOfGroup, type State } from '../state/state';
import { invalidServiceType, invalidTemplate, unknownTemplate } from '../messages/typeRefusals';

/**
 * Which port (workspace, service) gets, in the order of docs/ports.md, "How a port is chosen". The
 * same request id again gets its answer again as long as that allocation lives on its port; a pair
 * that has an allocation gets it without an event, unless the caller becomes one of its holders. A
 * type that nobody declared gets a range in the same commit.
 *
 * Refusals: `invalid_argument`, `port_reserved`, `port_in_use`, `no_port_available`, and
 * `leader_unavailable` while the state needs a resync.
 */
export function decideAllocate(
  state: State,
  request: AllocateRequest,
  context: DecisionContext,
  rules: Rules,
): Decision<AllocateAnswer> {
  const refusal = allocateRefusal(request);
  if (refusal !== undefined || state.needsResync) {
    return refuse(refusal ?? stateSuspect());
  }
  const { workspace, service, template } = request;
  if (template !== undefined && !rules.templates.has(template)) {
    return refuse(unknownTemplate(template, [...rules.templates.keys()]));
  }
  const before = repeated.allocate(state, request);
  if (before !== undefined) {
    return before;
  }
  const existing = allocationOf(state, workspace, service);
  if (existing !== undefined) {
    return reuse(state, existing, request, context, rules);
  }
  const last = state.memory.get(pairKey(request));
  const resolved = resolveServiceType(state, request, last?.serviceType, context, rules);
  if (resolved.kind !== 'type') {
    return resolved;
  }
  const { type: serviceType, auto } = resolved;
  const group = groupOf(serviceType, service);
  const held = group === undefined ? undefined : allocationOfGroup(state, group);
  if (held !== undefined) {
    return reuse(state, held, request, context, rules);
  }
  const { port, exact } = wishOf(request);
  const wishError = port === undefined ? undefined : wishRefusal(state, port, exact, rules);
  if (wishError !== undefined) {
    return refuse(wishError);
  }
  const offset = templateOffset(template, workspace, serviceType.name, context, rules);
  if (typeof offset !== 'number') {
    return offset;
  }
  const wishes = [port, ...(exact ? [] : [request.planned?.port, last?.port])].filter(
    (wish) => wish !== undefined,
  );
  const pair = { workspace, service };
  const search = { ...pair, serviceType, wishes, exact, offset, ...auto, ...given({ group }) };
  const found = findPort(state, search, context, rules);
  return found.kind === 'found' ? granted(request, search, found, state, context) : found;
}

/** The error for a request that no state could answer; a boundary may ask before it queues. */
function allocateRefusal(request: AllocateRequest): StyxyError | undefined {
  const { requestId, workspace, service, serviceType, port, exact, template, planned } = request;
  const { health, port: plannedPort } = planned ?? {};
  return [
    !isRequestId(requestId) && invalidRequestId(requestId),
    !isWorkspace(workspace) && invalidWorkspace(workspace),
    !isServiceName(service) && invalidServiceName(service),
    serviceType !== undefined && !isServiceTypeName(serviceType) && invalidServiceType(serviceType),
    template !== undefined && !isServiceTypeName(template) && invalidTemplate(template),
    port !== undefined && !isPort(port) && invalidPort(port),
    plannedPort !== undefined && !isPort(plannedPort) && invalidPort(plannedPort),
    health !== undefined && !isHealth(health) && invalidHealth(health),
    exact === true && port === undefined && exactWithoutPort(),
    planned?.exact === true && plannedPort === undefined && exactWithoutPort(),
  ].find((error) => error !== false);
}

/** A port that somebody names must be one that may be given at all; exactly it, also free here. */
function wishRefusal(
  state: State,
  port: number,
  exact: boolean,
  rules: Rules,
): StyxyError | undefined {
  const reason = reservedReason(rules, port);
  if (reason !== undefined) {
    return portReserved(port, reason);
  }
  const allocation = exact ? allocationAt(state, port) : undefined;
  return allocation && portAllocated(port, allocation);
}

/** Gives a pair without an allocation the port that was found for it. */
function granted(
  request: AllocateRequest,
  search: Search,
  { port, conflicts: seen, attempts, process }: Found,
  state: State,
  { caller, now, newId }: DecisionContext,
): Decision<AllocateAnswer> {
  const { workspace, service, group, autoType, autoAllocated } = search;
  const { planned } = request;
  const stamp = stampOf(caller, now);
  const last = state.memory.get(pairKey(search))?.port;
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
    ...given({ movedFrom, group, planned: planned && planNoteOf(planned) }),
  };
  const shared = sharedOf(allocation);
  const wish = planned?.port === port ? undefined : planned?.port;
  const conflicts = seen.filter((conflict) => conflict.port !== port);
  const reasonOf = (wish: number): string => {
    const conflict = conflicts.find((each) => each.port === wish);
    return conflict === undefined ? 'it is not available' : describeConflict(conflict);
  };
  const answer: AllocateAnswer = {
    allocation,
    existing: false,
    ...given({ adopted: process && true, shared, autoAllocated, wish, movedFrom }),
    conflicts,
    attempts,
    message: sentences(
      movedFrom === undefined
        ? allocatedMessage(allocation, false)
        : `${describePair(search)} moved from ${movedFrom} to ${port}: ${reasonOf(movedFrom)}.`,
      process && `Its own server listens there already: ${describeProcess(process)}.`,
      request.port !== undefined &&
        request.port !== port &&
        `${request.port} was asked for, but ${reasonOf(request.port)}.`,
      wish !== undefined && `Its plan names ${wish}, but ${reasonOf(wish)}.`,
      autoAllocated &&
        `Nobody had declared the type ${autoAllocated.serviceType}: it has the range ${autoAllocated.range.first}-${autoAllocated.range.last} now.`,
    ),
  };
  const events: readonly StateEvent[] = [
    ...(autoType === undefined ? [] : [{ kind: 'type-added', stamp, type: autoType } as const]),
    { kind: 'granted', stamp, allocation },
  ];
  return answered.allocate(request, answer, now, events);
}
