/** The prepared locks of one leadership: one is always at hand, so that a full disk cannot bar it. */
import { toStyxyError } from '../../core/domain/errors';
import type { EpochFolder, Ids, LockRecord, Log } from '../../core/host/interfaces';
import { shared } from '../async/promises';

export interface ClaimPoolOptions {
  readonly folder: EpochFolder;
  readonly ids: Ids;
  readonly log: Log;
  readonly record: Omit<LockRecord, 'nonce' | 'socket'>;
  /** Where the leadership can be reached now: its connections outlive its epochs. */
  socket(): string;
}

export class ClaimPool {
  readonly #options: ClaimPoolOptions;
  #spare: LockRecord | undefined;
  /** Nonces of those that were handed out: one that won a number is gone, one that lost is not. */
  readonly #handed = new Set<string>();
  #discarded = false;

  constructor(options: ClaimPoolOptions) {
    this.#options = options;
  }

  /** A claim that lies in the folder and was never used. Errors: `storage_unavailable`. */
  async next(): Promise<LockRecord> {
    const { folder, socket } = this.#options;
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) {
      this.#handed.add(spare.nonce);
      // It may name a socket that is gone, or may have been deleted itself.
      if (spare.socket === socket() && (await folder.readClaim(spare.nonce)).kind === 'read') {
        return spare;
      }
    }
    const claim = await this.#prepare();
    this.#handed.add(claim.nonce);
    return claim;
  }

  /** Prepares the next one while there is room. */
  readonly refill = shared(() => this.#refill());

  /** For good: nothing is prepared any more. */
  async discard(): Promise<void> {
    this.#discarded = true;
    await this.refill();
    const spare = this.#spare;
    this.#spare = undefined;
    for (const nonce of [...this.#handed, ...(spare === undefined ? [] : [spare.nonce])]) {
      await this.#options.folder.removeClaim(nonce);
    }
    this.#handed.clear();
  }

  async #refill(): Promise<void> {
    if (this.#discarded) {
      return;
    }
    try {
      this.#spare ??= await this.#prepare();
    } catch (error) {
      this.#options.log.warn(`No claim is at hand: ${toStyxyError(error).message}`);
    }
  }

  async #prepare(): Promise<LockRecord> {
    const { folder, ids, record, socket } = this.#options;
    const claim = { ...record, socket: socket(), nonce: ids.nonce(16) };
    await folder.prepareClaim(claim);
    return claim;
  }
}
