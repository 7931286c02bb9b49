import { choose } from './choose';
import type { Circumstances, Decision } from './decision';
import { allocatedMessage } from './describe';
import { StyxyError } from './errors';
import { joining, stampOf, withHolder } from './holders';
import { pairKey, type Allocation } from './model';
import { isPort, isRequestId, isServiceName, isServiceTypeName, isWorkspace } from './names';
import {
  exactWithoutPort,
  hasAnotherPort,
  howToMove,
  invalidPort,
  invalidRequestId,
  invalidServiceName,
  invalidServiceType,
  invalidWorkspace,
  portAllocated,
  portReserved,
  stateSuspect,
} from './refusals';
import { answered, repeated } from './repeat';
import type { AllocateAnswer, AllocateRequest } from './requests';
import { resolveServiceType } from './resolveType';
import { reservedReason, type Rules } from './rules';
import { allocationAt, allocationOf, type State } from './state';

type Allocated = Decision<AllocateAnswer>;

/**
 * Which port (workspace, service) gets, in the order of "How a port is chosen". The same request
 * id again gets its answer again as long as that allocation lives on its port; a pair that has an
 * allocation gets it without an event, unless the caller becomes one of its holders.
 *
 * Refusals: `invalid_argument`, `port_reserved`, `port_in_use`, `no_port_available`, and
 * `leader_unavailable` while the state is suspect.
 */
export function decideAllocate(
  state: State,
  request: AllocateRequest,
  circumstances: Circumstances,
  rules: Rules,
): Allocated {
  const refusal = allocateRefusal(request);
  if (refusal !== undefined || state.suspect) {
    return { kind: 'refuse', error: refusal ?? stateSuspect() };
  }
  const before = repeated.allocate(state, request);
  if (before !== undefined) {
    return before;
  }
  const { workspace, service, port, exact = false } = request;
  const existing = allocationOf(state, workspace, service);
  if (existing !== undefined) {
    return join(existing, request, circumstances);
  }
  const last = state.memory.get(pairKey(workspace, service));
  const serviceType = resolveServiceType(
    rules.catalogue,
    service,
    request.serviceType,
    last?.serviceType,
  );
  if (serviceType instanceof StyxyError) {
    return { kind: 'refuse', error: serviceType };
  }
  const wishError = port === undefined ? undefined : wishRefusal(state, port, exact, rules);
  if (wishError !== undefined) {
    return { kind: 'refuse', error: wishError };
  }
  const wishes = [port, exact ? undefined : last?.port].filter((wish) => wish !== undefined);
  const search = { workspace, service, serviceType, wishes, exact };
  return choose(state, request, search, circumstances, rules);
}

/** The error for a request that no state could answer; a boundary may ask before it queues. */
export function allocateRefusal(request: AllocateRequest): StyxyError | undefined {
  const { requestId, workspace, service, serviceType, port, exact } = request;
  if (!isRequestId(requestId)) {
    return invalidRequestId(requestId);
  }
  if (!isWorkspace(workspace)) {
    return invalidWorkspace(workspace);
  }
  if (!isServiceName(service)) {
    return invalidServiceName(service);
  }
  if (serviceType !== undefined && !isServiceTypeName(serviceType)) {
    return invalidServiceType(serviceType);
  }
  if (port !== undefined && !isPort(port)) {
    return invalidPort(port);
  }
  return exact === true && port === undefined ? exactWithoutPort() : undefined;
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

/** The pair, or a singleton's group, has an allocation: the caller gets it and holds it too. */
function join(
  allocation: Allocation,
  request: AllocateRequest,
  circumstances: Circumstances,
): Allocated {
  const otherPort = request.port !== undefined && request.port !== allocation.port;
  if (otherPort && request.exact === true) {
    return { kind: 'refuse', error: hasAnotherPort(allocation, request.port) };
  }
  const otherType =
    request.serviceType !== undefined && request.serviceType !== allocation.serviceType;
  const sentences = [
    allocatedMessage(allocation, true),
    ...(otherPort ? [`${request.port} was asked for. ${howToMove(allocation, request.port)}`] : []),
    ...(otherType
      ? [
          `It stays of type ${allocation.serviceType}: release it to ask for ${request.serviceType}.`,
        ]
      : []),
  ];
  const answer = { existing: true, conflicts: [], attempts: 0, message: sentences.join(' ') };
  const joined = joining(allocation, circumstances);
  if (joined === undefined) {
    return { kind: 'answer', answer: { allocation, ...answer }, events: [] };
  }
  const stamp = stampOf(circumstances.caller, circumstances.now);
  const holders = withHolder(allocation.holders, joined.holder, joined.replaces);
  const after = { ...allocation, holders };
  return answered.allocate(request, { allocation: after, ...answer }, circumstances.now, [
    { kind: 'joined', stamp, id: allocation.id, ...joined },
  ]);
}
