/** What the doctor wants to know of the home: who can access it, and what its file system is. */
import type { Stats } from 'node:fs';
import { lstat, readdir, stat, statfs } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { createExclusive } from '../fs/durableWrite';
import { errnoOf, ifPresent } from '../fs/errors';
import { NO_HARD_LINKS, removeLeftover, type Link } from '../fs/files';

export interface HomeFolders {
  /** Canonical. */
  readonly home: string;
  readonly hostFolder: string;
}

/** A home has some dozen; a folder with thousands is not looked through for a report. */
const MAX_ENTRIES = 300;

/** Group and others: the permissions on a file, and on a folder, that expose it. */
const FILE_BITS = 0o066;
const FOLDER_BITS = 0o077;

/** `0700`. Errors: raw errno. */
export async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o7777).toString(8).padStart(4, '0');
}

export interface Exposed {
  /** Relative to the home, with `/`. */
  readonly paths: readonly string[];
  /** Not everything was looked at. */
  readonly isCut: boolean;
}

/** What of the home others may read or write by its own mode. Errors: raw errno. */
export async function exposedIn({ home, hostFolder }: HomeFolders): Promise<Exposed> {
  const folders = [home, hostFolder, join(home, 'backups'), join(hostFolder, 'quarantine')];
  const listed = await Promise.all(folders.map(pathsIn));
  const all = [...new Set([...listed.flat(), hostFolder])];
  const looked = all.slice(0, MAX_ENTRIES);
  const found = await Promise.all(
    looked.map(async (path) => ({ path, stats: await ifPresent(lstat(path)) })),
  );
  return {
    paths: found
      .filter(({ stats }) => stats !== undefined && isExposed(stats))
      .map(({ path }) => relativeTo(home, path)),
    isCut: all.length > looked.length,
  };
}

/** A link's own mode says nothing, and what else lies there is not Styxy's. */
function isExposed(stats: Stats): boolean {
  return (
    (stats.isFile() && (stats.mode & FILE_BITS) !== 0) ||
    (stats.isDirectory() && (stats.mode & FOLDER_BITS) !== 0)
  );
}

/** Damaged files that were set aside, relative to the home. Errors: raw errno. */
export async function quarantinedIn({ home, hostFolder }: HomeFolders): Promise<readonly string[]> {
  const paths = await pathsIn(join(hostFolder, 'quarantine'));
  return paths.slice(0, MAX_ENTRIES).map((path) => relativeTo(home, path));
}

export interface FileSystemFacts {
  /** Undefined where the file system does not count. */
  readonly freeBytes: number | undefined;
  readonly network: string | undefined;
}

/** `f_type` of statfs(2) on Linux; other systems number theirs otherwise. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
]);

/** Errors: raw errno. */
export async function fileSystemOf(
  path: string,
  platform: NodeJS.Platform,
): Promise<FileSystemFacts> {
  const { bavail, bsize, blocks, type } = await statfs(path);
  return {
    freeBytes: blocks === 0 ? undefined : bavail * bsize,
    network: platform === 'linux' ? NETWORK_TYPES.get(type >>> 0) : undefined,
  };
}

export interface LinkTrial {
  readonly folder: string;
  /** Makes the names of the two files this trial's own. */
  readonly nonce: string;
  readonly link: Link;
}

/** Gives a file of its own a second name, and removes both. Errors: raw errno. */
export async function hasHardLinks({ folder, nonce, link }: LinkTrial): Promise<boolean> {
  const file = join(folder, `.doctor-${nonce}`);
  const name = `${file}.link`;
  await createExclusive(file, '');
  try {
    await link(file, name);
    await removeLeftover(name);
    return true;
  } catch (error) {
    if (!NO_HARD_LINKS.has(errnoOf(error) ?? '')) {
      throw error;
    }
    return false;
  } finally {
    await removeLeftover(file);
  }
}

/** A folder that is not there has nothing in it. */
async function pathsIn(folder: string): Promise<readonly string[]> {
  return ((await ifPresent(readdir(folder))) ?? []).map((name) => join(folder, name));
}

function relativeTo(home: string, path: string): string {
  return relative(home, path).split(sep).join('/');
}
