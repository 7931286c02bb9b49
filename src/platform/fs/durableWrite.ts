/** Writing so that it is on the disk afterwards, and one write after the other. */
import { fdatasync, write } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { ignoring } from './errors';
import { removeLeftover, withFile } from './files';

/** What was forced to the disk, for benchmarks that count. */
export type SyncKind = 'journal' | 'checkpoint' | 'folder';
export type OnSync = (kind: SyncKind) => void;

/**
 * Writes all of `content` at the file's position (its end, in append mode). A short write is
 * an error with errno `ENOSPC`: it is what a nearly full disk answers before it refuses.
 */
export function writeAll(file: FileHandle, content: Uint8Array): Promise<void> {
  // The callback form costs a tenth less than the promises' for a journal's line (measured).
  return new Promise((resolve, reject) => {
    write(file.fd, content, 0, content.byteLength, null, (error, written) => {
      if (error !== null) {
        reject(error);
      } else if (written !== content.byteLength) {
        reject(shortWrite(written, content.byteLength));
      } else {
        resolve();
      }
    });
  });
}

export function syncData(file: FileHandle): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(file.fd, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Only its owner reads and writes it. */
const PRIVATE_MODE = 0o600;

export interface NewFileOptions {
  /** 0600 by default. */
  readonly mode?: number | undefined;
  /** Whether it is on the disk when this is done; its name may need `syncFolder`. */
  readonly sync?: boolean;
  /** Whether a file that could not be finished is removed again. */
  readonly isWhole?: boolean;
}

/**
 * Writes a file that must not exist yet. Errors: raw errno, `EEXIST` among them; after any other
 * one a part of the file may be there, unless `isWhole`.
 */
export function createExclusive(
  path: string,
  content: Uint8Array | string,
  { mode = PRIVATE_MODE, sync = false, isWhole = false }: NewFileOptions = {},
): Promise<void> {
  return withFile(open(path, 'wx', PRIVATE_MODE & mode), async (file) => {
    try {
      await writeAll(file, typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
      if ((PRIVATE_MODE & mode) !== mode && process.platform !== 'win32') {
        await file.chmod(mode);
      }
      if (sync) {
        await syncData(file);
      }
    } catch (error) {
      if (isWhole) {
        await removeLeftover(path);
      }
      throw error;
    }
  });
}

/** File systems and systems that cannot sync a folder say so in one of these ways. */
const NO_FOLDER_SYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR'];

/** Makes created, renamed and removed names survive a power loss, where the OS can do that. */
export async function syncFolder(path: string, onSync?: OnSync): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  await withFile(open(path, 'r'), (folder) =>
    ignoring(
      NO_FOLDER_SYNC,
      folder.sync().then(() => onSync?.('folder')),
    ),
  );
}

/** Windows: scanners and indexers keep a new file open for a moment, which blocks its renaming. */
const RENAME_DELAYS_MS = [5, 20, 80, 320];
const HELD_OPEN = ['EPERM', 'EACCES', 'EBUSY'];

/** Replaces `to` atomically. `sleep` is used on Windows only. */
export async function replaceFile(
  from: string,
  to: string,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  const delays = process.platform === 'win32' ? RENAME_DELAYS_MS : [];
  for (const delay of delays) {
    const renamed = rename(from, to).then(() => true);
    if (await ignoring(HELD_OPEN, renamed)) {
      return;
    }
    await sleep(delay);
  }
  await rename(from, to);
}

/** Does steps one after the other, in the order they were asked for, also after one that failed. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step, step);
    this.#last = done;
    return done;
  }
}

function shortWrite(written: number, wanted: number): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`Only ${written} of ${wanted} bytes were written`);
  error.code = 'ENOSPC';
  return error;
}
