import { apply } from '../state/apply';
import { refuse, type Decision, type DecisionContext } from './decision';
import { describeHolders, describePair, releasedMessage, sentences } from '../domain/describe';
import { StyxyError } from '../domain/errors';
import type { StateEvent } from '../state/events';
import { refOf, stampOf, withoutHolders } from '../state/holders';
import { pairHeld, type Allocation, type Holder } from '../domain/model';
import { isRequestId } from '../domain/names';
import { invalidRequestId, sharedByOthers, stateSuspect } from '../messages/refusals';
import { answered, repeated } from './idempotency';
import type { ReleaseAnswer, ReleaseRequest } from '../messages/requests';
import type { Rules } from './rules';
import type { State } from '../state/state';
import { findTarget, targetRefusal } from './target';

/**
 * Ends an allocation. The pair remembers its port; for `rules.cooldownMs` other pairs get it
 * last. A shared allocation ends with its last holder: until then a release only gives up one hold,
 * unless it asks to end it for everyone. Stops no process.
 *
 * Refusals: `invalid_argument`, `allocation_not_found`, `not_holder`, and `leader_unavailable`
 * while the state needs a resync.
 */
export function decideRelease(
  state: State,
  request: ReleaseRequest,
  context: DecisionContext,
  rules: Rules,
): Decision<ReleaseAnswer> {
  const refusal = releaseRefusal(request);
  if (refusal !== undefined || state.needsResync) {
    return refuse(refusal ?? stateSuspect());
  }
  const before = repeated.release(state, request);
  if (before !== undefined) {
    return before;
  }
  const allocation = findTarget(state, request, 'release');
  if (allocation instanceof StyxyError) {
    return refuse(allocation);
  }
  if (allocation.group === undefined || request.everyone === true) {
    return end(allocation, request, context, rules);
  }
  const leaving = leavers(allocation, request, context.caller.id);
  if (leaving.length === 0 && allocation.holders.length > 0) {
    return refuse(sharedByOthers(allocation));
  }
  const staying = withoutHolders(allocation, leaving);
  return staying.length === 0
    ? end(allocation, request, context, rules)
    : leave(state, allocation, leaving, request, context);
}

/** The error for a request that no state could answer; a boundary may ask before it queues. */
function releaseRefusal(request: ReleaseRequest): StyxyError | undefined {
  return isRequestId(request.requestId)
    ? targetRefusal(request.target)
    : invalidRequestId(request.requestId);
}

/** Who holds it for the pair that was named, or for the caller's workspaces, or is the caller. */
function leavers(
  allocation: Allocation,
  { target, workspaces }: ReleaseRequest,
  caller: string,
): readonly Holder[] {
  const { workspace, service } = target;
  return allocation.holders.filter((holder) => {
    const pair = pairHeld(allocation, holder);
    return workspace !== undefined
      ? pair.workspace === workspace && pair.service === service
      : workspaces.includes(pair.workspace) || holder.participant === caller;
  });
}

function end(
  allocation: Allocation,
  request: ReleaseRequest,
  { caller, now }: DecisionContext,
  rules: Rules,
): Decision<ReleaseAnswer> {
  const others = allocation.holders.filter(({ participant }) => participant !== caller.id);
  const released = { ...allocation, holders: [] };
  const message = sentences(
    releasedMessage(released),
    others.length > 0 && `It was also held by ${describeHolders(others)}.`,
  );
  const coolUntil = now + rules.cooldownMs;
  return answered.release(request, { released, remainingHolders: 0, message }, now, [
    { kind: 'released', stamp: stampOf(caller, now), id: released.id, coolUntil },
  ]);
}

function leave(
  state: State,
  allocation: Allocation,
  leaving: readonly Holder[],
  request: ReleaseRequest,
  { caller, now }: DecisionContext,
): Decision<ReleaseAnswer> {
  const { id, port } = allocation;
  const holdersGone = leaving.map(refOf);
  const event: StateEvent = { kind: 'left', stamp: stampOf(caller, now), id, holders: holdersGone };
  const released = apply(state, event).allocations.get(id) ?? allocation;
  const { holders } = released;
  const [first] = leaving;
  const pair = first === undefined ? allocation : pairHeld(allocation, first);
  const message = `${describePair(pair)} left port ${port}. It stays allocated: ${describeHolders(holders)} still hold it.`;
  const answer = { released, remainingHolders: holders.length, message };
  return answered.release(request, answer, now, [event]);
}
