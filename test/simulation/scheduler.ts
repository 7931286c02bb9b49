/**
 * Time and order of a run. One event is one turn of one process; what it sets off without waiting
 * (promises) is run to its end before the next event is looked for, so that every step of the
 * product belongs to one process and lies between two events.
 */
import { Random } from '../support/world/random';

/** Where virtual time begins. */
const START_MS = 1_800_000_000_000;

/** Taken before a run replaces the globals. */
const nextTick = process.nextTick.bind(process);

export type EventKind = 'timer' | 'immediate' | 'io' | 'world';

export interface SimulatedEvent {
  at: number;
  readonly kind: EventKind;
  /** Undefined for the world itself. */
  readonly owner: Process | undefined;
  readonly run: () => void;
  order: number;
  cancelled: boolean;
}

/** Something begun that the operating system has not done yet. */
export interface PendingStep {
  /** Does it, or a part of it, although nobody will hear of it. */
  finish(): void;
}

/** One process of the simulated machine. */
export interface Process {
  readonly pid: number;
  readonly name: string;
  readonly startedAt: number;
  alive: boolean;
  /** Of one that is not alive: `Scheduler.elapsed` at its end. */
  endedAt: number;
  frozen: boolean;
  /** What came while it was frozen. */
  readonly held: SimulatedEvent[];
  readonly pending: Set<PendingStep>;
  lastImmediate: number;
}

export interface SchedulerOptions {
  readonly seed: number;
  /** Lines of the trace; costs time, so only for a run that is looked at. */
  readonly onTrace?: (line: string) => void;
}

export class Scheduler {
  readonly random: Random;
  /** Whose turn it is; undefined in the world's own turns. */
  current: Process | undefined;
  /** Thrown in a turn: a real process would have ended by it. */
  readonly uncaught: { readonly process: Process | undefined; readonly error: unknown }[] = [];
  readonly #onTrace: SchedulerOptions['onTrace'];
  readonly #heap: SimulatedEvent[] = [];
  #now = START_MS;
  #wall = 0;
  #order = 0;
  #turns = 0;
  #hash = 0x811c9dc5;

  constructor({ seed, onTrace }: SchedulerOptions) {
    this.random = new Random(seed);
    this.#onTrace = onTrace;
  }

  /** Milliseconds, never going back. */
  get now(): number {
    return this.#now;
  }

  /** What the clock of the machine says, in milliseconds and fractions of them. */
  get wall(): number {
    return this.#now + this.#wall;
  }

  get elapsed(): number {
    return this.#now - START_MS;
  }

  get turns(): number {
    return this.#turns;
  }

  /** Stands for everything that happened: two runs that differ anywhere differ here. */
  get fingerprint(): string {
    return `${this.#turns}-${(this.#hash >>> 0).toString(16)}-${this.random.hex(8)}`;
  }

  /** Somebody sets the clock of the machine. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  get isTraced(): boolean {
    return this.#onTrace !== undefined;
  }

  trace(message: string | (() => string), who: Process | undefined = this.current): void {
    if (this.#onTrace !== undefined) {
      const text = typeof message === 'string' ? message : message();
      this.#onTrace(`${this.elapsed.toFixed(3).padStart(10)} ${who?.name ?? '-'}  ${text}`);
    }
  }

  /** The process whose turn it is. Errors: throws outside of any, which is a mistake in a test. */
  get running(): Process {
    if (this.current === undefined) {
      throw new Error('The product did something in nobody’s turn.');
    }
    return this.current;
  }

  schedule(
    ms: number,
    kind: EventKind,
    owner: Process | undefined,
    run: () => void,
  ): SimulatedEvent {
    const event = {
      at: this.#now + ms,
      kind,
      owner,
      run,
      order: (this.#order += 1),
      cancelled: false,
    };
    this.#push(event);
    return event;
  }

  /** In the order of asking, as a real loop does. */
  immediately(owner: Process, run: () => void): SimulatedEvent {
    const at = Math.max(this.#now + this.random.between(0.005, 0.03), owner.lastImmediate + 1e-3);
    owner.lastImmediate = at;
    return this.schedule(at - this.#now, 'immediate', owner, run);
  }

  freeze(process: Process): void {
    process.frozen = true;
  }

  /** What was held back comes now: timers that are due first, as a real loop has it. */
  thaw(process: Process): void {
    process.frozen = false;
    const held = process.held.splice(0);
    const late = this.random.chance(0.7)
      ? [
          ...held.filter(({ kind }) => kind === 'timer'),
          ...held.filter(({ kind }) => kind !== 'timer'),
        ]
      : held;
    for (const event of late) {
      event.at = this.#now;
      event.order = this.#order += 1;
      this.#push(event);
    }
  }

  /**
   * Runs until `isOver` or until nothing is left to happen. `limitMs`: the most virtual time that
   * this may take. Answers whether it was over.
   */
  async run(isOver: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#now + limitMs;
    for (;;) {
      if (isOver()) {
        return true;
      }
      const [first] = this.#heap;
      if (first === undefined || first.at > end) {
        return false;
      }
      const event = this.#pop(first);
      const { owner } = event;
      if (event.cancelled || owner?.alive === false) {
        continue;
      }
      if (owner?.frozen === true) {
        owner.held.push(event);
        continue;
      }
      this.#now = Math.max(this.#now, event.at);
      this.#note(owner?.pid ?? 0, event.kind.length);
      this.current = owner;
      try {
        event.run();
      } catch (error) {
        this.uncaught.push({ process: owner, error });
      }
      // Ticks run when no promise is left to run: everything of this turn is done by then.
      await new Promise<void>((resolve) => nextTick(resolve));
      this.current = undefined;
    }
  }

  #note(pid: number, kind: number): void {
    this.#turns += 1;
    this.#hash = Math.imul(this.#hash ^ pid ^ (kind << 20), 0x0100_0193);
    this.#hash = Math.imul(this.#hash ^ Math.floor((this.#now - START_MS) * 1000), 0x0100_0193);
  }

  #push(event: SimulatedEvent): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(event, parent)) {
        break;
      }
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  #pop(first: SimulatedEvent): SimulatedEvent {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) {
      return first;
    }
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let least = heap[child];
      const right = heap[child + 1];
      if (least !== undefined && right !== undefined && isBefore(right, least)) {
        child += 1;
        least = right;
      }
      if (least === undefined || !isBefore(least, last)) {
        break;
      }
      heap[index] = least;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: SimulatedEvent, b: SimulatedEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
