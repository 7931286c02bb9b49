/** Layer 1: requests for which every candidate was busy are decided again after a while. */
import type { RecoverySettings } from '../../core/domain/configuration';
import type { StyxyError } from '../../core/domain/errors';
import type { Clock } from '../../core/host/interfaces';
import { retryDelays } from '../../core/allocation/busyRetry';

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
