import { lstat, mkdir, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { StyxyError } from '../../core/domain/errors';
import { errnoOf, ifPresent, ignoring, storageStep } from './errors';

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
 * Makes sure that a folder is there and that only this user may write to it; answers its canonical
 * path. A missing one is made with mode 0700. A symlink is followed if it is the user's own (or
 * root's) and what it points to passes. Errors: `permission_denied` with the command to run,
 * `invalid_argument` if something else has that name, `storage_unavailable`.
 */
export async function ensurePrivateFolder(
  path: string,
  options: PrivateFolderOptions,
): Promise<string> {
  const present = await step('open', path, options, () => ifPresent(lstat(path)));
  const found = present ?? (await create(path, options));
  if (!found.isSymbolicLink()) {
    refuseOthers(path, found, options);
    return storageStep({ action: 'open', path }, () => realpath(path));
  }
  if (options.uid !== undefined && found.uid !== options.uid && found.uid !== 0) {
    throw foreign(path, found, options);
  }
  const target = await storageStep({ action: 'follow', path }, () => realpath(path));
  const there = await storageStep({ action: 'open', path: target }, () => stat(target));
  refuseOthers(target, there, options);
  return target;
}

/** Throws for what is no folder, or not this user's alone. */
function refuseOthers(path: string, found: Stats, options: PrivateFolderOptions): void {
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

async function create(path: string, options: PrivateFolderOptions): Promise<Stats> {
  // Another process may have made it meanwhile; what is there now is checked like any other.
  await step('create', path, options, () =>
    ignoring(['EEXIST'], mkdir(path, { recursive: options.parents, mode: 0o700 })),
  );
  return storageStep({ action: 'open', path }, () => lstat(path));
}

/** A step that a file in the place of a parent folder makes impossible. */
function step<T>(
  action: string,
  path: string,
  options: PrivateFolderOptions,
  work: () => Promise<T>,
): Promise<T> {
  return storageStep({ action, path }, async () => {
    try {
      return await work();
    } catch (error) {
      throw errnoOf(error) === 'ENOTDIR' ? notAFolder(path, options, error) : error;
    }
  });
}

function notAFolder(path: string, options: PrivateFolderOptions, cause: unknown): StyxyError {
  return new StyxyError(
    'invalid_argument',
    `${options.what} ${path} cannot be made: a part of that path is a file. ` +
      `Rename it, or ${options.otherwise}.`,
    { details: { path, errno: 'ENOTDIR' }, cause },
  );
}
