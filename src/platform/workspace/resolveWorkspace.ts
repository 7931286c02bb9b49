import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import type { ResolvedWorkspace, WorkspaceResolver } from '../../core/host/interfaces';
import { errnoOf } from '../fs/errno';

/** The plan's file name at a workspace's root. */
const PLAN = 'styxy.json';
/** A folder in a clone, a file in a worktree or submodule. */
const GIT = '.git';

/** Resolves workspaces on the real file system; it remembers nothing, so nothing gets stale. */
export class FileWorkspaceResolver implements WorkspaceResolver {
  async resolve(folder: string, open: ReadonlySet<string>): Promise<ResolvedWorkspace> {
    const canonical = await canonicalFolder(folder);
    const ancestors = withAncestors(canonical);
    const opened = ancestors.find((ancestor) => open.has(ancestor));
    if (opened !== undefined) {
      return { workspace: opened, because: 'open' };
    }
    const [planned, versioned] = await Promise.all([
      nearestWith(PLAN, ancestors, 'file'),
      nearestWith(GIT, ancestors, 'any'),
    ]);
    if (planned !== undefined) {
      return { workspace: planned, because: 'plan' };
    }
    return versioned === undefined
      ? { workspace: canonical, because: 'folder' }
      : { workspace: versioned, because: 'git' };
  }

  /** False only when it is proven gone: a network drive that does not answer still exists. */
  async exists(folder: string): Promise<boolean> {
    try {
      return (await stat(folder)).isDirectory();
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) {
        throw error;
      }
      return errno !== 'ENOENT' && errno !== 'ENOTDIR';
    }
  }
}

async function canonicalFolder(folder: string): Promise<string> {
  try {
    const canonical = await realpath(folder);
    if ((await stat(canonical)).isDirectory()) {
      return canonical;
    }
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EACCES' || errno === 'EPERM') {
      throw new StyxyError(
        'permission_denied',
        `Styxy may not look into ${folder} (${errno}). Name a folder that you may read.`,
        { details: { folder, errno }, cause: error },
      );
    }
    if (errno === undefined) {
      throw error;
    }
    throw new StyxyError(
      'invalid_argument',
      errno === 'ENOENT' || errno === 'ENOTDIR'
        ? `There is no folder ${folder}. Name one that exists.`
        : `${folder} cannot be opened as a folder (${errno}). Name another one.`,
      { details: { folder, errno }, cause: error },
    );
  }
  throw new StyxyError(
    'invalid_argument',
    `${folder} is a file, not a folder. Name the folder it lies in.`,
    { details: { folder } },
  );
}

/** The folder itself first, the root last. */
function withAncestors(folder: string): readonly string[] {
  const ancestors = [folder];
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    ancestors.push(dirname(at));
  }
  return ancestors;
}

async function nearestWith(
  name: string,
  folders: readonly string[],
  kind: 'file' | 'any',
): Promise<string | undefined> {
  const found = await Promise.all(folders.map((folder) => isThere(join(folder, name), kind)));
  return folders[found.indexOf(true)];
}

async function isThere(path: string, kind: 'file' | 'any'): Promise<boolean> {
  try {
    const found = await stat(path);
    return kind === 'any' || found.isFile();
  } catch (error) {
    // What cannot be seen from here names no workspace.
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return false;
  }
}
