/**
 * Where a leadership's batches become durable, over all its epochs: appends to the present reign,
 * follows with checkpoints, and takes the next number itself when a journal is full, own files
 * were deleted, or the disk has room again.
 */
import { check, type Ending } from '../core/election';
import { StyxyError, toStyxyError } from '../core/errors';
import type { StateEvent } from '../core/events';
import type { Clock, LockRecord, Log } from '../core/ports';
import type { State } from '../core/registry';
import { agingCheckpoints, retired } from '../core/retention';
import { goOn, type Base, type CommitOutcome, type Reign, type ReignTools } from './reign';

/** A checkpoint may lag behind the journals this long, or this many commits. */
const CHECKPOINT_DELAY_MS = 100;
const CHECKPOINT_COMMITS = 256;

/** Beyond it, recovery would read too long: the next epoch begins. */
const ROTATE_BYTES = 8 * 1024 * 1024;

/** A full disk is tried again after 1 s, then ever more seldom, and at least so often. */
const RETRY_FIRST_MS = 1000;
const RETRY_MAX_MS = 30_000;

/** A disk that fails for another reason than being full may work for another window. */
const MAX_FAILURES = 3;

export interface LedgerOptions {
  readonly tools: ReignTools;
  readonly clock: Clock;
  readonly log: Log;
  /** Runs between batches. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** A new epoch serves. */
  onEpoch(epoch: number): void;
  /** This leadership is over. */
  onEnd(why: Ending): void;
  /** Removes what a past epoch's lock points to. */
  forget(record: LockRecord): Promise<void>;
}

export class EpochLedger {
  readonly #options: LedgerOptions;
  #reign: Reign;
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
  #commits = 0;

  constructor(options: LedgerOptions, reign: Reign, base: Base) {
    this.#options = options;
    this.#reign = reign;
    this.#base = base;
    this.#owned = reign.epoch;
  }

  get epoch(): number {
    return this.#owned;
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
    if (this.#closed) {
      return { kind: 'ended', why: { kind: 'superseded', seen: this.#owned } };
    }
    if (this.#problem !== undefined && !(await this.#tryAgain())) {
      const why = { kind: 'storage', epoch: this.#owned, during: 'append' } as const;
      return { kind: 'ended', why, ...(this.#problem ? { cause: this.#problem } : {}) };
    }
    const outcome = await this.#reign.commit(events);
    if (outcome.kind === 'ended') {
      await this.#ended(outcome.why, outcome.cause);
      return outcome;
    }
    if (events.length > 0) {
      this.#base = { state: next, seq: this.#reign.seq };
      this.#commits += 1;
      this.#behind += 1;
      this.#scheduleCheckpoint();
      if (this.#reign.journalBytes > ROTATE_BYTES) {
        this.#options.log.info(`The journal of epoch ${this.epoch} is full: the next one begins.`);
        await this.#reopen();
      }
    }
    return outcome;
  }

  /** CHECK outside a commit, each second: is this still the highest number, are its files there? */
  async watch(): Promise<void> {
    const { tools, clock, exclusively } = this.#options;
    const listing = await tools.folder.list();
    if (this.#closed) {
      return;
    }
    if (listing.highest > this.#owned) {
      await exclusively(() => this.#ended({ kind: 'superseded', seen: listing.highest }));
      return;
    }
    if (this.#problem === undefined && check(listing, this.#owned) === 'damaged') {
      await exclusively(() => this.#ended({ kind: 'damaged', epoch: this.#owned }));
      return;
    }
    await tools.folder.touchLock(this.#owned, clock.now());
    if (this.#problem !== undefined) {
      await exclusively(() => this.#tryAgain());
    }
  }

  /** Whether answers from memory may still be given. Errors: `leadership_lost`. */
  async verify(): Promise<void> {
    const listing = await this.#options.tools.folder.list();
    if (listing.highest > this.#owned) {
      throw new StyxyError('leadership_lost', 'Another window leads by now. Ask again.');
    }
  }

  /** Past epochs, claims of dead processes, and their sockets. Never fails: it is only tidying. */
  async tidy(isDead: (record: LockRecord) => Promise<boolean>): Promise<void> {
    const { tools, clock, log, forget } = this.#options;
    try {
      const listing = await tools.folder.list();
      const written = new Map<number, number>();
      for (const epoch of agingCheckpoints(listing, this.#owned)) {
        written.set(epoch, (await tools.folder.checkpointWrittenAt(epoch)) ?? 0);
      }
      for (const file of retired(listing, this.#owned, written, clock.now())) {
        if (file.kind === 'lock') {
          const lock = await tools.folder.readLock(file.epoch);
          if (lock.kind === 'read' && lock.value !== 'unreadable') {
            await forget(lock.value);
          }
        }
        await tools.folder.remove(file);
      }
      for (const nonce of listing.claims) {
        const claim = await tools.folder.readClaim(nonce);
        if (claim.kind === 'read' && claim.value !== 'unreadable' && (await isDead(claim.value))) {
          await tools.folder.removeClaim(nonce);
        }
      }
    } catch (error) {
      log.warn(`Old files stay for now: ${toStyxyError(error).message}`);
    }
  }

  /** Writes the last checkpoint and says good-bye in the lock; nothing is committed any more. */
  async close(leaving: boolean): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    await this.#checkpointing;
    if (leaving && this.#problem === undefined) {
      await this.#checkpoint();
    }
    await this.#reign.close();
    if (leaving) {
      await this.#options.tools.folder.touchLock(this.#owned, 0);
    }
  }

  async #ended(why: Ending, cause?: StyxyError): Promise<void> {
    const { log, onEnd } = this.#options;
    if (this.#closed) {
      return;
    }
    switch (why.kind) {
      case 'damaged':
        log.warn(`Files of epoch ${why.epoch} are gone: taking the next number.`);
        await this.#reopen();
        return;
      case 'storage':
        this.#owned = Math.max(this.#owned, why.during === 'open' ? why.epoch : 0);
        this.#refused(cause ?? new StyxyError('storage_unavailable', 'The disk refused.'));
        return;
      case 'superseded':
      case 'lost':
      case 'follow':
      case 'newer':
        onEnd(why);
    }
  }

  /** Memory is a sound base here: every number since the last answer was our own. */
  async #reopen(): Promise<void> {
    const { tools, onEpoch } = this.#options;
    await this.#checkpointing;
    const before = this.#reign;
    try {
      const candidacy = await goOn(tools, this.#owned, this.#base);
      if (candidacy.kind === 'ended') {
        await this.#ended(candidacy.why, candidacy.cause);
        return;
      }
      this.#reign = candidacy.reign;
      this.#owned = candidacy.reign.epoch;
      this.#problem = undefined;
      this.#failures = 0;
      this.#behind = 0;
      this.#retryMs = RETRY_FIRST_MS;
      await before.close();
      onEpoch(this.#owned);
    } catch (error) {
      this.#refused(toStyxyError(error));
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
    if (clock.now() < this.#retryAt) {
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
    while (this.#behind < CHECKPOINT_COMMITS && clock.now() < deadline && !this.#closed) {
      await clock.sleep(CHECKPOINT_DELAY_MS / 4);
    }
    await this.#checkpoint();
  }

  /** The journals are the truth; a checkpoint that fails only makes recovery read longer. */
  async #checkpoint(): Promise<void> {
    const { log } = this.#options;
    this.#behind = 0;
    try {
      await this.#reign.checkpoint(this.#base);
    } catch (error) {
      log.warn(`The checkpoint was not written: ${toStyxyError(error).message}`);
    }
  }
}
