/** Waiting with an end. */
import type { Clock } from '../../core/host/interfaces';

/**
 * What `work` resolves with, or `otherwise` when that takes longer than `ms`; the work itself goes
 * on then, and nobody hears how it ended. Errors: those of the work, while it is waited for.
 */
export function withTimeout<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  otherwise: T,
): Promise<T> {
  const patience = new AbortController();
  return new Promise((resolve, reject) => {
    void work.then(resolve, reject).finally(() => patience.abort());
    clock.sleep(ms, patience.signal).then(
      () => resolve(otherwise),
      () => undefined,
    );
  });
}
