import { grant } from './grant';
import type { DecisionContext, Decision } from './decision';
import type { StyxyError } from '../domain/errors';
import { reuse } from './reuse';
import { pairKey } from '../domain/model';
import { isHealth } from '../domain/healthCheckUrl';
import {
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
import { repeated } from './idempotency';
import type { AllocateAnswer, AllocateRequest } from '../messages/requests';
import { resolveServiceType } from './resolveType';
import { reservedReason, type Rules } from './rules';
import { groupOf } from '../domain/singleton';
import { allocationAt, allocationOf, allocationOfGroup, type State } from '../state/state';
import { templateOffset } from './template';
import { invalidServiceType, invalidTemplate, unknownTemplate } from '../messages/typeRefusals';

/**
 * Which port (workspace, service) gets, in the order of "How a port is chosen". The same request
 * id again gets its answer again as long as that allocation lives on its port; a pair that has an
 * allocation gets it without an event, unless the caller becomes one of its holders. A type that
 * nobody declared gets a range in the same commit.
 *
 * Refusals: `invalid_argument`, `port_reserved`, `port_in_use`, `no_port_available`, and
 * `leader_unavailable` while the state is suspect.
 */
export function decideAllocate(
  state: State,
  request: AllocateRequest,
  context: DecisionContext,
  rules: Rules,
): Decision<AllocateAnswer> {
  const refusal = allocateRefusal(request);
  if (refusal !== undefined || state.needsResync) {
    return { kind: 'refuse', error: refusal ?? stateSuspect() };
  }
  const { template } = request;
  if (template !== undefined && !rules.templates.has(template)) {
    return { kind: 'refuse', error: unknownTemplate(template, [...rules.templates.keys()]) };
  }
  const before = repeated.allocate(state, request);
  if (before !== undefined) {
    return before;
  }
  const { workspace, service } = request;
  const existing = allocationOf(state, workspace, service);
  if (existing !== undefined) {
    return reuse(state, existing, request, context, rules);
  }
  const last = state.memory.get(pairKey(workspace, service));
  const resolved = resolveServiceType(state, request, last?.serviceType, context, rules);
  if (resolved.kind === 'refused') {
    return { kind: 'refuse', error: resolved.error };
  }
  if (resolved.kind !== 'type' && resolved.kind !== 'found') {
    return resolved;
  }
  const { type: serviceType } = resolved;
  const group = groupOf(serviceType, service);
  const held = group === undefined ? undefined : allocationOfGroup(state, group);
  if (held !== undefined) {
    return reuse(state, held, request, context, rules);
  }
  const { port, exact } = wishOf(request);
  const wishError = port === undefined ? undefined : wishRefusal(state, port, exact, rules);
  if (wishError !== undefined) {
    return { kind: 'refuse', error: wishError };
  }
  const place = { workspace, serviceType: serviceType.name };
  const shift = templateOffset(request.template, place, context, rules);
  if (shift.kind === 'refused') {
    return { kind: 'refuse', error: shift.error };
  }
  if (shift.kind !== 'offset') {
    return shift;
  }
  const wishes = [port, ...(exact ? [] : [request.planned?.port, last?.port])].filter(
    (wish) => wish !== undefined,
  );
  const search = { workspace, service, serviceType, wishes, exact, offset: shift.offset };
  const auto = resolved.kind === 'found' ? { found: resolved.found, told: resolved.told } : {};
  const shared = group === undefined ? {} : { group };
  return grant(state, request, { ...search, ...auto, ...shared }, context, rules);
}

/** The error for a request that no state could answer; a boundary may ask before it queues. */
function allocateRefusal(request: AllocateRequest): StyxyError | undefined {
  const { requestId, workspace, service, serviceType, port, exact, template, planned } = request;
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
  if (template !== undefined && !isServiceTypeName(template)) {
    return invalidTemplate(template);
  }
  const wrong = [port, planned?.port].find((each) => each !== undefined && !isPort(each));
  if (wrong !== undefined) {
    return invalidPort(wrong);
  }
  if (planned?.health !== undefined && !isHealth(planned.health)) {
    return invalidHealth(planned.health);
  }
  const lacksPort =
    (exact === true && port === undefined) ||
    (planned?.exact === true && planned.port === undefined);
  return lacksPort ? exactWithoutPort() : undefined;
}

/** What was asked for goes before what is planned. */
function wishOf({ port, exact = false, planned }: AllocateRequest): {
  readonly port: number | undefined;
  readonly exact: boolean;
} {
  const plan = port === undefined && planned?.exact === true;
  return plan ? { port: planned.port, exact: true } : { port, exact };
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
