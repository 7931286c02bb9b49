/**
 * The timers and clocks of JavaScript, replaced while a run lasts: whatever the product and its
 * libraries wait for waits in virtual time, and belongs to the process whose turn it is.
 */
import type { Scheduler, SimulatedEvent } from './scheduler';

class Timer {
  event: SimulatedEvent | undefined;

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

type Callback = (...values: readonly unknown[]) => void;

/** Puts the simulated ones in place; what is answered takes them away again. */
export function replaceGlobals(scheduler: Scheduler): () => void {
  const delayOf = (ms: number | undefined): number => Math.max(1, Math.floor(ms ?? 1) || 1);
  const cancel = (timer: unknown): void => {
    if (timer instanceof Timer && timer.event !== undefined) {
      timer.event.cancelled = true;
      timer.event = undefined;
    }
  };
  const simulated = {
    setTimeout: (run: Callback, ms?: number, ...values: readonly unknown[]): Timer => {
      const timer = new Timer();
      timer.event = scheduler.schedule(delayOf(ms), 'timer', scheduler.running, () => {
        run(...values);
      });
      return timer;
    },
    setInterval: (run: Callback, ms?: number, ...values: readonly unknown[]): Timer => {
      const timer = new Timer();
      const owner = scheduler.running;
      const again = (): void => {
        timer.event = scheduler.schedule(delayOf(ms), 'timer', owner, () => {
          again();
          run(...values);
        });
      };
      again();
      return timer;
    },
    setImmediate: (run: Callback, ...values: readonly unknown[]): Timer => {
      const timer = new Timer();
      timer.event = scheduler.immediately(scheduler.running, () => run(...values));
      return timer;
    },
    clearTimeout: cancel,
    clearInterval: cancel,
    clearImmediate: cancel,
  };
  const before = new Map<object, PropertyDescriptorMap>();
  const replace = (where: object, values: Readonly<Record<string, unknown>>): void => {
    const old: PropertyDescriptorMap = {};
    for (const [name, value] of Object.entries(values)) {
      const descriptor = Object.getOwnPropertyDescriptor(where, name);
      if (descriptor !== undefined) {
        old[name] = descriptor;
      }
      Object.defineProperty(where, name, { value, configurable: true, writable: true });
    }
    before.set(where, old);
  };
  replace(globalThis, simulated);
  replace(Date, { now: () => Math.floor(scheduler.wall) });
  replace(performance, { now: () => scheduler.elapsed });
  replace(Math, {
    random: () => {
      throw new Error('Chance that the seed does not decide.');
    },
  });
  const { stackTraceLimit } = Error;
  if (!scheduler.isTraced) {
    // Refusals are common here, and nobody reads where they were made.
    Error.stackTraceLimit = 0;
  }
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    for (const [where, old] of before) {
      Object.defineProperties(where, old);
    }
    if (!('now' in (before.get(performance) ?? {}))) {
      Reflect.deleteProperty(performance, 'now');
    }
  };
}
