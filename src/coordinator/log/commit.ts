import { StyxyError } from '../../core/domain/errors';
import type { Ending } from '../../core/election/types';
import type {
  Digest,
  EpochFile,
  EpochFolder,
  LockRecord,
  Read,
  Runtime,
} from '../../core/host/interfaces';
import type { Replayed } from '../../core/log/replay';
import type { StateEvent } from '../../core/state/events';
import type { State } from '../../core/state/state';

/** Not a "no": the next leader may find the batch on disk. Asking with the same id is safe. */
export function unknownOutcome(outcome: Extract<CommitOutcome, { kind: 'ended' }>): StyxyError {
  if (outcome.why.kind === 'storage') {
    return (
      outcome.cause ??
      new StyxyError('storage_unavailable', 'The disk refuses to store the answer. Ask again.')
    );
  }
  return new StyxyError('leadership_lost', 'Another window leads by now. Ask again.');
}

/** What one epoch begins with. */
export interface Base {
  readonly state: State;
  readonly seq: number;
  /** The last commits of the epoch before, as far as its checkpoint did not have them. */
  readonly replayed?: readonly Replayed[];
  /** The epoch that it was read from; absent in an empty home, and for a leader that continues from memory. */
  readonly from?: number;
}

export type CommitOutcome =
  | { readonly kind: 'committed' }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: StyxyError };

export interface LogTools extends Runtime {
  readonly folder: EpochFolder;
  readonly digest: Digest;
  /** Does the leader of this epoch answer? */
  probeLeader(epoch: number): Promise<'alive' | 'dead'>;
  /** The record of the next claim, already prepared in the folder. */
  nextClaim(): Promise<LockRecord>;
  /** Reports what was repaired and where the damaged copy lies now. */
  onRepair(file: EpochFile, keptAt: string): void;
}

/** What a lock or a claim says, if it is there and can be read. */
export function recordIn(read: Read<LockRecord | 'unreadable'>): LockRecord | undefined {
  return read.kind === 'read' && read.value !== 'unreadable' ? read.value : undefined;
}

/** Commits that no request asked for. */
export interface Recorder {
  readonly state: State;
  /** Decides on a state that does not move until the events are committed. */
  decideAndRecord(decide: () => readonly StateEvent[]): Promise<CommitOutcome>;
}
