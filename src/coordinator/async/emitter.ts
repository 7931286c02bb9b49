import { toStyxyError } from '../../core/domain/errors';
import type { Disposable, Log } from '../../core/host/interfaces';

/** Who is told that something changed. One that throws harms nobody else. */
export class Emitter {
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  onDidChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  fire(): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        this.#log.error(`A listener failed: ${toStyxyError(error).message}`);
      }
    }
  }
}
