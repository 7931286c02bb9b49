import { link as linkFile, mkdir, readdir, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  CheckpointContent,
  CheckpointCopy,
  Clock,
  EpochFile,
  EpochFolder,
  Ids,
  JournalCopy,
  JournalFile,
  Listing,
  LockRecord,
  Read,
} from '../../core/host/interfaces';
import { createExclusive, SerialQueue, syncFolder, type OnSync } from '../fs/durableWrite';
import { errnoOf, ifPresent, storageStep, type StorageContext } from '../fs/errors';
import { readText, removeIfThere, removeLeftover, type Link } from '../fs/files';
import { writeCheckpointFile } from './checkpointFile';
import {
  checkpointName,
  claimName,
  fileName,
  journalName,
  lockName,
  parseListing,
  parseName,
} from './fileNames';
import { createJournalFile } from './journalFile';
import { claimLock, formatLockRecord, MAX_LOCK_BYTES, parseLockRecord } from './lockFile';

export interface EpochFolderOptions {
  /** `hosts/<hostId>/`, absolute. */
  readonly path: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Called after each sync, so that a benchmark can count what an answer waits for. */
  readonly onSync?: OnSync;
  /** link(2); replaced by tests of file systems without hard links. */
  readonly link?: Link;
}

/** The files of one host on a real file system. A folder that is gone counts as empty. */
export class FileEpochFolder implements EpochFolder {
  readonly path: string;
  readonly #options: EpochFolderOptions & { readonly link: Link };
  /** Checkpoints are written one after the other, in the order they were asked for. */
  readonly #checkpoints = new SerialQueue();

  constructor(options: EpochFolderOptions) {
    this.path = options.path;
    this.#options = { link: linkFile, ...options };
  }

  list(): Promise<Listing> {
    return storageStep({ action: 'list', path: this.path, reading: true }, async () =>
      parseListing(await this.#names()),
    );
  }

  readLock(epoch: number): Promise<Read<LockRecord | 'unreadable'>> {
    return this.#readRecord(lockName(epoch));
  }

  readClaim(nonce: string): Promise<Read<LockRecord | 'unreadable'>> {
    return this.#readRecord(claimName(nonce));
  }

  lockTouchedAt(epoch: number): Promise<number | undefined> {
    return this.#writtenAt(lockName(epoch));
  }

  touchLock(epoch: number, at: number): Promise<void> {
    const path = this.#at(lockName(epoch));
    const time = new Date(at);
    return storageStep({ action: 'touch', path }, () => utimes(path, time, time));
  }

  prepareClaim(record: LockRecord): Promise<void> {
    const path = this.#at(claimName(record.nonce));
    return this.#create({ action: 'write', path }, async () => {
      // Never in place: a claim of this name may be linked to a lock, which is immutable.
      await removeIfThere(path);
      try {
        await createExclusive(path, formatLockRecord(record));
      } catch (error) {
        await removeLeftover(path);
        throw error;
      }
    });
  }

  claim(epoch: number, record: LockRecord): Promise<'won' | 'lost'> {
    const claim = this.#at(claimName(record.nonce));
    const lock = this.#at(lockName(epoch));
    const content = formatLockRecord(record);
    return storageStep({ action: 'create', path: lock }, () =>
      claimLock({ claim, lock, content, link: this.#options.link }),
    );
  }

  createJournal(epoch: number, copy: JournalCopy): Promise<JournalFile | 'lost'> {
    const path = this.#at(journalName(epoch, copy));
    return this.#create({ action: 'create', path }, async () => {
      const journal = await createJournalFile({ path, onSync: this.#options.onSync });
      if (journal !== 'lost') {
        try {
          await syncFolder(this.path, this.#options.onSync);
        } catch (error) {
          await journal.close();
          throw error;
        }
      }
      return journal;
    });
  }

  readJournal(epoch: number, copy: JournalCopy): Promise<Read<string>> {
    return this.#read(journalName(epoch, copy));
  }

  readCheckpoint(epoch: number, copy: CheckpointCopy): Promise<Read<string>> {
    return this.#read(checkpointName(epoch, copy));
  }

  checkpointWrittenAt(epoch: number): Promise<number | undefined> {
    return this.#writtenAt(checkpointName(epoch, 'main'));
  }

  writeCheckpoint(epoch: number, content: CheckpointContent): Promise<void> {
    const context = { action: 'write', path: this.#at(checkpointName(epoch, 'main')) };
    return this.#checkpoints.run(() =>
      this.#create(context, () =>
        writeCheckpointFile(content, { ...this.#options, folder: this.path, epoch }),
      ),
    );
  }

  /** Removing a lock also removes what unfinished checkpoints of its epoch left behind. */
  remove(file: EpochFile): Promise<void> {
    const path = this.#at(fileName(file));
    return storageStep({ action: 'remove', path }, async () => {
      await removeIfThere(path);
      if (file.kind === 'lock') {
        await this.#removeUnfinished(file.epoch);
      }
    });
  }

  removeClaim(nonce: string): Promise<void> {
    const path = this.#at(claimName(nonce));
    return storageStep({ action: 'remove', path }, () => removeIfThere(path));
  }

  quarantine(file: EpochFile): Promise<string> {
    const name = fileName(file);
    const path = this.#at(name);
    return storageStep({ action: 'move aside', path }, async () => {
      const folder = this.#at('quarantine');
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const at = new Date(this.#options.clock.now()).toISOString().replaceAll(':', '-');
      const target = join(folder, `${name}.${at}.${this.#options.ids.nonce(4)}`);
      await rename(path, target);
      return target;
    });
  }

  #at(name: string): string {
    return join(this.path, name);
  }

  async #names(): Promise<readonly string[]> {
    return (await ifPresent(readdir(this.path))) ?? [];
  }

  #writtenAt(name: string): Promise<number | undefined> {
    const path = this.#at(name);
    return storageStep(
      { action: 'look at', path, reading: true },
      async () => (await ifPresent(stat(path)))?.mtimeMs,
    );
  }

  async #readRecord(name: string): Promise<Read<LockRecord | 'unreadable'>> {
    const read = await this.#read(name, MAX_LOCK_BYTES);
    return read.kind === 'absent' ? read : { kind: 'read', value: parseLockRecord(read.value) };
  }

  #read(name: string, maxBytes?: number): Promise<Read<string>> {
    const path = this.#at(name);
    return storageStep({ action: 'read', path, reading: true }, async () => {
      const text = await readText(path, maxBytes);
      return text === undefined ? { kind: 'absent' } : { kind: 'read', value: text };
    });
  }

  async #removeUnfinished(epoch: number): Promise<void> {
    for (const name of await this.#names()) {
      const parsed = parseName(name);
      if (parsed?.kind === 'temporary' && parsed.epoch === epoch) {
        await removeIfThere(this.#at(name));
      }
    }
  }

  /** A step that makes a file; the folder is made again if it was deleted. */
  #create<T>(context: StorageContext, step: () => Promise<T>): Promise<T> {
    return storageStep(context, async () => {
      try {
        return await step();
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') {
          throw error;
        }
        await mkdir(this.path, { recursive: true, mode: 0o700 });
        return step();
      }
    });
  }
}
