import type { Circumstances, Decision } from './decision';
import { describeHolders, releasedMessage } from './describe';
import { StyxyError } from './errors';
import { stampOf } from './holders';
import { isRequestId } from './names';
import { invalidRequestId, stateSuspect } from './refusals';
import { answered, repeated } from './repeat';
import type { ReleaseAnswer, ReleaseRequest } from './requests';
import type { Rules } from './rules';
import type { State } from './state';
import { findTarget, targetRefusal } from './target';

/**
 * Ends an allocation. The pair remembers its port; for `rules.quarantineMs` other pairs get it
 * last. Stops no process.
 *
 * Refusals: `invalid_argument`, `allocation_not_found`, `not_holder`, and `leader_unavailable`
 * while the state is suspect.
 */
export function decideRelease(
  state: State,
  request: ReleaseRequest,
  circumstances: Circumstances,
  rules: Rules,
): Decision<ReleaseAnswer> {
  const refusal = releaseRefusal(request);
  if (refusal !== undefined || state.suspect) {
    return { kind: 'refuse', error: refusal ?? stateSuspect() };
  }
  const before = repeated.release(state, request);
  if (before !== undefined) {
    return before;
  }
  const allocation = findTarget(state, request, 'release');
  if (allocation instanceof StyxyError) {
    return { kind: 'refuse', error: allocation };
  }
  const { caller, now } = circumstances;
  const others = allocation.holders.filter(({ participant }) => participant !== caller.id);
  const released = { ...allocation, holders: [] };
  const sentences = [
    releasedMessage(released),
    ...(others.length === 0 ? [] : [`It was also held by ${describeHolders(others)}.`]),
  ];
  const answer = { released, remainingHolders: 0, message: sentences.join(' ') };
  return answered.release(request, answer, now, [
    {
      kind: 'released',
      stamp: stampOf(caller, now),
      id: released.id,
      coolUntil: now + rules.quarantineMs,
    },
  ]);
}

/** The error for a request that no state could answer; a boundary may ask before it queues. */
export function releaseRefusal(request: ReleaseRequest): StyxyError | undefined {
  return isRequestId(request.requestId)
    ? targetRefusal(request.target)
    : invalidRequestId(request.requestId);
}
