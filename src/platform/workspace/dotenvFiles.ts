import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import { filePathProblem } from '../../core/plan/filePath';
import { renderFile } from '../../core/plan/renderDotenv';
import type { Clock, Ids } from '../../core/host/interfaces';
import { replaceFile, syncData, syncFolder, writeAll } from '../fs/durableWrite';
import { errnoOf } from '../fs/errno';
import { canonicalOf, pathBelow } from '../fs/canonicalPath';
import { removeLeftover } from '../fs/remove';
import { storageError } from '../fs/storageError';

export interface DotenvFilesOptions {
  /** Names temporary files. */
  readonly ids: Ids;
  readonly clock: Clock;
}

/** What rendering a dotenv file does to it. */
export interface DotenvFilePreview {
  readonly kind: 'same' | 'new' | 'changed';
  /** Absolute and canonical: where a symlink in the workspace leads to. */
  readonly path: string;
  /** All of the file, as it is afterwards. */
  readonly text: string;
  /** Keys that other lines of the file set too. */
  readonly shadowed: readonly string[];
}

/** What is there before. */
interface Target {
  readonly path: string;
  /** Absent as long as there is no file. */
  readonly present?: { readonly text: string; readonly mode: number };
}

/** More is no dotenv file. */
const MAX_FILE_BYTES = 1024 * 1024;
/** Only its owner reads a new file: next to a port there may be secrets one day. */
const NEW_FILE_MODE = 0o600;
/** An editor that saves at the same moment does so once, not on and on. */
const MAX_ATTEMPTS = 3;

/**
 * Renders a plan's dotenv files. `path` is the plan's, relative to the workspace with `/`; what it
 * leads to must be a text file in the workspace, by way of symlinks too, and its folder must be
 * there. Errors of both methods: `invalid_argument` for a path that no plan may have,
 * `permission_denied` for what lies outside the workspace, belongs to git or may not be read or
 * written, `invalid_config` for what is no place for a dotenv file, `storage_unavailable`.
 */
export class DotenvFiles {
  readonly #options: DotenvFilesOptions;

  constructor(options: DotenvFilesOptions) {
    this.#options = options;
  }

  /** What `write` would do; nothing is touched. */
  async preview(
    workspace: string,
    path: string,
    values: ReadonlyMap<string, string>,
  ): Promise<DotenvFilePreview> {
    return preview(await findTarget(workspace, path), values);
  }

  /**
   * Replaces the file atomically and durably, but only if its content changes. It keeps its mode;
   * a new one has 0600. What somebody else writes meanwhile is rendered anew, not lost.
   */
  async write(
    workspace: string,
    path: string,
    values: ReadonlyMap<string, string>,
  ): Promise<DotenvFilePreview> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const target = await findTarget(workspace, path);
      const result = preview(target, values);
      const isStill = async () => sameContent(target, await findTarget(workspace, path));
      if (result.kind === 'same' || (await this.#replace(target, result.text, isStill))) {
        return result;
      }
    }
    throw new StyxyError(
      'storage_unavailable',
      `Styxy did not write ${path} in ${workspace}: another program keeps changing it. Try again when that is done.`,
      { details: { path, workspace } },
    );
  }

  /** False if the file is not what it was any more. */
  async #replace(
    { path, present }: Target,
    text: string,
    isStill: () => Promise<boolean>,
  ): Promise<boolean> {
    const content = Buffer.from(text, 'utf8');
    const folder = dirname(path);
    const temporary = join(folder, `.styxy-${this.#options.ids.nonce(8)}.tmp`);
    try {
      await writeNew(temporary, content, present?.mode ?? NEW_FILE_MODE);
      if (!(await isStill())) {
        await removeLeftover(temporary);
        return false;
      }
      await replaceFile(temporary, path, (ms) => this.#options.clock.sleep(ms));
    } catch (error) {
      await removeLeftover(temporary);
      throw await refused(error, 'write', path, content.byteLength);
    }
    try {
      await syncFolder(folder);
    } catch (error) {
      throw await refused(error, 'write', path, content.byteLength);
    }
    return true;
  }
}

function preview(
  { path, present }: Target,
  values: ReadonlyMap<string, string>,
): DotenvFilePreview {
  const rendered = renderFile(present?.text, values);
  const isSame = rendered.text === (present?.text ?? '');
  const kind = isSame ? 'same' : present === undefined ? 'new' : 'changed';
  return { kind, path, ...rendered };
}

function sameContent(one: Target, other: Target): boolean {
  return one.path === other.path && one.present?.text === other.present?.text;
}

async function writeNew(path: string, content: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', NEW_FILE_MODE);
  try {
    await writeAll(file, content);
    if (process.platform !== 'win32') {
      await file.chmod(mode);
    }
    await syncData(file);
  } finally {
    await file.close();
  }
}

async function findTarget(workspace: string, path: string): Promise<Target> {
  const problem = filePathProblem(path);
  if (problem !== undefined) {
    throw new StyxyError(
      'invalid_argument',
      `Styxy does not render ${JSON.stringify(path)}. ${problem} Name another file in the plan.`,
      { details: { path, workspace } },
    );
  }
  const named = join(workspace, ...path.split('/'));
  try {
    return await resolveTarget(workspace, named);
  } catch (error) {
    throw await refused(error, 'read', named);
  }
}

/** Errors: raw errno, and the class's. */
async function resolveTarget(workspace: string, named: string): Promise<Target> {
  const [root, folder] = await Promise.all([canonicalOf(workspace), canonicalOf(dirname(named))]);
  if (root === undefined || folder === undefined) {
    throw noFolder(named, root === undefined ? workspace : dirname(named));
  }
  const path = (await canonicalOf(named)) ?? join(folder, basename(named));
  const below = pathBelow(root, path);
  if (below === undefined || filePathProblem(below) !== undefined) {
    throw new StyxyError(
      'permission_denied',
      `Styxy does not write ${named}: it is a link to ${path}, ` +
        `${below === undefined ? 'outside the workspace' : 'which no plan may render'}. Remove the link, or take the file out of the plan.`,
      { details: { path: named, target: path } },
    );
  }
  const present = await readPresent(named, path);
  return { path, ...(present === undefined ? {} : { present }) };
}

async function readPresent(named: string, path: string): Promise<Target['present']> {
  if (!(await isThere(path))) {
    return undefined;
  }
  // A pipe of that name would otherwise be waited for.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    if (!found.isFile()) {
      throw noPlace(named, 'it is not a file. Rename it, or name another file in the plan.');
    }
    if (found.size > MAX_FILE_BYTES) {
      throw noPlace(named, 'it is longer than 1 MiB. Name another file in the plan.');
    }
    const content = await file.readFile();
    if (!isUtf8(content) || content.includes(0)) {
      throw noPlace(named, 'it is not text in UTF-8. Save it as UTF-8, or name another file.');
    }
    return { text: content.toString('utf8'), mode: found.mode & 0o7777 };
  } finally {
    await file.close();
  }
}

/** Errors: raw errno; `invalid_config` for a symlink, which here leads to nothing. */
async function isThere(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isSymbolicLink()) {
      throw noPlace(path, 'it is a link to nothing. Remove it, or make what it leads to.');
    }
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') {
      return false;
    }
    if (errno === 'ENOTDIR') {
      throw noFolder(path, dirname(path));
    }
    throw error;
  }
}

function noFolder(path: string, folder: string): StyxyError {
  const next = 'Make it, or take the file out of the plan.';
  return noPlace(path, `there is no folder ${folder}. ${next}`);
}

function noPlace(path: string, reason: string): StyxyError {
  return new StyxyError('invalid_config', `Styxy cannot render ${path}: ${reason}`, {
    details: { path },
  });
}

/** What the user may not do to a file of the project is said of that file, not of Styxy's home. */
async function refused(
  thrown: unknown,
  action: 'read' | 'write',
  path: string,
  bytes?: number,
): Promise<unknown> {
  const errno = errnoOf(thrown);
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS') {
    return new StyxyError(
      'permission_denied',
      `Styxy may not ${action} ${path} (${errno}). Make it writable for you, or take it out of "files" in styxy.json.`,
      { details: { path, errno }, cause: thrown },
    );
  }
  return storageError(thrown, { action, path, ...(bytes === undefined ? {} : { bytes }) });
}
