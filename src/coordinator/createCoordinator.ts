import type { Coordinator } from '../core/client';
import type { ParticipantKind } from '../core/model';
import type { Log } from '../core/ports';

export interface CoordinatorOptions {
  readonly kind: ParticipantKind;
  /** What a person would call this participant: the workspace's name or the command line. */
  readonly label: string;
  /** Canonical absolute paths of the folders it has open. */
  readonly folders: readonly string[];
  /** Which editor or command this is, for people: `Visual Studio Code`, `styxy allocate`. */
  readonly product: string;
  /** Version of Styxy. */
  readonly version: string;
  /** Where everything is kept; `STYXY_HOME` and the default are applied when it is absent. */
  readonly home?: string;
  /** Development hosts keep to a home of their own unless `STYXY_HOME` says otherwise. */
  readonly development?: boolean;
  /**
   * Where a leadership of this participant runs: in a worker thread from this script (an
   * extension host's main thread is shared and may stall), or on the calling thread.
   */
  readonly leader:
    { readonly kind: 'worker'; readonly script: string } | { readonly kind: 'inline' };
  readonly log: Log;
}

/**
 * Starts taking part and answers at once: nothing is awaited, no I/O is done before the first
 * turn of the event loop. Requests wait for a leader until their deadline.
 */
export function createCoordinator(_options: CoordinatorOptions): Coordinator {
  throw new Error('not yet');
}
