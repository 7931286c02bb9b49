/** Clocks that a test has in its hands. */
import { StyxyError } from '../../../src/core/domain/errors';
import type { CancelSignal, Clock, Disposable } from '../../../src/core/host/interfaces';
import { settled } from './waiting';

/** Nobody waits: whoever sleeps moves the time on and is awake at once. */
export class SlowClock implements Clock {
  time = 0;

  now(): number {
    return this.time;
  }

  async sleep(ms: number): Promise<void> {
    this.time += ms;
  }

  every(): { dispose(): void } {
    return { dispose: () => undefined };
  }
}

interface Timer {
  at: number;
  readonly every?: number;
  run(): void;
}

/** Time stands still until a test moves it, and then runs what is due. */
export class ManualClock implements Clock {
  readonly timers = new Set<Timer>();
  #now = 1_000_000;

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: CancelSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.timers.delete(timer);
        reject(new StyxyError('cancelled', 'Cancelled.'));
      };
      const timer: Timer = {
        at: this.#now + ms,
        run: () => {
          this.timers.delete(timer);
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
      };
      this.timers.add(timer);
      signal?.addEventListener('abort', cancel);
    });
  }

  every(ms: number, tick: () => void): Disposable {
    const timer: Timer = { at: this.#now + ms, every: ms, run: tick };
    this.timers.add(timer);
    return { dispose: () => void this.timers.delete(timer) };
  }

  /** As a person or a time server sets it; timers go by what has passed. */
  set(now: number): void {
    const moved = now - this.#now;
    for (const timer of this.timers) {
      timer.at += moved;
    }
    this.#now = now;
  }

  /** What repeats itself. */
  get repeating(): number {
    return [...this.timers].filter(({ every }) => every !== undefined).length;
  }

  /** Moves the time, and runs what is due in its order. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const [next] = [...this.timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) {
        break;
      }
      this.#now = Math.max(this.#now, next.at);
      next.at = this.#now + (next.every ?? 0);
      next.run();
      await settled();
    }
    this.#now = end;
  }
}
