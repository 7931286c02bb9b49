/**
 * Where a term's batches become durable, over all its epochs: appends to the present epoch's
 * log, follows with checkpoints, and takes the next number itself when a journal is full, own files
 * were deleted, or the disk has room again.
 */
import { check } from '../../core/election/machine';
import type { Ending } from '../../core/election/types';
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import type { StateEvent } from '../../core/state/events';
import type { State } from '../../core/state/state';
import { shared } from '../async/promises';
import { claimNextEpoch, type EpochLog } from '../election/candidate';
import type { Base, CommitOutcome, LogTools } from '../log/commit';

/** A checkpoint may lag behind the journals this long, or this many commits. */
const CHECKPOINT_DELAY_MS = 100;
const CHECKPOINT_COMMITS = 256;

/** Bytes of commits beyond which recovery would read too long: the next epoch begins. */
export const ROTATE_BYTES = 8 * 1024 * 1024;

/** A full disk is tried again after 1 s, then less and less often, down to once in 30 s. */
const RETRY_FIRST_MS = 1000;
const RETRY_MAX_MS = 30_000;

/** A disk that fails for another reason than being full may work for another window. */
const MAX_FAILURES = 3;

export interface DurableLogOptions extends LogTools {
  /** `ROTATE_BYTES`; less where rotation itself is tried out. */
  readonly rotateBytes: number;
  /** Runs between batches. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** A new epoch serves. */
  onEpoch(epoch: number): void;
  /** This leadership is over. */
  onEnd(why: Ending): void;
  /** What was committed is in the audit log: commits that a checkpoint has are not looked at again. */
  audited(): Promise<void>;
}

export class DurableLog {
  readonly #options: DurableLogOptions;
  #epochLog: EpochLog;
  /** What is on disk and checked; state and number change together. */
  #base: Base;
  /** The highest number that is ours; without files of its own while the disk is full. */
  #owned: number;
  #problem: StyxyError | undefined;
  #failures = 0;
  #retryMs = RETRY_FIRST_MS;
  #retryAt = 0;
  #behind = 0;
  #checkpointing: Promise<void> | undefined;
  #closed = false;
  /** Nothing is committed any more, also while a hand-over is still under way. */
  #over = false;
  /** Nobody is answered meanwhile, so a checkpoint does not wait for more. */
  #reopening = false;
  #commits = 0;

  constructor(options: DurableLogOptions, epochLog: EpochLog, base: Base) {
    this.#options = options;
    this.#epochLog = epochLog;
    this.#base = base;
    this.#owned = epochLog.epoch;
  }

  /** Whose journals hold the answers. */
  get epoch(): number {
    return this.#epochLog.epoch;
  }

  get seq(): number {
    return this.#base.seq;
  }

  get commits(): number {
    return this.#commits;
  }

  /** Why nothing can be acknowledged now, if so. */
  get problem(): StyxyError | undefined {
    return this.#problem;
  }

  async commit(events: readonly StateEvent[], next: State): Promise<CommitOutcome> {
    if (this.#over) {
      return { kind: 'ended', why: { kind: 'superseded', seen: this.#owned } };
    }
    if (this.#problem !== undefined && !(await this.#tryAgain())) {
      const why = { kind: 'storage', epoch: this.#owned, during: 'append' } as const;
      return { kind: 'ended', why, ...(this.#problem ? { cause: this.#problem } : {}) };
    }
    const outcome = await this.#epochLog.commit(events);
    if (outcome.kind === 'ended') {
      await this.#ended(outcome.why, outcome.cause);
      return outcome;
    }
    if (events.length > 0) {
      this.#base = { state: next, seq: this.#epochLog.seq };
      this.#commits += 1;
      this.#behind += 1;
      this.#scheduleCheckpoint();
      if (this.#epochLog.journalBytes > this.#options.rotateBytes) {
        // In a turn of its own: first the batch is published and answered.
        void this.takeNext(`the journal of epoch ${this.epoch} is full`);
      }
    }
    return outcome;
  }

  /**
   * CHECK outside a commit, each second: is this still the highest number, are its files there? In
   * turn with the batches, or an own claim under way would look like another's.
   */
  readonly watch = shared(() => this.#options.exclusively(() => this.#watch()));

  async #watch(): Promise<void> {
    const { folder, clock } = this.#options;
    if (this.#over) {
      return;
    }
    const listing = await folder.list();
    if (listing.highest > this.#owned) {
      await this.#ended({ kind: 'superseded', seen: listing.highest });
      return;
    }
    if (this.#problem !== undefined) {
      await this.#tryAgain();
    } else if (check(listing, this.#owned) === 'damaged') {
      await this.#ended({ kind: 'damaged', epoch: this.#owned });
    }
    if (!this.#closed) {
      await folder.touchLock(this.#owned, clock.now());
    }
  }

  /** Goes on under the next number, from memory. */
  takeNext(why: string): Promise<void> {
    return this.#options.exclusively(async () => {
      if (!this.#over && this.#problem === undefined) {
        this.#options.log.info(`Taking the next number: ${why}.`);
        await this.#reopen();
      }
    });
  }

  /** Whether answers from memory may still be given. Errors: `leadership_lost`. */
  async verify(): Promise<void> {
    const listing = await this.#options.folder.list();
    if (listing.highest > this.#owned) {
      throw new StyxyError('leadership_lost', 'Another window leads by now. Ask again.');
    }
  }

  /** Says good-bye in the lock, after the last checkpoint; nothing is committed any more. */
  async close(leaving: boolean): Promise<void> {
    const { folder, log } = this.#options;
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#over = true;
    await this.#checkpointing;
    if (leaving && this.#problem === undefined) {
      await this.#checkpoint();
    }
    await this.#epochLog.close();
    try {
      await folder.touchLock(this.#owned, 0);
    } catch (error) {
      log.debug(`No good-bye in the lock: ${toStyxyError(error).message}`);
    }
  }

  async #ended(why: Ending, cause?: StyxyError): Promise<void> {
    const { log, onEnd } = this.#options;
    if (this.#over) {
      return;
    }
    switch (why.kind) {
      case 'damaged':
        log.warn(`Files of epoch ${why.epoch} are gone: taking the next number.`);
        await this.#reopen();
        return;
      case 'storage':
        if (why.during === 'fence') {
          log.error(`The disk refuses the files of epoch ${why.epoch}: leaving.`);
          this.#over = true;
          onEnd(why);
          return;
        }
        this.#owned = Math.max(this.#owned, why.during === 'open' ? why.epoch : 0);
        this.#refused(cause ?? new StyxyError('storage_unavailable', 'The disk refused.'));
        return;
      case 'superseded':
      case 'lost':
      case 'follow':
      case 'newer':
        this.#over = true;
        onEnd(why);
    }
  }

  /** Memory is a sound base here: every number since the last answer was our own. */
  async #reopen(): Promise<void> {
    const { onEpoch, audited } = this.#options;
    this.#reopening = true;
    await this.#checkpointing;
    await audited();
    const before = this.#epochLog;
    try {
      const outcome = await claimNextEpoch(this.#options, this.#owned, this.#base);
      if (outcome.kind === 'ended') {
        await this.#ended(outcome.why, outcome.cause);
        return;
      }
      this.#epochLog = outcome.epochLog;
      this.#owned = outcome.epochLog.epoch;
      this.#problem = undefined;
      this.#failures = 0;
      this.#behind = 0;
      this.#retryMs = RETRY_FIRST_MS;
      await before.close();
      onEpoch(this.#owned);
    } catch (error) {
      this.#refused(toStyxyError(error));
    } finally {
      this.#reopening = false;
    }
  }

  #refused(cause: StyxyError): void {
    const { clock, log, onEnd } = this.#options;
    const full = cause.details.errno === 'ENOSPC' || cause.details.errno === 'EDQUOT';
    this.#failures += full ? 0 : 1;
    this.#problem = cause;
    this.#retryAt = clock.now() + this.#retryMs;
    log.error(`Nothing is acknowledged for now: ${cause.message}`);
    if (this.#failures >= MAX_FAILURES) {
      onEnd({ kind: 'storage', epoch: this.#owned, during: 'open' });
    }
  }

  async #tryAgain(): Promise<boolean> {
    const { clock } = this.#options;
    const leftMs = this.#retryAt - clock.now();
    // More than the whole pause is left only when the clock was set back.
    if (leftMs > 0 && leftMs <= this.#retryMs) {
      return false;
    }
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
    await this.#reopen();
    return this.#problem === undefined && !this.#closed;
  }

  #scheduleCheckpoint(): void {
    if (this.#checkpointing === undefined) {
      this.#checkpointing = this.#checkpointSoon().finally(() => {
        this.#checkpointing = undefined;
        if (this.#behind > 0 && this.#problem === undefined && !this.#closed) {
          this.#scheduleCheckpoint();
        }
      });
    }
  }

  async #checkpointSoon(): Promise<void> {
    const { clock } = this.#options;
    const deadline = clock.now() + CHECKPOINT_DELAY_MS;
    const isInTime = () => this.#behind < CHECKPOINT_COMMITS && clock.now() < deadline;
    while (isInTime() && !this.#closed && !this.#reopening) {
      await clock.sleep(CHECKPOINT_DELAY_MS / 4);
    }
    await this.#checkpoint();
  }

  /** The journals are the truth; a checkpoint that fails only makes recovery read longer. */
  async #checkpoint(): Promise<void> {
    const { log, audited } = this.#options;
    // Of this moment: what is committed meanwhile may not be in the audit log yet.
    const base = this.#base;
    const epochLog = this.#epochLog;
    this.#behind = 0;
    await audited();
    try {
      await epochLog.checkpoint(base);
    } catch (error) {
      log.warn(`The checkpoint was not written: ${toStyxyError(error).message}`);
    }
  }
}
