/** Ever longer pauses between attempts that fail, from 1 s to 60 s. */
const FIRST_MS = 1000;
const MAX_MS = 60_000;

export class Backoff {
  #current = 0;

  /** The pause before the next attempt; 0 before the first failure. */
  get current(): number {
    return this.#current;
  }

  /** Counts a failure and answers how long to wait. `firstMs`: where it begins. */
  next(firstMs = FIRST_MS): number {
    this.#current = Math.min(this.#current === 0 ? firstMs : this.#current * 2, MAX_MS);
    return this.#current;
  }

  reset(): void {
    this.#current = 0;
  }
}
