/** The same code with one thing wrong: a checker that finds nothing here finds nothing anywhere. */
import type {
  EpochFolder,
  JournalCopy,
  JournalFile,
  Listing,
} from '../../src/core/host/interfaces';
import { FileEpochFolder, type EpochFolderOptions } from '../../src/platform/storage/epochFolder';
import type { DiskFlaws } from './disk';

export interface Control {
  readonly flaws: DiskFlaws;
  /** A seed from which on it is found soon; 1 if not given. */
  readonly from?: number;
  readonly leaderFolder?: (options: EpochFolderOptions) => EpochFolder;
}

export const NO_CONTROL: Control = { flaws: {} };

export const CONTROLS: Readonly<Record<string, Control>> = {
  /** CHECK always passes: a leader never sees that a higher number was taken. */
  'no-check': { flaws: {}, leaderFolder: (options) => new BlindFolder(options) },
  /** Journals are opened whether they exist or not. */
  'shared-journals': { flaws: { sharedJournals: true }, from: 90 },
  /** Recovery reads what an epoch began with, and none of its commits. */
  'no-replay': { flaws: { openingOnly: true } },
};

class BlindFolder extends FileEpochFolder {
  #own = 0;

  override async createJournal(epoch: number, copy: JournalCopy): Promise<JournalFile | 'lost'> {
    const journal = await super.createJournal(epoch, copy);
    if (journal !== 'lost' && copy === 'b') {
      this.#own = epoch;
    }
    return journal;
  }

  override async list(): Promise<Listing> {
    const listing = await super.list();
    return this.#own === 0
      ? listing
      : {
          ...listing,
          files: listing.files.filter(({ epoch }) => epoch <= this.#own),
          highest: Math.min(listing.highest, this.#own),
        };
  }
}
