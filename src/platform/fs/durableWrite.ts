import { fdatasync, write } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { errnoOf } from './errno';

/** What was forced to the disk, for those who count. */
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

/** File systems and systems that cannot sync a folder say so in one of these ways. */
const NO_FOLDER_SYNC: ReadonlySet<string> = new Set([
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
]);

/** Makes created, renamed and removed names survive a power loss, where the OS can do that. */
export async function syncFolder(path: string, onSync?: OnSync): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  const folder = await open(path, 'r');
  try {
    await folder.sync();
    onSync?.('folder');
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(errnoOf(error) ?? '')) {
      throw error;
    }
  } finally {
    await folder.close();
  }
}

/** Windows: scanners and indexers keep a new file open for a moment, which blocks its renaming. */
const RENAME_DELAYS_MS = [5, 20, 80, 320];
const HELD_OPEN: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** Replaces `to` atomically. `sleep` is used on Windows only. */
export async function replaceFile(
  from: string,
  to: string,
  sleep: (ms: number) => Promise<void>,
): Promise<void> {
  const delays = process.platform === 'win32' ? RENAME_DELAYS_MS : [];
  for (const delay of delays) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (!HELD_OPEN.has(errnoOf(error) ?? '')) {
        throw error;
      }
      await sleep(delay);
    }
  }
  await rename(from, to);
}

function shortWrite(written: number, wanted: number): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`Only ${written} of ${wanted} bytes were written`);
  error.code = 'ENOSPC';
  return error;
}
