import { toStyxyError } from '../../core/domain/errors';
import type { Disposable, Log } from '../../core/host/interfaces';

/** Collects what must be ended together. What is added after the end is ended at once. */
export class DisposableStore implements Disposable {
  private readonly items = new Set<Disposable>();
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) {
      item.dispose();
    } else {
      this.items.add(item);
    }
    return item;
  }

  dispose(): void {
    if (this.disposed) {
      return;
    }
    this.disposed = true;
    for (const item of [...this.items].reverse()) {
      item.dispose();
    }
    this.items.clear();
  }
}

/** Listeners of one thing that changes. One that throws does not keep the others from running. */
export class Emitter {
  private readonly listeners = new Set<() => void>();

  constructor(private readonly log: Log) {}

  onDidChange(listener: () => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  fire(): void {
    for (const listener of [...this.listeners]) {
      try {
        listener();
      } catch (error) {
        this.log.error(`A listener failed: ${toStyxyError(error).message}`);
      }
    }
  }
}
