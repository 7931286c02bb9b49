/** What past epochs left on disk: the state to go on from, and what is damaged of it. */
import type { Recovery } from '../../core/election/types';
import { toStyxyError } from '../../core/domain/errors';
import type { EpochFile } from '../../core/host/interfaces';
import {
  replayEpoch,
  type CopyName,
  type EpochCopies,
  type EpochReplay,
} from '../../core/log/replay';
import { emptyState, needingResync } from '../../core/state/state';
import type { Base, LogTools } from './commit';

const COPIES: readonly CopyName[] = ['main', 'bak', 'a', 'b'];

export type LogRecoveryTools = Pick<LogTools, 'folder' | 'digest' | 'log' | 'onRepair'>;

export class LogRecovery {
  readonly #tools: LogRecoveryTools;
  readonly #seen: number;
  readonly #served: number;
  /** Copies found damaged; moved aside only once the own epoch holds what they held. */
  #replayed:
    | { readonly epoch: number; readonly copies: EpochCopies; readonly replay: EpochReplay }
    | undefined;
  #damaged: EpochFile[] = [];

  /**
   * `seen`: the highest epoch that this process ever saw, 0 for none. `served`: the highest in which
   * it saw a leader answer; what such an epoch left cannot be nothing.
   */
  constructor(tools: LogRecoveryTools, seen: number, served = 0) {
    this.#tools = tools;
    this.#seen = seen;
    this.#served = served;
  }

  /** The newest epoch below that can be read; marked for a resync when something answered is lost. */
  async recover(epoch: number): Promise<Recovery<Base>> {
    const { folder, log } = this.#tools;
    this.#damaged = [];
    const listing = await folder.list();
    const below = [...new Set(listing.files.map((file) => file.epoch))]
      .filter((other) => other < epoch)
      .sort((x, y) => y - x);
    let resync = this.#seen > 0 && below.length === 0;
    for (const candidate of below) {
      const replay = this.#replay(candidate, await this.#read(candidate));
      if (replay.kind === 'newer') {
        return { kind: 'newer' };
      }
      if (replay.kind === 'unopened') {
        continue;
      }
      this.#damaged.push(...replay.damaged.map((copy) => fileOf(candidate, copy)));
      if (replay.kind === 'base') {
        resync ||= replay.gap || candidate < this.#served;
        const state = resync ? needingResync(replay.state) : replay.state;
        const { seq, replayed } = replay;
        return { kind: 'base', base: { state, seq, replayed, from: candidate } };
      }
      log.error(
        `Everything of epoch ${candidate} is damaged; an older one serves, after a resync.`,
      );
      resync = true;
    }
    resync ||= this.#served > 0;
    const fresh = emptyState();
    return { kind: 'base', base: { state: resync ? needingResync(fresh) : fresh, seq: 0 } };
  }

  /**
   * It is called twice: before the number is claimed, and for certain once it is. The same bytes
   * mean the same, and reading them is by far the most expensive part of a takeover.
   */
  #replay(epoch: number, copies: EpochCopies): EpochReplay {
    const before = this.#replayed;
    if (before?.epoch === epoch && isSame(before.copies, copies)) {
      return before.replay;
    }
    const replay = replayEpoch(epoch, copies, this.#tools.digest);
    this.#replayed = { epoch, copies, replay };
    return replay;
  }

  async #read(epoch: number): Promise<EpochCopies> {
    const { folder } = this.#tools;
    const [main, bak, a, b] = await Promise.all([
      folder.readCheckpoint(epoch, 'main'),
      folder.readCheckpoint(epoch, 'bak'),
      folder.readJournal(epoch, 'a'),
      folder.readJournal(epoch, 'b'),
    ]);
    return { main, bak, a, b };
  }

  /** Damaged copies are kept for inspection, out of the way of recovery. */
  async keepDamaged(): Promise<void> {
    const { folder, onRepair, log } = this.#tools;
    for (const file of this.#damaged) {
      try {
        onRepair(file, await folder.quarantine(file));
      } catch (error) {
        log.warn(
          `A damaged copy of epoch ${file.epoch} stays in place: ${toStyxyError(error).message}`,
        );
      }
    }
  }
}

function fileOf(epoch: number, copy: CopyName): EpochFile {
  return copy === 'a' || copy === 'b'
    ? { kind: 'journal', epoch, copy }
    : { kind: 'checkpoint', epoch, copy };
}

function isSame(a: EpochCopies, b: EpochCopies): boolean {
  return COPIES.every((name) => {
    const [one, other] = [a[name], b[name]];
    return one.kind === 'read' && other.kind === 'read'
      ? one.value === other.value
      : one.kind === other.kind;
  });
}
