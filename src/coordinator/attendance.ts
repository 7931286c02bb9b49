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

/** Commands and HTTP clients come and go: they hold for so long after they asked or listened. */
const VISIT_MS = 30 * 60_000;

/** Clocks are set, and start times are computed from them. */
const START_TOLERANCE_MS = 5_000;

export interface AttendanceOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly leader: Pick<Leader, 'state' | 'decideAndRecord'>;
  readonly processes: ProcessTable;
  /** `GRACE_MS`, or less where it is tried out. */
  readonly graceMs: number;
  readonly quarantineMs: number;
  participants(): readonly Participant[];
  /** Reads the listener table now. Errors: those of the table. */
  observe(): Promise<void>;
  /** As of the last look. */
  isListening(allocation: Allocation): boolean;
}

export class Attendance {
  readonly #options: AttendanceOptions;
  /** When this leadership began: of what was before nothing is known. */
  readonly #since: number;
  /** Whether windows may still come back that the leader before knew. */
  #awaiting = true;
  /** Everyone who came meanwhile, by participant. */
  readonly #came = new Set<string>();
  /** Since when holders are not connected, by participant. */
  readonly #absent = new Map<string, number>();
  /** When somebody listened last, by shared allocation. */
  readonly #listened = new Map<string, number>();

  constructor(options: AttendanceOptions) {
    this.#options = options;
    this.#since = options.clock.now();
  }

  /**
   * Participants that nobody may take the place of: the connected ones, and after a change of
   * leader also windows that have not come back yet, for as long as their process lives.
   */
  present(): ReadonlySet<string> {
    const { leader, processes, participants } = this.#options;
    const present = new Set(participants().map(({ id }) => id));
    if (!this.#isGrace()) {
      return present;
    }
    const alive = new Map<number, boolean>();
    for (const { holders } of leader.state.allocations.values()) {
      for (const { kind, participant, pid } of holders) {
        if (kind === 'window' && !this.#came.has(participant) && !present.has(participant)) {
          const lives = alive.get(pid) ?? processes.isAlive(pid);
          alive.set(pid, lives);
          if (lives) {
            present.add(participant);
          }
        }
      }
    }
    return present;
  }

  /** A participant came or changed its folders. */
  async came(caller: Participant): Promise<void> {
    if (this.#isGrace()) {
      this.#came.add(caller.id);
    }
    await this.#succeed([caller]);
  }

  /** Looks who is gone. */
  async look(): Promise<void> {
    const { leader, clock, participants, observe, isListening } = this.#options;
    const { quarantineMs } = this.#options;
    const now = clock.now();
    const shared = [...leader.state.allocations.values()].filter(
      ({ group }) => group !== undefined,
    );
    this.#listen(shared, now);
    const connected = new Set(participants().map(({ id }) => id));
    const holders = shared.flatMap((allocation) => allocation.holders);
    const gone = new Set<Holder>();
    for (const allocation of shared) {
      for (const holder of allocation.holders) {
        if (connected.has(holder.participant)) {
          this.#absent.delete(holder.participant);
        } else if (await this.#isGone(holder, allocation, now)) {
          gone.add(holder);
        }
      }
    }
    this.#forgetAbsent(holders);
    if (this.#awaiting && !this.#isGrace()) {
      // Who came before could not take over from those who were still awaited.
      this.#awaiting = false;
      await this.#succeed(participants());
    }
    if (gone.size > 0 || shared.some((allocation) => allocation.holders.length === 0)) {
      await observe();
      const stamp = { at: now, actor: '', by: 'leader' };
      const isGone = (holder: Holder): boolean => gone.has(holder);
      await this.#record(() =>
        departures(leader.state, { stamp, isGone, isListening, quarantineMs }),
      );
    }
  }

  #isGrace(): boolean {
    const { clock, graceMs } = this.#options;
    return clock.now() - this.#since < graceMs;
  }

  #listen(shared: readonly Allocation[], now: number): void {
    const known = new Set(shared.map(({ id }) => id));
    for (const id of this.#listened.keys()) {
      if (!known.has(id)) {
        this.#listened.delete(id);
      }
    }
    for (const allocation of shared) {
      if (this.#options.isListening(allocation)) {
        this.#listened.set(allocation.id, now);
      }
    }
  }

  async #isGone(holder: Holder, { id }: Allocation, now: number): Promise<boolean> {
    const { processes, graceMs } = this.#options;
    const { participant, kind, pid, startedAt, since } = holder;
    const absentSince = this.#absent.get(participant) ?? now;
    this.#absent.set(participant, absentSince);
    if (now - absentSince < graceMs) {
      return false;
    }
    if (kind !== 'window' && kind !== 'daemon') {
      // What listened before this leadership is not known: its beginning counts.
      return now - Math.max(since, this.#listened.get(id) ?? this.#since) > VISIT_MS;
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

  async #succeed(callers: readonly Participant[]): Promise<void> {
    const { leader, clock } = this.#options;
    for (const caller of callers) {
      await this.#record(() => successions(leader.state, caller, this.present(), clock.now()));
    }
  }

  async #record(decide: () => readonly StateEvent[]): Promise<void> {
    const { leader, log } = this.#options;
    const outcome = await leader.decideAndRecord(decide);
    if (outcome.kind === 'ended' && outcome.cause !== undefined) {
      log.debug(`Not recorded: ${toStyxyError(outcome.cause).message}`);
    }
  }
}
