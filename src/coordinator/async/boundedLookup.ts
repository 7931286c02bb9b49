/** Lookups that may hang: folders on mounts whose server may be gone. */
import type { Clock } from '../../core/host/interfaces';
import { withTimeout } from './promises';

/** What does not answer by then is not known; every answer may be waiting for it. */
const LOOKUP_MS = 1000;

/** Node has four threads for files: the journals must always find one. */
const MAX_HANGING = 2;

export class BoundedLookup {
  readonly #clock: Clock;
  #hanging = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What `look` resolves with; `otherwise` when that takes too long, and at once while `MAX_HANGING`
   * lookups hang. Errors: those of the lookup, while it is waited for.
   */
  async ask<T>(otherwise: T, look: () => Promise<T>): Promise<T> {
    if (this.#hanging >= MAX_HANGING) {
      return otherwise;
    }
    let late = false;
    let ended = false;
    const looking = look().finally(() => {
      ended = true;
      this.#hanging -= late ? 1 : 0;
    });
    const answer = await withTimeout<{ value: T } | undefined>(
      this.#clock,
      LOOKUP_MS,
      looking.then((value) => ({ value })),
      undefined,
    );
    if (answer !== undefined) {
      return answer.value;
    }
    late = !ended;
    this.#hanging += late ? 1 : 0;
    return otherwise;
  }
}
