/**
 * Controls: the same product with one thing taken away. A storm that finds nothing wrong with them
 * proves nothing.
 */
import { join } from 'node:path';
import {
  bodyText,
  checkpointOf,
  checkpointText,
  readCheckpointText,
  readLine,
} from '../../src/core/log/records';
import type {
  CheckpointContent,
  CheckpointCopy,
  EpochFile,
  EpochFolder,
  JournalCopy,
  JournalFile,
  Listing,
  Read,
} from '../../src/core/host/interfaces';
import { apply } from '../../src/core/state/apply';
import { fromBody } from '../../src/core/state/encode';
import type { State } from '../../src/core/state/state';
import { isStateEvent } from '../../src/core/state/events';
import { sha256, SystemClock, SystemIds } from '../../src/platform/fs/runtime';
import { FileEpochFolder } from '../../src/platform/storage/epochFolder';
import { replacing } from '../support/world/replacing';

export const CONTROLS = ['shared-state', 'no-check'] as const;
export type Control = (typeof CONTROLS)[number];

export function controlled(real: EpochFolder, control: Control): EpochFolder {
  switch (control) {
    case 'shared-state':
      return withSharedState(real);
    case 'no-check':
      return withoutCheck(real);
  }
}

/** In the shared folder, where there is one state for all epochs. */
const SHARED = 1;

/**
 * All leaders keep one state file instead of files of their epoch: each answer waits until the
 * whole state is in it, and CHECK follows as ever. Locks and the names of journals still fence.
 */
function withSharedState(real: EpochFolder): EpochFolder {
  const path = join(real.path, 'shared');
  const shared = new FileEpochFolder({ path, clock: new SystemClock(), ids: new SystemIds() });
  const write = ({ seq, body }: Content): Promise<void> =>
    shared.writeCheckpoint(SHARED, checkpointOf({ epoch: SHARED, seq }, sha256, body));
  return replacing(real, {
    async createJournal(epoch, copy) {
      const journal = await real.createJournal(epoch, copy);
      return journal === 'lost' ? 'lost' : new StateWriter(journal, epoch, copy, write);
    },
    readJournal: () => Promise.resolve({ kind: 'absent' }),
    readCheckpoint: (epoch, copy) => readShared(shared, epoch, copy),
    // Every append has written all of it.
    writeCheckpoint: () => Promise.resolve(),
  });
}

/** As if it were the checkpoint of the epoch that is asked for. */
async function readShared(
  shared: EpochFolder,
  epoch: number,
  copy: CheckpointCopy,
): Promise<Read<string>> {
  const read = await shared.readCheckpoint(SHARED, copy);
  const stored = read.kind === 'read' ? readCheckpointText(SHARED, read.value, sha256) : undefined;
  if (stored === undefined) {
    return read;
  }
  const body = JSON.stringify(stored.body);
  const content = checkpointOf({ epoch, seq: stored.seq }, sha256, body);
  return { kind: 'read', value: checkpointText(content) };
}

type Content = Pick<CheckpointContent, 'seq' | 'body'>;

/** In the place of a journal: applies what is appended and writes the whole state. */
class StateWriter implements JournalFile {
  readonly #journal: JournalFile;
  readonly #epoch: number;
  readonly #copy: JournalCopy;
  readonly #write: (content: Content) => Promise<void>;
  #state: State | undefined;

  constructor(
    journal: JournalFile,
    epoch: number,
    copy: JournalCopy,
    write: (content: Content) => Promise<void>,
  ) {
    this.#journal = journal;
    this.#epoch = epoch;
    this.#copy = copy;
    this.#write = write;
  }

  /** It never grows: there is no rotation. */
  get size(): number {
    return 0;
  }

  async append(text: string): Promise<void> {
    if (this.#copy === 'b') {
      return;
    }
    const line = readLine(this.#epoch, text.trimEnd(), sha256);
    if (line.kind === 'opening') {
      const decoded = fromBody(line.stored.body);
      this.#state = decoded.kind === 'state' ? decoded.state : undefined;
      await this.#write({ seq: line.stored.seq, body: JSON.stringify(line.stored.body) });
    } else if (line.kind === 'commit' && this.#state !== undefined) {
      this.#state = line.events.filter(isStateEvent).reduce(apply, this.#state);
      await this.#write({ seq: line.seq, body: bodyText(this.#state) });
    }
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}

/** A leader that has journals sees nothing above its own number, and its files always there. */
function withoutCheck(real: EpochFolder): EpochFolder {
  const own = new Set<number>();
  return replacing(real, {
    async list() {
      const listing = await real.list();
      return own.size === 0 ? listing : blinkered(listing, Math.max(...own));
    },
    async createJournal(epoch, copy) {
      const journal = await real.createJournal(epoch, copy);
      if (journal === 'lost') {
        return 'lost';
      }
      own.add(epoch);
      return {
        append: (text) => journal.append(text),
        get size() {
          return journal.size;
        },
        close() {
          own.delete(epoch);
          return journal.close();
        },
      };
    },
  });
}

function blinkered(listing: Listing, epoch: number): Listing {
  const below = listing.files.filter(
    (file) => file.epoch < epoch || (file.epoch === epoch && file.kind === 'checkpoint'),
  );
  const mine: readonly EpochFile[] = [
    { kind: 'lock', epoch },
    { kind: 'journal', epoch, copy: 'a' },
    { kind: 'journal', epoch, copy: 'b' },
  ];
  return { ...listing, highest: epoch, files: [...below, ...mine] };
}
