import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { runCommand, type RunCommand } from '../fs/runProgram';
import { errnoOf } from '../fs/errno';
import { canonicalOf } from '../fs/canonicalPath';

/** Where a working tree keeps its `HEAD` and its index. */
interface Repository {
  readonly root: string;
  readonly gitFolder: string;
}

/** `HEAD` and the `.git` of a worktree are one line with a path. */
const MAX_LINE_BYTES = 16 * 1024;
/** Looking one path up in the index takes milliseconds; a dead network drive may take for ever. */
const GIT_TIMEOUT_MS = 5_000;
/** `git ls-files --error-unmatch`: there is no such path in the index. */
const NOT_TRACKED = 1;

/**
 * The branch that is checked out where the workspace lies, worktrees and submodules included, read
 * without git. Undefined for a detached head, without a repository, and where it cannot be told.
 */
export async function branchOf(workspace: string): Promise<string | undefined> {
  try {
    const repository = await repositoryOf(workspace);
    const head =
      repository === undefined ? undefined : await readLine(join(repository.gitFolder, 'HEAD'));
    const branch = /^ref: refs\/heads\/(.+)$/.exec(head ?? '')?.[1];
    // What git leaves in HEAD for others when its references are in tables.
    return branch === '.invalid' ? undefined : branch;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

/**
 * Whether git tracks a file of the workspace (`path` with `/`), by way of symlinks too. True as
 * well where that cannot be told, because git is missing, too slow or at odds with the repository:
 * who asks wants to leave tracked files alone. False without a repository.
 */
export async function isTracked(
  workspace: string,
  path: string,
  run: RunCommand = runCommand,
): Promise<boolean> {
  try {
    const named = join(workspace, ...path.split('/'));
    const file = (await canonicalOf(named)) ?? (await withCanonicalFolder(named));
    const repository = await repositoryOf(dirname(file));
    return repository !== undefined && (await isInIndex(repository, file, run));
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return true;
  }
}

async function withCanonicalFolder(path: string): Promise<string> {
  const folder = await canonicalOf(dirname(path));
  return folder === undefined ? path : join(folder, basename(path));
}

async function isInIndex(
  { root, gitFolder }: Repository,
  file: string,
  run: RunCommand,
): Promise<boolean> {
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
async function repositoryOf(folder: string): Promise<Repository | undefined> {
  const canonical = (await canonicalOf(folder)) ?? folder;
  for (let root = canonical; ; root = dirname(root)) {
    const entry = join(root, '.git');
    const kind = await kindOf(entry);
    if (kind === 'folder') {
      return { root, gitFolder: entry };
    }
    if (kind === 'other') {
      const pointer = /^gitdir: (.+)$/.exec((await readLine(entry)) ?? '')?.[1];
      return { root, gitFolder: pointer === undefined ? entry : resolve(root, pointer) };
    }
    if (dirname(root) === root) {
      return undefined;
    }
  }
}

async function kindOf(path: string): Promise<'folder' | 'other' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}

/** The first line, up to a NUL; undefined for what is no file. Errors: raw errno. */
async function readLine(path: string): Promise<string | undefined> {
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
}
