/**
 * After everything of an epoch was damaged: the windows report what they hold, that is added again,
 * and only then is anything granted. The mark is in the state, so that after a crash the next leader
 * does the same.
 */
import { toStyxyError } from '../../core/domain/errors';
import type { StateEvent } from '../../core/state/events';
import { isHeldIn, type Allocation, type Participant } from '../../core/domain/model';
import type { Ids, Runtime } from '../../core/host/interfaces';
import { apply } from '../../core/state/apply';
import type { CommitOutcome, Recorder } from '../log/commit';

/** How long reports are awaited: a frozen window that wakes needs a moment to find the leader. */
const REPORTS_MS = 3000;

/** Between attempts while the disk refuses to store what was reported. */
const RETRY_MS = 1000;

export interface ResyncOptions extends Runtime {
  readonly ids: Ids;
  readonly leader: Recorder & {
    record(events: readonly StateEvent[]): Promise<CommitOutcome>;
    /** While paused, requests wait; look-ups go on. */
    pause(paused: boolean): void;
  };
}

export class Resync {
  readonly #options: ResyncOptions;
  readonly #announced = new Map<string, Allocation>();

  constructor(options: ResyncOptions) {
    this.#options = options;
  }

  /** What a window last knew to be held in its folders; ignored unless the state needs a resync. */
  reported({ folders }: Participant, holds: readonly Allocation[]): void {
    if (!this.#options.leader.state.needsResync) {
      return;
    }
    for (const allocation of holds) {
      if (folders.some((folder) => isHeldIn(allocation, folder))) {
        this.#announced.set(allocation.id, allocation);
      }
    }
  }

  /** Waits for reports, adds again what fits, and lets requests through. */
  async end(): Promise<void> {
    const { clock, leader, log } = this.#options;
    log.error('Answers may be lost: the windows report what they hold before anything is granted.');
    leader.pause(true);
    await clock.sleep(REPORTS_MS);
    while ((await this.#settle()) === 'refused') {
      // Requests need not wait for the disk to be refused.
      leader.pause(false);
      await clock.sleep(RETRY_MS);
    }
    leader.pause(false);
  }

  async #settle(): Promise<'settled' | 'refused'> {
    const { clock, ids, leader, log } = this.#options;
    const stamp = { at: clock.now(), actor: ids.uuid(), by: 'recovery' };
    const events: StateEvent[] = [];
    let draft = leader.state;
    for (const allocation of this.#announced.values()) {
      const event: StateEvent = { kind: 'granted', stamp, allocation };
      try {
        draft = apply(draft, event);
        events.push(event);
      } catch (error) {
        log.warn(`Announced, but it does not fit: ${toStyxyError(error).message}`);
      }
    }
    const outcome = await leader.record([...events, { kind: 'trusted', stamp }]);
    if (outcome.kind === 'ended') {
      // The windows report to the next leader again.
      return outcome.why.kind === 'storage' ? 'refused' : 'settled';
    }
    this.#announced.clear();
    log.info(`${events.length} announced allocations were added again.`);
    return 'settled';
  }
}
