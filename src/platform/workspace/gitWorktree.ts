import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { GitPlace, WorktreeReader } from '../../core/host/interfaces';
import { errnoOf } from '../fs/errno';
import { canonicalOf } from '../fs/canonicalPath';

/** `.git` of a worktree and `commondir` are one line with a path. */
const MAX_LINE_BYTES = 16 * 1024;

/** Reads gitrepository-layout(5) without git; it remembers nothing, so nothing gets stale. */
export class FileWorktreeReader implements WorktreeReader {
  async worktreeOf(folder: string): Promise<GitPlace> {
    try {
      const canonical = await canonicalOf(folder);
      return canonical === undefined ? { kind: 'unknown' } : await placeOf(canonical);
    } catch (error) {
      if (errnoOf(error) === undefined) {
        throw error;
      }
      return { kind: 'unknown' };
    }
  }
}

/** The nearest ancestor with a `.git`: a folder in a clone, a file in a worktree or submodule. */
async function placeOf(canonical: string): Promise<GitPlace> {
  for (let root = canonical; ; root = dirname(root)) {
    const entry = join(root, '.git');
    const kind = await kindOf(entry);
    if (kind !== undefined) {
      const gitFolder =
        kind === 'folder' ? entry : resolve(root, (await pointerOf(entry)) ?? entry);
      // The folder of a worktree names the repository's; that of a clone or submodule is it.
      const common = await readLine(join(gitFolder, 'commondir'));
      const repository = resolve(gitFolder, common ?? '');
      return { kind: 'worktree', root, repository: (await canonicalOf(repository)) ?? repository };
    }
    if (dirname(root) === root) {
      return { kind: 'none' };
    }
  }
}

async function pointerOf(file: string): Promise<string | undefined> {
  return /^gitdir: (.+)$/.exec((await readLine(file)) ?? '')?.[1];
}

async function kindOf(path: string): Promise<'folder' | 'other' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (isAbsent(error)) {
      return undefined;
    }
    throw error;
  }
}

/** The first line, up to a NUL; undefined for what is no file. Errors: raw errno but ENOENT. */
async function readLine(path: string): Promise<string | undefined> {
  try {
    // A pipe of that name would otherwise be waited for.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      if (!(await file.stat()).isFile()) {
        return undefined;
      }
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_LINE_BYTES), 0);
      return /^[^\r\n\0]*/.exec(buffer.toString('utf8', 0, bytesRead))?.[0];
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsent(error)) {
      return undefined;
    }
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}
