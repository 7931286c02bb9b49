import { lstat, mkdir, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { StyxyError } from '../../core/domain/errors';
import { errnoOf } from './errno';
import { storageError } from './storageError';

export interface PrivateFolderOptions {
  /** Of this process; undefined on Windows, where files have no mode to check. */
  readonly uid: number | undefined;
  /** What the folder is, for messages: `Styxy's home`. */
  readonly what: string;
  /** Whether missing parents are made too. */
  readonly parents: boolean;
  /** What a person may do instead of repairing this folder. */
  readonly otherwise: string;
}

/** Group and others may write. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Makes sure that a folder is there and that nobody but this user may write to it; answers its
 * canonical path. A missing one is made with mode 0700. A symlink is followed if it is the user's
 * own (or root's) and what it points to passes. Errors: `permission_denied` with the command to
 * run, `invalid_argument` if something else has that name, `storage_unavailable`.
 */
export async function ensurePrivateFolder(
  path: string,
  options: PrivateFolderOptions,
): Promise<string> {
  const found = (await lstatOrAbsent(path, options)) ?? (await create(path, options));
  if (!found.isSymbolicLink()) {
    judge(path, found, options);
    return attempt(() => realpath(path), 'open', path);
  }
  if (options.uid !== undefined && found.uid !== options.uid && found.uid !== 0) {
    throw foreign(path, found, options);
  }
  const target = await attempt(() => realpath(path), 'follow', path);
  judge(target, await attempt(() => stat(target), 'open', target), options);
  return target;
}

function judge(path: string, found: Stats, options: PrivateFolderOptions): void {
  if (!found.isDirectory()) {
    throw new StyxyError(
      'invalid_argument',
      `${options.what} ${path} is not a folder. Rename what has this name, or ${options.otherwise}.`,
      { details: { path } },
    );
  }
  if (options.uid === undefined) {
    return;
  }
  if (found.uid !== options.uid) {
    throw foreign(path, found, options);
  }
  if ((found.mode & WRITABLE_BY_OTHERS) !== 0) {
    const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
    throw new StyxyError(
      'permission_denied',
      `Other users may write to ${options.what} ${path} (mode ${mode}). Run: chmod 700 '${path}' ` +
        `- or ${options.otherwise}.`,
      { details: { path, mode } },
    );
  }
}

function foreign(path: string, found: Stats, options: PrivateFolderOptions): StyxyError {
  return new StyxyError(
    'permission_denied',
    `${options.what} ${path} belongs to another user (id ${found.uid}, you are ${options.uid}). ` +
      `Run: sudo chown -R ${options.uid} '${path}' && chmod 700 '${path}' - or ${options.otherwise}.`,
    { details: { path, owner: found.uid } },
  );
}

async function lstatOrAbsent(
  path: string,
  options: PrivateFolderOptions,
): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') {
      return undefined;
    }
    if (errno === 'ENOTDIR') {
      throw notAFolder(path, options, error);
    }
    throw await storageError(error, { action: 'open', path });
  }
}

async function create(path: string, options: PrivateFolderOptions): Promise<Stats> {
  try {
    await mkdir(path, { recursive: options.parents, mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it meanwhile; what is there now is judged like any other.
    if (errnoOf(error) === 'ENOTDIR') {
      throw notAFolder(path, options, error);
    }
    if (errnoOf(error) !== 'EEXIST') {
      throw await storageError(error, { action: 'create', path });
    }
  }
  return attempt(() => lstat(path), 'open', path);
}

function notAFolder(path: string, options: PrivateFolderOptions, cause: unknown): StyxyError {
  return new StyxyError(
    'invalid_argument',
    `${options.what} ${path} cannot be made: a part of that path is a file. ` +
      `Rename it, or ${options.otherwise}.`,
    { details: { path, errno: 'ENOTDIR' }, cause },
  );
}

async function attempt<T>(step: () => Promise<T>, action: string, path: string): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw await storageError(error, { action, path });
  }
}
