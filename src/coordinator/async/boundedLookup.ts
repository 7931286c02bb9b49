/** Looks at what others keep: folders on mounts whose server may be gone. */
import type { Clock } from '../../core/host/interfaces';
import { withTimeout } from './promises';

/** What does not answer by then is not known; everybody's answer may wait for it. */
const PATIENCE_MS = 1000;

/** Node has four threads for files: the journals must always find one. */
const MAX_HANGING = 2;

export class BoundedLookup {
  readonly #clock: Clock;
  #hanging = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What `look` resolves with; `otherwise` when that takes too long, and at once while as many
   * looks as may hang do. Errors: those of the look, while it is waited for.
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
      PATIENCE_MS,
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
