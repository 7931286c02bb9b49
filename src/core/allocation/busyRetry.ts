/** Layer 1: when an allocation is tried again of which every candidate was busy. */
import type { RecoverySettings } from '../domain/configuration';

/**
 * What the waits of one request take together at most, in milliseconds: a request has 10 s, and
 * two of them are for the looks in between and for the answer's way back.
 */
export const RETRY_BUDGET_MS = 8_000;

/**
 * The waits before the first, the second, ... retry, in whole milliseconds: `backoff_ms`, and each
 * `backoff_multiplier` times the one before, `max_retries` of them. None when the layer is off.
 *
 * Together they stay within `budgetMs`: a wait that does not fit is cut to what is left, and is the
 * last one, so that the answer says who has the ports instead of running into the deadline.
 */
export function retryDelays(
  settings: Pick<
    RecoverySettings['portConflict'],
    'enabled' | 'maxRetries' | 'backoffMs' | 'backoffMultiplier'
  >,
  budgetMs = RETRY_BUDGET_MS,
): readonly number[] {
  const { enabled, maxRetries, backoffMs, backoffMultiplier } = settings;
  const delays: number[] = [];
  let left = Math.max(0, Math.floor(budgetMs));
  for (let retry = 0; enabled && retry < maxRetries; retry++) {
    const wanted = Math.round(backoffMs * backoffMultiplier ** retry);
    if (wanted >= left) {
      return left > 0 ? [...delays, left] : delays;
    }
    delays.push(wanted);
    left -= wanted;
  }
  return delays;
}
