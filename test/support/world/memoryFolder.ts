/** The files of one host in memory; every step is atomic. */
import { checkpointText } from '../../../src/core/log/records';
import type {
  CheckpointContent,
  CheckpointCopy,
  EpochFile,
  EpochFolder,
  JournalCopy,
  JournalFile,
  Listing,
  LockRecord,
  Read,
} from '../../../src/core/host/interfaces';

/** What several processes share. */
export type Disk = Map<string, { readonly file: EpochFile; readonly text: string }>;

/** One process's view of a shared disk. */
export class MemoryFolder implements EpochFolder {
  readonly path = '/memory';
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async list(): Promise<Listing> {
    const files = [...this.#disk.values()].map(({ file }) => file);
    return { files, highest: Math.max(0, ...files.map(({ epoch }) => epoch)), claims: [] };
  }

  async readLock(epoch: number): Promise<Read<LockRecord | 'unreadable'>> {
    const read = this.#read({ kind: 'lock', epoch });
    return read.kind === 'absent'
      ? read
      : { kind: 'read', value: JSON.parse(read.value) as LockRecord };
  }

  async lockTouchedAt(): Promise<number | undefined> {
    return undefined;
  }

  async touchLock(): Promise<void> {
    // Nobody looks at the time here.
  }

  async prepareClaim(): Promise<void> {
    // The record itself is the claim.
  }

  async claim(epoch: number, record: LockRecord): Promise<'won' | 'lost'> {
    return this.#create({ kind: 'lock', epoch }, JSON.stringify(record)) ? 'won' : 'lost';
  }

  async createJournal(epoch: number, copy: JournalCopy): Promise<JournalFile | 'lost'> {
    const file: EpochFile = { kind: 'journal', epoch, copy };
    if (!this.#create(file, '')) {
      return 'lost';
    }
    let size = 0;
    return {
      append: async (text) => {
        size += text.length;
        const before = this.#read(file);
        if (before.kind === 'read') {
          this.#disk.set(nameOf(file), { file, text: before.value + text });
        }
      },
      get size() {
        return size;
      },
      close: async () => undefined,
    };
  }

  async readJournal(epoch: number, copy: JournalCopy): Promise<Read<string>> {
    return this.#read({ kind: 'journal', epoch, copy });
  }

  async readCheckpoint(epoch: number, copy: CheckpointCopy): Promise<Read<string>> {
    return this.#read({ kind: 'checkpoint', epoch, copy });
  }

  async writeCheckpoint(epoch: number, content: CheckpointContent): Promise<void> {
    const file: EpochFile = { kind: 'checkpoint', epoch, copy: 'main' };
    const old = this.#disk.get(nameOf(file));
    if (old !== undefined) {
      const bak: EpochFile = { ...file, copy: 'bak' };
      this.#disk.set(nameOf(bak), { file: bak, text: old.text });
    }
    this.#disk.set(nameOf(file), { file, text: checkpointText(content) });
  }

  async remove(file: EpochFile): Promise<void> {
    this.#disk.delete(nameOf(file));
  }

  async readClaim(): Promise<Read<LockRecord | 'unreadable'>> {
    return { kind: 'absent' };
  }

  async removeClaim(): Promise<void> {
    // There are none.
  }

  async checkpointWrittenAt(): Promise<number | undefined> {
    return undefined;
  }

  async quarantine(file: EpochFile): Promise<string> {
    this.#disk.delete(nameOf(file));
    return 'quarantine';
  }

  #read(file: EpochFile): Read<string> {
    const found = this.#disk.get(nameOf(file));
    return found === undefined ? { kind: 'absent' } : { kind: 'read', value: found.text };
  }

  #create(file: EpochFile, text: string): boolean {
    const name = nameOf(file);
    if (this.#disk.has(name)) {
      return false;
    }
    this.#disk.set(name, { file, text });
    return true;
  }
}

function nameOf(file: EpochFile): string {
  return [file.kind, file.epoch, 'copy' in file ? file.copy : ''].join('.');
}
