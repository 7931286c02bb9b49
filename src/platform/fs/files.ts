/** Reading, naming and removing files. */
import { constants, type BigIntStats } from 'node:fs';
import { open, realpath, stat, unlink, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { ifAvailable, ifPresent, ignoring } from './errors';

/** Waits for a file to be opened, and closes it whatever becomes of `use`. */
export async function withFile<T>(
  opened: Promise<FileHandle>,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await opened;
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/**
 * A journal is rotated at 8 MiB after its first line and the largest state is far below that.
 * What is longer is damaged; reading it whole would take the process down.
 */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;

/**
 * A file's text; undefined if there is no such file. A longer one is cut at `maxBytes`, bytes that
 * are not UTF-8 become U+FFFD: checksums show both. Other errors: raw errno.
 */
export function readText(path: string, maxBytes = MAX_TEXT_BYTES): Promise<string | undefined> {
  return ifPresent(
    withFile(open(path, 'r'), async (file) => {
      const { size } = await file.stat();
      if (size <= maxBytes) {
        return file.readFile('utf8');
      }
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
      return buffer.toString('utf8', 0, bytesRead);
    }),
  );
}

export type FileContent =
  | { readonly kind: 'read'; readonly bytes: Buffer; readonly stats: BigIntStats }
  | { readonly kind: 'too-long' }
  /** A folder, a pipe, a socket. */
  | { readonly kind: 'no-file' };

/**
 * All of a file that another program writes, if it is a regular one of at most `maxBytes`.
 * Errors: raw errno.
 */
export async function readRegularFile(path: string, maxBytes: number): Promise<FileContent> {
  if (!(await stat(path)).isFile()) {
    return { kind: 'no-file' };
  }
  // Without waiting: a pipe that takes the name right now would block until it has a writer.
  const opened = open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  return withFile(opened, async (file) => {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) {
      return { kind: 'no-file' };
    }
    const bytes = stats.size > maxBytes ? undefined : await file.readFile();
    return bytes === undefined || bytes.byteLength > maxBytes
      ? { kind: 'too-long' }
      : { kind: 'read', bytes, stats };
  });
}

/**
 * The canonical path of what `path` leads to, symlinks followed; undefined if there is nothing, or
 * a symlink to nothing. Other errors: raw errno.
 */
export function canonicalOf(path: string): Promise<string | undefined> {
  return ignoring(['ENOENT', 'ENOTDIR'], realpath(path));
}

/**
 * How to get from one canonical folder down to a canonical path, with `/` on every system; empty
 * for the folder itself, undefined if the path lies outside.
 */
export function pathBelow(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  // Between two drives of Windows there is no way; what comes back is the path itself.
  return isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`)
    ? undefined
    : way.split(sep).join('/');
}

/** Gives an existing file one more name; fails with errno if that name is taken. */
export type Link = (existing: string, name: string) => Promise<void>;

/**
 * How file systems without hard links refuse them: EPERM vfat and exFAT on Linux, ENOTSUP on macOS,
 * ENOSYS FUSE, EISDIR exFAT on Windows (libuv's word for ERROR_INVALID_FUNCTION).
 */
export const NO_HARD_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EISDIR',
]);

/** Removes a file; its absence is fine. Other errors: raw errno. */
export function removeIfThere(path: string): Promise<void> {
  return ifPresent(unlink(path));
}

/**
 * Removes a file whose name is not read any more. If the machine refuses it stays, to go with
 * its epoch: what the caller achieved before counts.
 */
export function removeLeftover(path: string): Promise<void> {
  return ifAvailable(unlink(path));
}
