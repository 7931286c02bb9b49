import type { DecisionContext, Decision } from './decision';
import { describePair, describeProcess, movedMessage } from '../domain/describe';
import { StyxyError } from '../domain/errors';
import { stampOf } from '../state/holders';
import { pairKey, type Allocation } from '../domain/model';
import { isPort, isRequestId } from '../domain/names';
import {
  invalidPort,
  invalidRequestId,
  portAllocated,
  portBusy,
  portForbidden,
  portLeft,
  portReserved,
  stateSuspect,
} from '../messages/refusals';
import { answered, repeated } from './idempotency';
import type { MoveAnswer, MoveRequest } from '../messages/requests';
import { reservedReason, type Rules } from './rules';
import { allocationAt, coolingFor, splitPairKey, type State } from '../state/state';
import { findTarget, targetRefusal } from './target';

/**
 * Gives an allocation exactly another port, in one event. The old port is kept from other pairs
 * for `rules.cooldownMs`. Moving to the port that it has changes nothing.
 *
 * Refusals: `invalid_argument`, `allocation_not_found`, `not_holder`, `port_reserved`,
 * `port_in_use`, and `leader_unavailable` while the state is suspect.
 */
export function decideMove(
  state: State,
  request: MoveRequest,
  context: DecisionContext,
  rules: Rules,
): Decision<MoveAnswer> {
  const refusal = moveRefusal(request);
  if (refusal !== undefined || state.needsResync) {
    return { kind: 'refuse', error: refusal ?? stateSuspect() };
  }
  const before = repeated.move(state, request);
  if (before !== undefined) {
    return before;
  }
  const allocation = findTarget(state, request, 'move');
  if (allocation instanceof StyxyError) {
    return { kind: 'refuse', error: allocation };
  }
  if (allocation.port === request.port) {
    const message = `${describePair(allocation)} has port ${request.port} already.`;
    const movedFrom = allocation.movedFrom ?? allocation.port;
    return answered.move(request, { allocation, movedFrom, message }, context.now, []);
  }
  const reason = reservedReason(rules, request.port);
  if (reason !== undefined) {
    return { kind: 'refuse', error: portReserved(request.port, reason) };
  }
  const other = allocationAt(state, request.port);
  if (other !== undefined) {
    return { kind: 'refuse', error: portAllocated(request.port, other) };
  }
  const own = pairKey(allocation.workspace, allocation.service);
  const cold = coolingFor(state, request.port, own, context.now, allocation.group);
  if (cold?.strict === true) {
    return { kind: 'refuse', error: portLeft(cold, splitPairKey(cold.pair), context.now) };
  }
  return moveTo(allocation, request, context, rules);
}

/** The error for a request that no state could answer; a boundary may ask before it queues. */
function moveRefusal(request: MoveRequest): StyxyError | undefined {
  if (!isRequestId(request.requestId)) {
    return invalidRequestId(request.requestId);
  }
  return isPort(request.port) ? targetRefusal(request.target) : invalidPort(request.port);
}

function moveTo(
  allocation: Allocation,
  request: MoveRequest,
  { findings, caller, now }: DecisionContext,
  rules: Rules,
): Decision<MoveAnswer> {
  const to = request.port;
  const finding = findings.get(to);
  if (finding === undefined) {
    return { kind: 'probe', candidates: [to] };
  }
  if (finding.kind === 'forbidden') {
    return { kind: 'refuse', error: portForbidden(to) };
  }
  const process = finding.kind === 'busy' ? finding.process : undefined;
  if (finding.kind === 'busy' && process?.workspace !== allocation.workspace) {
    return { kind: 'refuse', error: portBusy(to, process) };
  }
  const from = allocation.port;
  const note = `${caller.kind} "${caller.label}" asked for it`;
  const moved = { ...allocation, port: to, movedFrom: from, movedBecause: note };
  const message =
    process === undefined
      ? movedMessage(moved, from, to)
      : `${describePair(moved)} moved from ${from} to ${to}, where its own server listens already: ${describeProcess(process)}.`;
  return answered.move(request, { allocation: moved, movedFrom: from, message }, now, [
    {
      kind: 'moved',
      stamp: stampOf(caller, now),
      id: allocation.id,
      from,
      to,
      coolUntil: now + rules.cooldownMs,
      note,
    },
  ]);
}
