import { refuse, type Decision, type DecisionContext } from './decision';
import { describePair, describeProcess, movedMessage } from '../domain/describe';
import { StyxyError } from '../domain/errors';
import type { StateEvent } from '../state/events';
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
import { occupantOf } from './findPort';
import { findTarget, targetRefusal } from './target';

/**
 * Gives an allocation exactly another port, in one event. The old port is kept from other pairs
 * for `rules.cooldownMs`. Moving to the port that it has changes nothing.
 *
 * Refusals: `invalid_argument`, `allocation_not_found`, `not_holder`, `port_reserved`,
 * `port_in_use`, and `leader_unavailable` while the state needs a resync.
 */
export function decideMove(
  state: State,
  request: MoveRequest,
  context: DecisionContext,
  rules: Rules,
): Decision<MoveAnswer> {
  const refusal = moveRefusal(request);
  if (refusal !== undefined || state.needsResync) {
    return refuse(refusal ?? stateSuspect());
  }
  const before = repeated.move(state, request);
  if (before !== undefined) {
    return before;
  }
  const allocation = findTarget(state, request, 'move');
  if (allocation instanceof StyxyError) {
    return refuse(allocation);
  }
  if (allocation.port === request.port) {
    const message = `${describePair(allocation)} has port ${request.port} already.`;
    const movedFrom = allocation.movedFrom ?? allocation.port;
    return answered.move(request, { allocation, movedFrom, message }, context.now, []);
  }
  const reason = reservedReason(rules, request.port);
  if (reason !== undefined) {
    return refuse(portReserved(request.port, reason));
  }
  const other = allocationAt(state, request.port);
  if (other !== undefined) {
    return refuse(portAllocated(request.port, other));
  }
  const { group } = allocation;
  const cooling = coolingFor(state, request.port, pairKey(allocation), context.now, group);
  if (cooling?.strict === true) {
    return refuse(portLeft(cooling, splitPairKey(cooling.pair), context.now));
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
  context: DecisionContext,
  rules: Rules,
): Decision<MoveAnswer> {
  const { findings, caller } = context;
  const to = request.port;
  const finding = findings.get(to);
  if (finding === undefined) {
    return { kind: 'probe', candidates: [to] };
  }
  if (finding.kind === 'forbidden') {
    return refuse(portForbidden(to));
  }
  const occupant = finding.kind === 'busy' ? occupantOf(finding, allocation.workspace) : undefined;
  if (occupant?.isOwn === false) {
    return refuse(portBusy(to, occupant.process));
  }
  const process = occupant?.process;
  const from = allocation.port;
  const note = `${caller.kind} "${caller.label}" asked for it`;
  const moved = { ...allocation, port: to, movedFrom: from, movedBecause: note };
  const message =
    process === undefined
      ? movedMessage(moved, from, to)
      : `${describePair(moved)} moved from ${from} to ${to}, where its own server listens already: ${describeProcess(process)}.`;
  return answered.move(request, { allocation: moved, movedFrom: from, message }, context.now, [
    movedTo(to, allocation, note, context, rules),
  ]);
}

/** The event of a move. */
export function movedTo(
  to: number,
  { id, port: from }: Allocation,
  note: string,
  { caller, now }: DecisionContext,
  { cooldownMs }: Rules,
): StateEvent {
  const stamp = stampOf(caller, now);
  return { kind: 'moved', stamp, id, from, to, coolUntil: now + cooldownMs, note };
}
