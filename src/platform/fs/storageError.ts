import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StyxyError, type ErrorDetails } from '../../core/domain/errors';
import { errnoOf } from './errno';

export interface StorageContext {
  /** What was tried, as a verb phrase: `append to`, `read`. */
  readonly action: string;
  /** The file or folder it was tried on. */
  readonly path: string;
  /** How much was to be written. */
  readonly bytes?: number;
  /** Failed reads are `storage_unavailable` whatever the reason: only ENOENT proves absence. */
  readonly reading?: boolean;
}

/** Below this much free space the next commits and the checkpoint would fail too. */
const MIN_FREE_BYTES = 1024 * 1024;

/**
 * What a failed file operation means for the caller: `permission_denied`, or `storage_unavailable`
 * (retryable) with `details.errno` and, on a full disk, `details.neededBytes` and `freeBytes`.
 * Whatever carries no errno is a mistake in the code and comes back as it is.
 */
export async function storageError(thrown: unknown, context: StorageContext): Promise<unknown> {
  const errno = errnoOf(thrown);
  if (thrown instanceof StyxyError || errno === undefined) {
    return thrown;
  }
  const details = { errno, path: context.path };
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return fullDisk(thrown, context, details);
    case 'EACCES':
    case 'EPERM':
      return new StyxyError(
        context.reading === true ? 'storage_unavailable' : 'permission_denied',
        `Styxy may not ${context.action} ${context.path} (${errno}). ` +
          `Give it back to yourself: chown -R "$(id -un)" '${dirname(context.path)}' && chmod -R u+rwX '${dirname(context.path)}'`,
        { details, cause: thrown },
      );
    case 'EROFS':
      return new StyxyError(
        'storage_unavailable',
        `Styxy cannot ${context.action} ${context.path}: its file system is read-only. ` +
          'Remount it writable, or set STYXY_HOME to a folder elsewhere and reload the windows.',
        { details, cause: thrown },
      );
    case 'EMFILE':
    case 'ENFILE':
      return new StyxyError(
        'storage_unavailable',
        `Styxy cannot ${context.action} ${context.path}: too many files are open. ` +
          'Close some windows, or raise the limit (ulimit -n) and start the editor again.',
        { details, cause: thrown },
      );
    default:
      return new StyxyError(
        'storage_unavailable',
        `Styxy cannot ${context.action} ${context.path} (${errno}). ` +
          'Check the disk and the folder; Styxy tries again by itself.',
        { details, cause: thrown },
      );
  }
}

async function fullDisk(
  thrown: unknown,
  context: StorageContext,
  details: ErrorDetails,
): Promise<StyxyError> {
  const neededBytes = Math.max(MIN_FREE_BYTES, 2 * (context.bytes ?? 0));
  const freeBytes = await freeSpace(dirname(context.path));
  const reason =
    details.errno === 'EDQUOT'
      ? 'your disk quota is used up'
      : `the disk is full (${freeBytes === undefined ? 'free space unknown' : `${formatBytes(freeBytes)} free`})`;
  return new StyxyError(
    'storage_unavailable',
    `Styxy cannot ${context.action} ${context.path}: ${reason}. ` +
      `Make at least ${formatBytes(neededBytes)} free on the disk of ${dirname(context.path)}; Styxy then goes on by itself.`,
    {
      details: { ...details, neededBytes, ...(freeBytes === undefined ? {} : { freeBytes }) },
      retryable: true,
      cause: thrown,
    },
  );
}

/** Bytes that an unprivileged user may still write; undefined where the OS does not say. */
async function freeSpace(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  return bytes < MIN_FREE_BYTES
    ? `${Math.ceil(bytes / 1024)} KiB`
    : `${Math.ceil(bytes / MIN_FREE_BYTES)} MiB`;
}
