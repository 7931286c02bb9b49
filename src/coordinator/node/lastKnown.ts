/** What a participant remembers of the leaders that it saw, while there is none. */
import { isHeldIn, type Allocation } from '../../core/domain/model';
import { MAX_REQUEST_BYTES } from '../../core/messages/methods';
import type { Snapshot } from '../../core/messages/requests';
import type { LeaderConnection } from './leaderConnection';

/** An introduction has to fit into one message, and is about more than this. */
const MAX_HOLDS_LENGTH = MAX_REQUEST_BYTES / 2;

export class LastKnown {
  #seen = 0;
  #served = 0;
  #last: Snapshot | undefined;
  #complete: Snapshot | undefined;

  /** The highest epoch of which anything was seen. */
  get seen(): number {
    return this.#seen;
  }

  /** The highest epoch in which a leader answered: what it left cannot be nothing. */
  get served(): number {
    return this.#served;
  }

  /** The last push. */
  get snapshot(): Snapshot | undefined {
    return this.#last;
  }

  saw(epoch: number): void {
    this.#seen = Math.max(this.#seen, epoch);
  }

  follows({ epoch }: LeaderConnection): void {
    this.saw(epoch);
    this.#served = Math.max(this.#served, epoch);
  }

  left({ snapshot, isResyncing }: LeaderConnection): void {
    this.#last = snapshot;
    if (!isResyncing) {
      this.#complete = snapshot;
    }
  }

  /**
   * What was held in these folders, by the last snapshot of a leader that was not resyncing; as much
   * of it as fits into one message.
   */
  holds(folders: readonly string[]): readonly Allocation[] {
    const held: Allocation[] = [];
    let length = 0;
    for (const { state, process, ...allocation } of this.#complete?.allocations ?? []) {
      if (folders.some((folder) => isHeldIn(allocation, folder))) {
        length += JSON.stringify(allocation).length;
        if (length > MAX_HOLDS_LENGTH) {
          break;
        }
        held.push(allocation);
      }
    }
    return held;
  }
}
