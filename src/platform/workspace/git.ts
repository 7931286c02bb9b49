/**
 * Which project a folder belongs to and what git says of it, read from the files that
 * gitrepository-layout(5) describes. Nothing is remembered, so nothing gets stale.
 */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import { PLAN_FILE } from '../../core/domain/plan';
import type { GitPlace, ResolvedWorkspace, WorkspaceReader } from '../../core/host/interfaces';
import { errnoOf, ifAvailable, ignoring } from '../fs/errors';
import { canonicalOf, readRegularFile } from '../fs/files';
import { runCommand, type RunCommand } from '../fs/runProgram';

/** A working tree, and where it keeps its `HEAD` and its index. */
interface Repository {
  readonly root: string;
  readonly gitFolder: string;
}

/** A folder in a clone, a file in a worktree or submodule. */
const GIT = '.git';
/** `HEAD`, `commondir` and the `.git` of a worktree are one line with a path. */
const MAX_LINE_BYTES = 16 * 1024;
/** Looking one path up in the index takes milliseconds; a dead network drive may take for ever. */
const GIT_TIMEOUT_MS = 5_000;
/** `git ls-files --error-unmatch`: there is no such path in the index. */
const NOT_TRACKED = 1;

/** Reads workspaces on the real file system. */
export class FileWorkspaceReader implements WorkspaceReader {
  readonly branchOf = branchOf;
  readonly worktreeOf = worktreeOf;

  async resolve(folder: string, open: ReadonlySet<string>): Promise<ResolvedWorkspace> {
    const canonical = await canonicalFolder(folder);
    const ancestors = withAncestors(canonical);
    const opened = ancestors.find((ancestor) => open.has(ancestor));
    if (opened !== undefined) {
      return { workspace: opened, because: 'open' };
    }
    const [planned, versioned] = await Promise.all([
      nearestWith(PLAN_FILE, ancestors, 'file'),
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
      return !ABSENT.includes(errno);
    }
  }
}

/** Reads where a worktree's repository is without running git. */
export async function worktreeOf(folder: string): Promise<GitPlace> {
  return (await ifAvailable(placeOf(folder))) ?? { kind: 'unknown' };
}

/**
 * The branch that is checked out where the workspace lies, worktrees and submodules included, read
 * without git. Undefined for a detached head, without a repository, and where it cannot be told.
 */
export async function branchOf(workspace: string): Promise<string | undefined> {
  const branch = /^ref: refs\/heads\/(.+)$/.exec((await ifAvailable(headOf(workspace))) ?? '')?.[1];
  // What git leaves in HEAD for others when its references are in tables.
  return branch === '.invalid' ? undefined : branch;
}

/**
 * Whether git tracks a file of the workspace (`path` with `/`), by way of symlinks too. True as
 * well where that cannot be told, because git is missing, too slow or at odds with the repository:
 * callers want to leave tracked files alone. False without a repository.
 */
export async function isTracked(
  workspace: string,
  path: string,
  run: RunCommand = runCommand,
): Promise<boolean> {
  return (await ifAvailable(isInIndex(join(workspace, ...path.split('/')), run))) ?? true;
}

/** Errors: raw errno. */
async function placeOf(folder: string): Promise<GitPlace> {
  const canonical = await canonicalOf(folder);
  if (canonical === undefined) {
    return { kind: 'unknown' };
  }
  const found = await repositoryOf(canonical);
  if (found === undefined) {
    return { kind: 'none' };
  }
  const { root, gitFolder } = found;
  // The folder of a worktree names the repository's; that of a clone or submodule is it.
  const repository = resolve(gitFolder, (await readLine(join(gitFolder, 'commondir'))) ?? '');
  return { kind: 'worktree', root, repository: (await canonicalOf(repository)) ?? repository };
}

/** Errors: raw errno. */
async function headOf(workspace: string): Promise<string | undefined> {
  const repository = await repositoryOf((await canonicalOf(workspace)) ?? workspace);
  return repository && readLine(join(repository.gitFolder, 'HEAD'));
}

/** Errors: raw errno. */
async function isInIndex(named: string, run: RunCommand): Promise<boolean> {
  const folder = (await canonicalOf(dirname(named))) ?? dirname(named);
  const file = (await canonicalOf(named)) ?? join(folder, basename(named));
  const repository = await repositoryOf((await canonicalOf(dirname(file))) ?? dirname(file));
  if (repository === undefined) {
    return false;
  }
  const { root, gitFolder } = repository;
  const path = relative(root, file).split(sep).join('/');
  // Said in full, because a hook that started this process may have set them for another
  // repository. The monitor is a program of the repository's choice: it is not asked.
  const { exitCode } = await run(
    'git',
    [
      ...['-C', root, `--git-dir=${gitFolder}`, `--work-tree=${root}`],
      ...['-c', 'core.fsmonitor=false'],
      ...['ls-files', '--error-unmatch', '--', path],
    ],
    {
      env: {
        GIT_INDEX_FILE: join(gitFolder, 'index'),
        GIT_LITERAL_PATHSPECS: '1',
        GIT_OPTIONAL_LOCKS: '0',
      },
      timeoutMs: GIT_TIMEOUT_MS,
    },
  );
  return exitCode !== NOT_TRACKED;
}

/** That of the nearest ancestor with a `.git`. Errors: raw errno. */
async function repositoryOf(canonical: string): Promise<Repository | undefined> {
  for (const root of withAncestors(canonical)) {
    const entry = join(root, GIT);
    const found = await ignoring(ABSENT, stat(entry));
    if (found !== undefined) {
      const line = found.isDirectory() ? undefined : await readLine(entry);
      const pointer = /^gitdir: (.+)$/.exec(line ?? '')?.[1];
      return { root, gitFolder: resolve(root, pointer ?? entry) };
    }
  }
  return undefined;
}

/** The first line, up to a NUL; undefined for what is no file. Errors: raw errno but absence. */
async function readLine(path: string): Promise<string | undefined> {
  const found = await ignoring(ABSENT, readRegularFile(path, MAX_LINE_BYTES));
  return found?.kind === 'read' ? /^[^\r\n\0]*/.exec(found.bytes.toString('utf8'))?.[0] : undefined;
}

/** There is nothing of that name, or a part of the path is a file. */
const ABSENT = ['ENOENT', 'ENOTDIR'];

async function canonicalFolder(folder: string): Promise<string> {
  try {
    const canonical = await realpath(folder);
    if ((await stat(canonical)).isDirectory()) {
      return canonical;
    }
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) {
      throw error;
    }
    const options = { details: { folder, errno }, cause: error };
    if (errno === 'EACCES' || errno === 'EPERM') {
      const message = `Styxy may not look into ${folder} (${errno}). Name a folder that you may read.`;
      throw new StyxyError('permission_denied', message, options);
    }
    const message = ABSENT.includes(errno)
      ? `There is no folder ${folder}. Name one that exists.`
      : `${folder} cannot be opened as a folder (${errno}). Name another one.`;
    throw new StyxyError('invalid_argument', message, options);
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

/** What cannot be seen from here names no workspace. */
async function isThere(path: string, kind: 'file' | 'any'): Promise<boolean> {
  const found = await ifAvailable(stat(path));
  return found !== undefined && (kind === 'any' || found.isFile());
}
