import { StyxyError } from '../../core/domain/errors';
import type { Clock, Disposable } from '../../core/host/interfaces';

/** The machine's clock. A `sleep` keeps the process alive, an `every` does not. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(cancelled(signal));
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(cancelled(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  every(ms: number, tick: () => void): Disposable {
    const timer = setInterval(tick, ms);
    timer.unref();
    return { dispose: () => clearInterval(timer) };
  }
}

function cancelled(signal: AbortSignal | undefined): StyxyError {
  return new StyxyError('cancelled', 'Cancelled while waiting. Ask again if it is still wanted.', {
    cause: signal?.reason,
  });
}
