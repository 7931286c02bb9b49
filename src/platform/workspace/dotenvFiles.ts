import { isUtf8 } from 'node:buffer';
import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import { filePathProblem } from '../../core/plan/filePath';
import { renderFile } from '../../core/plan/renderDotenv';
import type { Clock, Ids } from '../../core/host/interfaces';
import { createExclusive, replaceFile, syncFolder } from '../fs/durableWrite';
import { errnoOf, ifPresent, storageError } from '../fs/errors';
import { canonicalOf, pathBelow, readRegularFile, removeLeftover } from '../fs/files';

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
  /** Undefined if there is no file. */
  readonly present: { readonly text: string; readonly mode: number } | undefined;
}

/** More is no dotenv file. */
const MAX_FILE_BYTES = 1024 * 1024;
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
   * a new one has 0600, because next to a port there may be secrets one day. What another program
   * writes meanwhile is rendered anew, not lost.
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
      await createExclusive(temporary, content, { mode: present?.mode, sync: true });
      if (!(await isStill())) {
        await removeLeftover(temporary);
        return false;
      }
      await replaceFile(temporary, path, (ms) => this.#options.clock.sleep(ms));
      await syncFolder(folder);
      return true;
    } catch (error) {
      await removeLeftover(temporary);
      throw await refused(error, 'write', path, content.byteLength);
    }
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
  return { path, present: await readPresent(named, path) };
}

async function readPresent(named: string, path: string): Promise<Target['present']> {
  if (!(await isThere(path))) {
    return undefined;
  }
  const found = await readRegularFile(path, MAX_FILE_BYTES);
  switch (found.kind) {
    case 'no-file':
      throw noPlace(named, 'it is not a file. Rename it, or name another file in the plan.');
    case 'too-long':
      throw noPlace(named, 'it is longer than 1 MiB. Name another file in the plan.');
    case 'read':
      if (!isUtf8(found.bytes) || found.bytes.includes(0)) {
        throw noPlace(named, 'it is not text in UTF-8. Save it as UTF-8, or name another file.');
      }
      return { text: found.bytes.toString('utf8'), mode: Number(found.stats.mode) & 0o7777 };
  }
}

/** Errors: raw errno; `invalid_config` for a symlink, which here leads to nothing. */
async function isThere(path: string): Promise<boolean> {
  try {
    const found = await ifPresent(lstat(path));
    if (found?.isSymbolicLink() === true) {
      throw noPlace(path, 'it is a link to nothing. Remove it, or make what it leads to.');
    }
    return found !== undefined;
  } catch (error) {
    throw errnoOf(error) === 'ENOTDIR' ? noFolder(path, dirname(path)) : error;
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
