import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { errnoOf } from './errno';

/**
 * The canonical path of what `path` leads to, symlinks followed; undefined if there is nothing, or
 * a symlink to nothing. Other errors: raw errno.
 */
export async function canonicalOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
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
