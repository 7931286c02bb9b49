/**
 * Who is still there: windows that come take over from the one before them, and holders that left
 * without a word leave what they share once that is proven.
 */
import { departures, successions } from '../core/departures';
import { toStyxyError } from '../core/errors';
import type { StateEvent } from '../core/events';
import type { Allocation, Holder, Participant } from '../core/model';
import type { Clock, Log, ProcessTable } from '../core/ports';
import type { Leader } from './leader';

/** A window that reloads is back by then; nothing flickers meanwhile. */
export const GRACE_MS = 30_000;

/** Commands and HTTP clients come and go: they hold for so long after they asked. */
const VISIT_MS = 30 * 60_000;

/** Clocks are set, and start times are computed from them. */
const START_TOLERANCE_MS = 5_000;

export interface AttendanceOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly leader: Leader;
  readonly processes: ProcessTable;
  /** `GRACE_MS`, or less where it is tried out. */
  readonly graceMs: number;
  readonly quarantineMs: number;
  participants(): readonly Participant[];
  isListening(allocation: Allocation): boolean;
}

export class Attendance {
  readonly #options: AttendanceOptions;
  /** Since when holders are not connected, by participant. */
  readonly #absent = new Map<string, number>();

  constructor(options: AttendanceOptions) {
    this.#options = options;
  }

  /** A participant came or changed its folders. */
  async came(caller: Participant): Promise<void> {
    const { leader, clock } = this.#options;
    await this.#record(() => successions(leader.state, caller, this.#connected(), clock.now()));
  }

  /** Looks who is gone. */
  async look(): Promise<void> {
    const { leader, clock, isListening, quarantineMs } = this.#options;
    const connected = this.#connected();
    const now = clock.now();
    const shared = [...leader.state.allocations.values()].filter(
      ({ group }) => group !== undefined,
    );
    const holders = shared.flatMap((allocation) => allocation.holders);
    const gone = new Set<Holder>();
    for (const holder of holders) {
      if (connected.has(holder.participant)) {
        this.#absent.delete(holder.participant);
      } else if (await this.#isGone(holder, now)) {
        gone.add(holder);
      }
    }
    this.#forgetAbsent(holders);
    if (gone.size > 0 || shared.some((allocation) => allocation.holders.length === 0)) {
      const stamp = { at: now, actor: '', by: 'leader' };
      const isGone = (holder: Holder): boolean => gone.has(holder);
      await this.#record(() =>
        departures(leader.state, { stamp, isGone, isListening, quarantineMs }),
      );
    }
  }

  async #isGone({ participant, kind, pid, startedAt, since }: Holder, now: number) {
    const { processes, graceMs } = this.#options;
    if (kind !== 'window' && kind !== 'daemon') {
      return now - since > VISIT_MS;
    }
    const absentSince = this.#absent.get(participant) ?? now;
    this.#absent.set(participant, absentSince);
    if (now - absentSince < graceMs) {
      return false;
    }
    if (!processes.isAlive(pid)) {
      return true;
    }
    const present = startedAt === undefined ? undefined : await processes.startedAt(pid);
    return (
      startedAt !== undefined &&
      present !== undefined &&
      Math.abs(present - startedAt) > START_TOLERANCE_MS
    );
  }

  #forgetAbsent(holders: readonly Holder[]): void {
    const known = new Set(holders.map(({ participant }) => participant));
    for (const participant of this.#absent.keys()) {
      if (!known.has(participant)) {
        this.#absent.delete(participant);
      }
    }
  }

  #connected(): ReadonlySet<string> {
    return new Set(this.#options.participants().map(({ id }) => id));
  }

  async #record(decide: () => readonly StateEvent[]): Promise<void> {
    const { leader, log } = this.#options;
    const outcome = await leader.decideAndRecord(decide);
    if (outcome.kind === 'ended' && outcome.cause !== undefined) {
      log.debug(`Not recorded: ${toStyxyError(outcome.cause).message}`);
    }
  }
}
