/** What a process asks of its operating system: begun now, done later, heard of later still. */
import type { PendingStep, Scheduler } from './scheduler';

export interface StepOptions<T> {
  /** For the trace. */
  readonly what: string;
  /** Milliseconds until it is done. */
  readonly ms: number;
  /** Does it, in one piece. Throws what the system answers instead. */
  effect(): T;
  /** What is left of it when the process dies meanwhile; `effect` if it is not given. */
  torn?(): void;
}

/**
 * A step of a process that dies may be done or not; one of a process that is frozen may be done
 * while it is, or after.
 */
export function step<T>(scheduler: Scheduler, options: StepOptions<T>): Promise<T> {
  const owner = scheduler.running;
  const { random } = scheduler;
  return new Promise((resolve, reject) => {
    let settle: (() => void) | undefined;
    const perform = (): void => {
      owner.pending.delete(pending);
      try {
        const value = options.effect();
        scheduler.trace(() => `${options.what}${told(value)}`, owner);
        settle = () => resolve(value);
      } catch (error) {
        scheduler.trace(() => `${options.what}: ${String(error)}`, owner);
        settle = () => reject(error);
      }
    };
    const pending: PendingStep = {
      finish: () => {
        try {
          (options.torn ?? options.effect)();
          scheduler.trace(() => `${options.what}: done, and nobody left to hear of it`, owner);
        } catch (error) {
          scheduler.trace(() => `${options.what}: ${String(error)}, and nobody left`, owner);
        }
      },
    };
    owner.pending.add(pending);
    if (random.chance(0.6)) {
      scheduler.schedule(options.ms, 'io', owner, () => {
        perform();
        settle?.();
      });
      return;
    }
    const heardAfter = random.chance(0.9) ? random.between(0, 0.3) : random.between(0, 20);
    scheduler.schedule(options.ms, 'world', undefined, () => {
      if (owner.alive) {
        perform();
        scheduler.schedule(heardAfter, 'io', owner, () => settle?.());
      }
    });
  });
}

function told(value: unknown): string {
  if (value === undefined) {
    return '';
  }
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  return text.startsWith('[object') ? '' : ` -> ${text.slice(0, 400)}`;
}
