/** Layer 1: requests for which every candidate was busy are decided again after a while. */
import type { RecoverySettings } from '../../core/domain/configuration';
import type { StyxyError } from '../../core/domain/errors';
import type { Clock } from '../../core/host/interfaces';

export interface BusyRetriesOptions<Task> {
  readonly clock: Clock;
  /** Puts it back into the queue. */
  again(task: Task): void;
}

export class BusyRetries<Task extends object> {
  readonly #options: BusyRetriesOptions<Task>;
  /** Waits that are left, by task. */
  readonly #delays = new WeakMap<Task, number[]>();
  readonly #waiting = new Map<Task, AbortController>();

  constructor(options: BusyRetriesOptions<Task>) {
    this.#options = options;
  }

  /** Whether the task waits to be decided again; false for a refusal that stands. */
  later(task: Task, refusal: StyxyError, settings: RecoverySettings['portConflict']): boolean {
    if (refusal.code !== 'no_port_available' || !refusal.retryable) {
      return false;
    }
    const delays = this.#delays.get(task) ?? [...retryDelays(settings)];
    const delay = delays.shift();
    this.#delays.set(task, delays);
    if (delay === undefined) {
      return false;
    }
    const waiting = new AbortController();
    this.#waiting.set(task, waiting);
    this.#options.clock.sleep(delay, waiting.signal).then(
      () => {
        this.#waiting.delete(task);
        this.#options.again(task);
      },
      () => undefined,
    );
    return true;
  }

  /** Ends every wait and answers who waited. */
  end(): readonly Task[] {
    const tasks = [...this.#waiting.keys()];
    for (const waiting of this.#waiting.values()) {
      waiting.abort();
    }
    this.#waiting.clear();
    return tasks;
  }
}

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
