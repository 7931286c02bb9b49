/**
 * Many editors empty a file before they write it, or put another in its place: that nothing is left
 * of it is believed when it still is so after a while.
 */
import type { ConfigStamp } from '../../core/host/interfaces';

/** A file that is empty or gone for so long is meant to be: less than a look apart. */
export const EMPTY_FILE_MS = 400;

export class EmptyFileGuard {
  /** Since when it is seen to be so. */
  #since: { readonly stamp: ConfigStamp; readonly at: number } | undefined;

  /** Whether what was read last waits to be believed. */
  get isDoubted(): boolean {
    return this.#since !== undefined;
  }

  /** Something else was read, which is in doubt for no such reason. */
  forget(): void {
    this.#since = undefined;
  }

  /** Whether `text` is to be looked at again. Undefined texts stand for an absent file. */
  doubts(
    text: string | undefined,
    before: string | undefined,
    { stamp, now }: { readonly stamp: ConfigStamp; readonly now: number },
  ): boolean {
    if (!isBlank(text) || isBlank(before)) {
      this.#since = undefined;
      return false;
    }
    if (this.#since?.stamp !== stamp) {
      this.#since = { stamp, at: now };
    }
    return now - this.#since.at < EMPTY_FILE_MS;
  }
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}
