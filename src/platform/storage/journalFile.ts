import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { StyxyError } from '../../core/domain/errors';
import type { JournalFile } from '../../core/host/interfaces';
import { syncData, writeAll, type OnSync } from '../fs/durableWrite';
import { ignoring, storageError } from '../fs/errors';

export interface JournalOptions {
  readonly path: string;
  /** Called after each fdatasync. */
  readonly onSync?: OnSync | undefined;
}

const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;

/** Creates the file, or answers `lost` if the name is taken. Other errors: raw errno. */
export async function createJournalFile(options: JournalOptions): Promise<JournalFile | 'lost'> {
  const flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND;
  const file = await ignoring(['EEXIST'], open(options.path, flags, 0o600));
  return file === undefined ? 'lost' : new AppendOnlyFile(file, options);
}

/**
 * One journal, held open by its only writer. After a failed append its end is unknown (torn, or
 * written but not on the disk), so every later one is refused.
 */
class AppendOnlyFile implements JournalFile {
  readonly #file: FileHandle;
  readonly #options: JournalOptions;
  #size = 0;
  #broken: unknown;
  #closed: Promise<void> | undefined;

  constructor(file: FileHandle, options: JournalOptions) {
    this.#file = file;
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  async append(text: string): Promise<void> {
    const { path, onSync } = this.#options;
    if (this.#closed !== undefined || this.#broken !== undefined) {
      throw new StyxyError(
        'storage_unavailable',
        `${path} takes no more lines: ` +
          `${this.#closed === undefined ? 'an earlier one failed' : 'it was closed'}. Ask again; the next leader has a new journal.`,
        { details: { path }, cause: this.#broken },
      );
    }
    const content = Buffer.from(text, 'utf8');
    try {
      await writeAll(this.#file, content);
      this.#size += content.byteLength;
      await syncData(this.#file);
      onSync?.('journal');
    } catch (error) {
      this.#broken = error;
      throw await storageError(error, { action: 'append to', path, bytes: content.byteLength });
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#file.close());
  }
}
