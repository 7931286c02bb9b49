/** Promises that something else settles, work that callers share, and waiting with a limit. */
import type { StyxyError } from '../../core/domain/errors';
import type { Clock } from '../../core/host/interfaces';

export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: StyxyError): void;
}

export function deferred<T = void>(): Deferred<T> {
  let settle: Pick<Deferred<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Nothing may be waiting yet when it fails.
  promise.catch(() => undefined);
  return {
    promise,
    resolve: (value) => settle?.resolve(value),
    reject: (error) => settle?.reject(error),
  };
}

/** The same work for all who ask while it goes on; asked afterwards, it is done again. */
export function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let going: Promise<T> | undefined;
  const end = (): void => {
    going = undefined;
  };
  return () => (going ??= work().finally(end));
}

/**
 * Resolves with `otherwise` if `work` takes longer than `ms`; the work itself goes on, and how it
 * ended is not reported. Errors: those of the work, while it is waited for.
 */
export function withTimeout<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  otherwise: T,
): Promise<T> {
  const limit = new AbortController();
  return new Promise((resolve, reject) => {
    void work.then(resolve, reject).finally(() => limit.abort());
    clock.sleep(ms, limit.signal).then(
      () => resolve(otherwise),
      () => undefined,
    );
  });
}
