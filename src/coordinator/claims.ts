/** The prepared locks of one leadership: one is always at hand, so that a full disk cannot bar it. */
import { toStyxyError } from '../core/errors';
import type { EpochFolder, Ids, LockRecord, Log } from '../core/ports';

export interface ClaimsOptions {
  readonly folder: EpochFolder;
  readonly ids: Ids;
  readonly log: Log;
  /** All claims of a leadership name the same socket: its connections outlive its epochs. */
  readonly record: Omit<LockRecord, 'nonce'>;
}

export class Claims {
  readonly #options: ClaimsOptions;
  #spare: LockRecord | undefined;

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  /** A claim that lies in the folder and was never used. Errors: `storage_unavailable`. */
  async next(): Promise<LockRecord> {
    const claim = this.#spare ?? (await this.#prepare());
    this.#spare = undefined;
    return claim;
  }

  /** Prepares the next one while there is room. */
  async refill(): Promise<void> {
    try {
      this.#spare ??= await this.#prepare();
    } catch (error) {
      this.#options.log.warn(`No claim is at hand: ${toStyxyError(error).message}`);
    }
  }

  async discard(): Promise<void> {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) {
      await this.#options.folder.removeClaim(spare.nonce);
    }
  }

  async #prepare(): Promise<LockRecord> {
    const { folder, ids, record } = this.#options;
    const claim = { ...record, nonce: ids.nonce(16) };
    await folder.prepareClaim(claim);
    return claim;
  }
}
