/** What a failed system call means: its errno, and what that is to a caller. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StyxyError, type ErrorDetails } from '../../core/domain/errors';

/** Node's own errors are `ERR_...`; those are mistakes of the caller, not of the machine. */
const ERRNO = /^E(?!RR_)[A-Z0-9]+$/;

/** The errno of a failed system call (`ENOENT`, ...), undefined for anything else that was thrown. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') {
    return undefined;
  }
  return ERRNO.test(thrown.code) ? thrown.code : undefined;
}

/** What `work` resolves to; undefined if it fails with one of these errnos. Other errors stay. */
export async function ignoring<T>(
  errnos: readonly string[],
  work: Promise<T>,
): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!errnos.includes(errnoOf(error) ?? '')) {
      throw error;
    }
    return undefined;
  }
}

/** What `work` resolves to; undefined if there is no such file or folder. Other errors stay. */
export function ifPresent<T>(work: Promise<T>): Promise<T | undefined> {
  return ignoring(['ENOENT'], work);
}

/**
 * What `work` resolves to; undefined if the machine refuses it, whatever the errno. What carries
 * no errno is a mistake in the code and stays an error.
 */
export async function ifAvailable<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

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

/** Does `step`; what it throws comes out as `storageError` describes it. */
export async function storageStep<T>(context: StorageContext, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw await storageError(error, context);
  }
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
  const { action, path, reading } = context;
  const folder = dirname(path);
  const details = { errno, path };
  const because = (message: string) =>
    new StyxyError('storage_unavailable', `Styxy cannot ${action} ${path}${message}`, {
      details,
      cause: thrown,
    });
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return fullDisk(thrown, context, details);
    case 'EACCES':
    case 'EPERM':
      return new StyxyError(
        reading === true ? 'storage_unavailable' : 'permission_denied',
        `Styxy may not ${action} ${path} (${errno}). ` +
          `Give it back to yourself: chown -R "$(id -un)" '${folder}' && chmod -R u+rwX '${folder}'`,
        { details, cause: thrown },
      );
    case 'EROFS':
      return because(
        ': its file system is read-only. ' +
          'Remount it writable, or set STYXY_HOME to a folder elsewhere and reload the windows.',
      );
    case 'EMFILE':
    case 'ENFILE':
      return because(
        ': too many files are open. ' +
          'Close some windows, or raise the limit (ulimit -n) and start the editor again.',
      );
    default:
      return because(` (${errno}). Check the disk and the folder; Styxy tries again by itself.`);
  }
}

async function fullDisk(
  thrown: unknown,
  { action, path, bytes = 0 }: StorageContext,
  details: ErrorDetails,
): Promise<StyxyError> {
  const neededBytes = Math.max(MIN_FREE_BYTES, 2 * bytes);
  const folder = dirname(path);
  // Bytes that an unprivileged user may still write; undefined where the OS does not say.
  const free = await ifAvailable(statfs(folder));
  const freeBytes = free && free.bavail * free.bsize;
  const reason =
    details.errno === 'EDQUOT'
      ? 'your disk quota is used up'
      : `the disk is full (${freeBytes === undefined ? 'free space unknown' : `${formatBytes(freeBytes)} free`})`;
  return new StyxyError(
    'storage_unavailable',
    `Styxy cannot ${action} ${path}: ${reason}. ` +
      `Make at least ${formatBytes(neededBytes)} free on the disk of ${folder}; Styxy then goes on by itself.`,
    {
      details: { ...details, neededBytes, ...(freeBytes === undefined ? {} : { freeBytes }) },
      retryable: true,
      cause: thrown,
    },
  );
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  return bytes < MIN_FREE_BYTES
    ? `${Math.ceil(bytes / 1024)} KiB`
    : `${Math.ceil(bytes / MIN_FREE_BYTES)} MiB`;
}
