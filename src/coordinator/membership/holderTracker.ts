/**
 * Who holds (docs/ports.md, "Who holds"): a new window takes over from the one before it and holds
 * what listens from its folders; holders that vanished leave once that is proven.
 */
import { adoptions, holdersLeft, successions } from '../../core/allocation/holderChanges';
import type { StateEvent } from '../../core/state/events';
import {
  type Allocation,
  type Holder,
  pairHeld,
  type Participant,
  type ConnectedSet,
} from '../../core/domain/model';
import type { ProcessTable, Runtime } from '../../core/host/interfaces';
import type { Recorder } from '../log/commit';
import { livenessOf } from './processLiveness';

/** A window that reloads is back by then, and nothing flickers meanwhile. */
export const GRACE_MS = 30_000;

/** Commands and HTTP clients come and go: they hold this long after they asked or listened. */
const VISIT_MS = 30 * 60_000;

export interface HolderTrackerOptions extends Runtime {
  readonly leader: Recorder;
  readonly processes: ProcessTable;
  /** `GRACE_MS`, or less in tests. */
  readonly graceMs: number;
  readonly cooldownMs: number;
  participants(): readonly Participant[];
  /** Reads the listener table now. Errors: those of the table. */
  observe(): Promise<void>;
  /** As of the last look. */
  isListening(allocation: Allocation): boolean;
  /** The workspace whose own server listens, as of the last look. */
  ownServer(allocation: Allocation): string | undefined;
  /** Which of these folders were deleted; a drive that is not mounted deletes nothing. */
  deleted(folders: ReadonlySet<string>): Promise<ReadonlySet<string>>;
}

export class HolderTracker {
  readonly #options: HolderTrackerOptions;
  /** When this term began: nothing is known of the time before. */
  readonly #since: number;
  /** Whether windows may still come back that the leader before knew. */
  #awaiting = true;
  /** Everyone who came meanwhile, by participant. */
  readonly #came = new Set<string>();
  /** Since when holders are not connected, by participant. */
  readonly #absent = new Map<string, number>();
  /** Folders that were deleted, and when they were looked at. */
  #deleted: ReadonlySet<string> = new Set();
  #lookedAt: number | undefined;
  /** When something listened last, by allocation. */
  readonly #listened = new Map<string, number>();

  constructor(options: HolderTrackerOptions) {
    this.#options = options;
    this.#since = options.clock.now();
  }

  /**
   * Participants that may not be replaced: the connected ones, and after a change of leader also
   * those that have not come back yet while their process lives.
   */
  present(): ConnectedSet {
    const connected = new Set(this.#options.participants().map(({ id }) => id));
    if (!this.#isGrace()) {
      return connected;
    }
    // As of now, like the connected ones: otherwise a later participant is missing in both.
    const came = new Set(this.#came);
    let awaited: ReadonlySet<string> | undefined;
    return {
      // All holders are gone through only if one of them is not connected.
      has: (participant) =>
        connected.has(participant) || (awaited ??= this.#awaited(came)).has(participant),
    };
  }

  /** Holders that are not among those who came back, and whose process lives. */
  #awaited(came: ReadonlySet<string>): ReadonlySet<string> {
    const { leader, processes } = this.#options;
    const awaited = new Set<string>();
    const alive = new Map<number, boolean>();
    for (const { holders } of leader.state.allocations.values()) {
      for (const { participant, pid } of holders) {
        if (!came.has(participant)) {
          if (memoized(alive, pid, () => processes.isAlive(pid))) {
            awaited.add(participant);
          }
        }
      }
    }
    return awaited;
  }

  /** A participant came or changed its folders. */
  async came(caller: Participant): Promise<void> {
    if (this.#isGrace()) {
      this.#came.add(caller.id);
    }
    await this.#succeed([caller]);
  }

  /** Finds out which holders are gone, and which windows hold more than before. */
  async look(): Promise<void> {
    const { leader, clock, observe, isListening, cooldownMs } = this.#options;
    const now = clock.now();
    const all = [...leader.state.allocations.values()];
    this.#listen(all, now);
    const gone = await this.#gone(all, now);
    if (this.#awaiting && !this.#isGrace()) {
      // Windows that came before could not take over from those still awaited.
      this.#awaiting = false;
      await this.#succeed(this.#options.participants());
    }
    const isOver = ({ group, holders }: Allocation): boolean =>
      group !== undefined && holders.length === 0;
    if (gone.size > 0 || all.some(isOver)) {
      await observe();
      const stamp = { at: now, actor: '', by: 'leader' };
      await this.#record(() => {
        // Meanwhile somebody may have come back.
        const back = new Set(this.#options.participants().map(({ id }) => id));
        const isGone = (holder: Holder): boolean =>
          gone.get(holder) === 'deleted' ||
          (gone.get(holder) === 'left' && !back.has(holder.participant));
        return holdersLeft(leader.state, { stamp, isGone, isListening, cooldownMs });
      });
    }
    await this.#adopt();
  }

  /** Holders that are gone, because that is proven, their time is over, or their folder is. */
  async #gone(
    all: readonly Allocation[],
    now: number,
  ): Promise<ReadonlyMap<Holder, 'left' | 'deleted'>> {
    const { participants, deleted } = this.#options;
    const connected = new Set(participants().map(({ id }) => id));
    const held = new Set(
      all.flatMap((each) => each.holders.map((holder) => pairHeld(each, holder).workspace)),
    );
    if (this.#lookedAt === undefined || now - this.#lookedAt >= 2 * this.#options.graceMs) {
      // Checking thousands of folders is too expensive for every few seconds.
      this.#lookedAt = now;
      this.#deleted = await deleted(held);
    } else if ([...this.#deleted].some((folder) => held.has(folder))) {
      // It may be there again: a worktree that is made anew, another clone.
      this.#deleted = await deleted(this.#deleted);
    }
    const ended = new Map<string, Promise<boolean>>();
    const known = new Set<string>();
    const gone = new Map<Holder, 'left' | 'deleted'>();
    for (const allocation of all) {
      for (const holder of allocation.holders) {
        const { participant } = holder;
        known.add(participant);
        if (this.#deleted.has(pairHeld(allocation, holder).workspace)) {
          gone.set(holder, 'deleted');
        } else if (connected.has(participant)) {
          this.#absent.delete(participant);
        } else if (this.#isAbsentFor(participant, now)) {
          const isGone = isVisitor(holder)
            ? this.#isVisitOver(holder, allocation, now)
            : await memoized(ended, participant, () => this.#isEnded(holder));
          if (isGone) {
            gone.set(holder, 'left');
          }
        }
      }
    }
    for (const participant of this.#absent.keys()) {
      if (!known.has(participant)) {
        this.#absent.delete(participant);
      }
    }
    return gone;
  }

  #isGrace(): boolean {
    const { clock, graceMs } = this.#options;
    return clock.now() - this.#since < graceMs;
  }

  #listen(all: readonly Allocation[], now: number): void {
    const known = new Set(all.map(({ id }) => id));
    for (const id of this.#listened.keys()) {
      if (!known.has(id)) {
        this.#listened.delete(id);
      }
    }
    for (const allocation of all) {
      if (this.#options.isListening(allocation)) {
        this.#listened.set(allocation.id, now);
      }
    }
  }

  /** Whether it has been away for longer than a reload takes. */
  #isAbsentFor(participant: string, now: number): boolean {
    const since = this.#absent.get(participant) ?? now;
    this.#absent.set(participant, since);
    return now - since >= this.#options.graceMs;
  }

  /** What listened before this term is not known: its beginning counts. */
  #isVisitOver({ since }: Holder, { id }: Allocation, now: number): boolean {
    return now - Math.max(since, this.#listened.get(id) ?? this.#since) > VISIT_MS;
  }

  /** Whether its process is proven to be gone; another one may have its pid. */
  async #isEnded(holder: Holder): Promise<boolean> {
    return (await livenessOf(this.#options.processes, holder)) === 'gone';
  }

  /** What listens from a window's folders is held by it. */
  async #adopt(): Promise<void> {
    const { leader, clock, participants, ownServer } = this.#options;
    const own = new Map<string, string>();
    for (const allocation of leader.state.allocations.values()) {
      const workspace = ownServer(allocation);
      if (workspace !== undefined) {
        own.set(allocation.id, workspace);
      }
    }
    const workspaces = new Set(own.values());
    for (const caller of participants()) {
      if (caller.folders.some((folder) => workspaces.has(folder))) {
        await this.#record(() => adoptions(leader.state, caller, this.present(), clock.now(), own));
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
      log.debug(`Not recorded: ${outcome.cause.message}`);
    }
  }
}

/** Windows and headless participants stay; whatever else asks comes and goes. */
function isVisitor({ kind }: Holder): boolean {
  return kind !== 'window' && kind !== 'daemon';
}

function memoized<K, T>(known: Map<K, T>, key: K, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
