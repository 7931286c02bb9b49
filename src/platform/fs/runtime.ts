/** What a process of Node has by itself: a clock, chance, digests, modules. */
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { StyxyError } from '../../core/domain/errors';
import type { Clock, Digest, Disposable, Ids } from '../../core/host/interfaces';

/** The machine's clock. A `sleep` keeps the process alive, an `every` does not. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    // Not `node:timers/promises`: the simulation drives the global timers.
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

/** Ids and chance from the operating system's random source. */
export class SystemIds implements Ids {
  uuid(): string {
    return randomUUID();
  }

  nonce(bytes: number): string {
    return randomBytes(bytes).toString('hex');
  }

  below(below: number): number {
    return below <= 1 ? 0 : randomInt(below);
  }
}

/** SHA-256 of the text's UTF-8 bytes, in lower-case hex. */
export const sha256: Digest = (text) => createHash('sha256').update(text, 'utf8').digest('hex');

/** Loads a CommonJS module by its absolute path, which no bundler follows. Errors: Node's own. */
export function loadModule(path: string): unknown {
  return createRequire(path)(path);
}
