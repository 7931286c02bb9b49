import type { StyxyError } from '../../core/domain/errors';

/** A promise that somebody else settles. */
export interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: StyxyError): void;
}

export function deferred(): Deferred {
  let settle: Pick<Deferred, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Nobody may be waiting yet when it fails.
  promise.catch(() => undefined);
  return {
    promise,
    resolve: () => settle?.resolve(),
    reject: (error) => settle?.reject(error),
  };
}
