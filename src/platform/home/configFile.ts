import { lstat, mkdir, open, readlink, realpath, stat } from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import type { Clock, Ids } from '../../core/host/interfaces';
import { ConfigBackups, writeNewFile } from './configBackups';
import { replaceFile, syncFolder } from '../fs/durableWrite';
import { errnoOf } from '../fs/errno';
import { removeLeftover } from '../fs/remove';
import { storageError, type StorageContext } from '../fs/storageError';

export interface ConfigFileOptions {
  /** Styxy's home, absolute. */
  readonly home: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What a file was when it was looked at. Two that are equal stand for the same content. */
export type FileStamp = string;

export type ConfigRead =
  | { readonly kind: 'absent'; readonly stamp: FileStamp }
  /** `text` has no byte order mark. */
  | { readonly kind: 'read'; readonly text: string; readonly stamp: FileStamp }
  /** `invalid_config` for what is no text file of a sensible size, else `storage_unavailable`. */
  | { readonly kind: 'unreadable'; readonly error: StyxyError; readonly stamp: FileStamp };

const NAME = 'config.json';
/** A thousand service types take a quarter of it. */
const MAX_CONFIG_BYTES = 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';
const ABSENT: FileStamp = 'absent';

/** `config.json` in the home: the user's file, which Styxy sometimes writes too. */
export class ConfigFile {
  readonly path: string;
  readonly #home: string;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #backups: ConfigBackups;
  /** Replacements happen one after the other, so that each sees what the one before wrote. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigFileOptions) {
    this.path = join(options.home, NAME);
    this.#home = options.home;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#backups = new ConfigBackups(join(options.home, 'backups'), options.clock);
  }

  /** Never rejects for what the machine or the file is like. */
  async read(): Promise<ConfigRead> {
    const stamp = await stampAt(this.path);
    if (stamp === ABSENT) {
      return { kind: 'absent', stamp };
    }
    try {
      const found = await readWhole(this.path);
      return { kind: 'read', text: found.text, stamp: found.stamp };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return { kind: 'absent', stamp: ABSENT };
      }
      const told = await storageError(error, { action: 'read', path: this.path, reading: true });
      if (told instanceof StyxyError) {
        return { kind: 'unreadable', error: told, stamp };
      }
      throw error;
    }
  }

  /** Whether the file is another than it was then: one stat. */
  async changed(stamp: FileStamp): Promise<boolean> {
    return (await stampAt(this.path)) !== stamp;
  }

  /**
   * Replaces the file atomically and durably, after a copy of what it replaces was put into
   * `backups`, where the newest 10 stay. A symbolic link stays one: what it points to is replaced.
   * `before` is the text as it was read, undefined for an absent file. Answers the stamp of what
   * was written.
   *
   * Errors: `storage_unavailable`, retryable, with `details.reason` `changed` when the file is not
   * `before` any more (read it again); else as `read` and `storage_unavailable`,
   * `permission_denied`. After any of them the file is what it was.
   */
  replace(before: string | undefined, text: string): Promise<FileStamp> {
    const run = () =>
      this.#step({ action: 'write', path: this.path }, () => this.#replace(before, text));
    const done = this.#last.then(run, run);
    this.#last = done;
    return done;
  }

  async #replace(before: string | undefined, text: string): Promise<FileStamp> {
    const present = await this.#present();
    if (present?.text !== before) {
      throw this.#changedMeanwhile();
    }
    if (present !== undefined && present.text === text) {
      return present.stamp;
    }
    const target = await followLinks(this.path);
    if (present === undefined && target === this.path) {
      await mkdir(this.#home, { recursive: true, mode: 0o700 });
    }
    const mark = present?.bytes.toString('utf8', 0, 3) === BYTE_ORDER_MARK ? BYTE_ORDER_MARK : '';
    const content = Buffer.from(mark + text, 'utf8');
    if (content.byteLength > MAX_CONFIG_BYTES) {
      throw unusable(
        this.path,
        'would become longer than 1 MiB. Remove what does not belong there',
      );
    }
    const temporary = `${target}.${this.#ids.nonce(8)}.tmp`;
    let backup: string | undefined;
    try {
      const mode = 0o600 & (present?.mode ?? 0o600);
      const stamp = stampOf(await writeNewFile(temporary, content, mode));
      backup = present && (await this.#backups.add(present.bytes));
      if (await this.changed(present?.stamp ?? ABSENT)) {
        throw this.#changedMeanwhile();
      }
      await replaceFile(temporary, target, (ms) => this.#clock.sleep(ms));
      await this.#settle(dirname(target));
      return stamp;
    } catch (error) {
      await removeLeftover(temporary);
      if (backup !== undefined) {
        await removeLeftover(backup);
      }
      throw error;
    }
  }

  async #present(): Promise<Content | undefined> {
    try {
      return await readWhole(this.path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
  }

  /** The new file is in place; what fails from here on does not take that back. */
  async #settle(folder: string): Promise<void> {
    try {
      await syncFolder(folder);
      await this.#backups.prune();
    } catch (error) {
      if (errnoOf(error) === undefined) {
        throw error;
      }
    }
  }

  #changedMeanwhile(): StyxyError {
    return new StyxyError(
      'storage_unavailable',
      `${this.path} was changed while Styxy was about to write it, so Styxy left it alone. ` +
        'Ask again: it is read anew before.',
      { details: { path: this.path, reason: 'changed' }, retryable: true },
    );
  }

  async #step<T>(context: StorageContext, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw await storageError(error, context);
    }
  }
}

interface Content {
  readonly bytes: Buffer;
  readonly text: string;
  readonly stamp: FileStamp;
  readonly mode: number;
}

/** Errors: `invalid_config`, raw errno. */
async function readWhole(path: string): Promise<Content> {
  // Before it is opened: opening a pipe would wait for its other end.
  if (!(await stat(path)).isFile()) {
    throw unusable(path, 'is not a file. Rename what has this name');
  }
  const file = await open(path, 'r');
  try {
    const found = await file.stat({ bigint: true });
    const bytes = found.size > MAX_CONFIG_BYTES ? undefined : await file.readFile();
    if (bytes === undefined || bytes.byteLength > MAX_CONFIG_BYTES) {
      throw unusable(path, 'is longer than 1 MiB. Remove what does not belong there');
    }
    return { bytes, text: decode(path, bytes), stamp: stampOf(found), mode: Number(found.mode) };
  } finally {
    await file.close();
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      throw unusable(path, 'is not UTF-8 text. Save it with the encoding UTF-8', error);
    }
    throw error;
  }
}

function unusable(path: string, why: string, cause?: unknown): StyxyError {
  return new StyxyError('invalid_config', `${path} ${why}, or delete it to use the defaults.`, {
    details: { path },
    cause,
  });
}

/** Follows links, also those that dangle, to the name of the file that is meant. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
  }
  const link = await linkAt(path);
  return link === undefined ? path : followLinks(resolve(dirname(path), link));
}

async function linkAt(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** An error stands for itself: it is told again when it becomes another one. */
async function stampAt(path: string): Promise<FileStamp> {
  try {
    return stampOf(await stat(path, { bigint: true }));
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) {
      throw error;
    }
    return errno === 'ENOENT' ? ABSENT : errno;
  }
}

/** Who may read it belongs to it: an unreadable file that is given back counts as changed. */
function stampOf({ mtimeNs, size, ino, mode, uid }: BigIntStats): FileStamp {
  return [mtimeNs, size, ino, mode, uid].join(':');
}
