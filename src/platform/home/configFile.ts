import { isUtf8 } from 'node:buffer';
import type { BigIntStats } from 'node:fs';
import { lstat, mkdir, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StyxyError } from '../../core/domain/errors';
import type { Clock, ConfigRead, ConfigStamp, ConfigStore, Ids } from '../../core/host/interfaces';
import { createExclusive, replaceFile, SerialQueue, syncFolder } from '../fs/durableWrite';
import { errnoOf, ifAvailable, ifPresent, ignoring, storageError, storageStep } from '../fs/errors';
import { readRegularFile, removeLeftover } from '../fs/files';

export interface ConfigFileOptions {
  /** Styxy's home, absolute. */
  readonly home: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

const NAME = 'config.json';
/** A thousand service types take a quarter of it. */
const MAX_CONFIG_BYTES = 1024 * 1024;

const BYTE_ORDER_MARK = '\ufeff';
const ABSENT: ConfigStamp = 'absent';

/** `config.json` in the home: the user's file, which Styxy sometimes writes too. */
export class ConfigFile implements ConfigStore {
  readonly path: string;
  readonly #options: ConfigFileOptions;
  readonly #backups: ConfigBackups;
  /** Replacements happen one after the other, so that each sees what the one before wrote. */
  readonly #replacements = new SerialQueue();

  constructor(options: ConfigFileOptions) {
    this.path = join(options.home, NAME);
    this.#options = options;
    this.#backups = new ConfigBackups(join(options.home, 'backups'), options.clock);
  }

  /**
   * Never rejects for what the machine or the file is like; `text` has no byte order mark.
   * `unreadable` with `invalid_config` for what is no text file of a sensible size, else with
   * `storage_unavailable`.
   */
  async read(): Promise<ConfigRead> {
    const stamp = await stampAt(this.path);
    if (stamp === ABSENT) {
      return { kind: 'absent', stamp };
    }
    try {
      const found = await ifPresent(readWhole(this.path));
      return found === undefined
        ? { kind: 'absent', stamp: ABSENT }
        : { kind: 'read', text: found.text, stamp: found.stamp };
    } catch (thrown) {
      const error = await storageError(thrown, { action: 'read', path: this.path, reading: true });
      if (error instanceof StyxyError) {
        return { kind: 'unreadable', error, stamp };
      }
      throw error;
    }
  }

  /** Whether the file is another than it was then: one stat. */
  async changed(stamp: ConfigStamp): Promise<boolean> {
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
  replace(before: string | undefined, text: string): Promise<ConfigStamp> {
    return this.#replacements.run(() =>
      storageStep({ action: 'write', path: this.path }, () => this.#replace(before, text)),
    );
  }

  async #replace(before: string | undefined, text: string): Promise<ConfigStamp> {
    const present = await ifPresent(readWhole(this.path));
    if (present?.text !== before) {
      throw this.#changedMeanwhile();
    }
    if (present !== undefined && present.text === text) {
      return present.stamp;
    }
    const target = await followLinks(this.path);
    if (present === undefined && target === this.path) {
      await mkdir(this.#options.home, { recursive: true, mode: 0o700 });
    }
    const mark = present?.bytes.toString('utf8', 0, 3) === BYTE_ORDER_MARK ? BYTE_ORDER_MARK : '';
    const content = Buffer.from(mark + text, 'utf8');
    if (content.byteLength > MAX_CONFIG_BYTES) {
      throw unusable(
        this.path,
        'would become longer than 1 MiB. Remove what does not belong there',
      );
    }
    const temporary = `${target}.${this.#options.ids.nonce(8)}.tmp`;
    let backup: string | undefined;
    try {
      const mode = 0o600 & (present?.mode ?? 0o600);
      const stamp = await writeNewFile(temporary, content, mode);
      backup = present && (await this.#backups.add(present.bytes));
      if (await this.changed(present?.stamp ?? ABSENT)) {
        throw this.#changedMeanwhile();
      }
      await replaceFile(temporary, target, (ms) => this.#options.clock.sleep(ms));
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

  /** The new file is in place; what fails from here on does not take that back. */
  async #settle(folder: string): Promise<void> {
    await ifAvailable(syncFolder(folder).then(() => this.#backups.prune()));
  }

  #changedMeanwhile(): StyxyError {
    return new StyxyError(
      'storage_unavailable',
      `${this.path} was changed while Styxy was about to write it, so Styxy left it alone. ` +
        'Ask again: it is read anew before.',
      { details: { path: this.path, reason: 'changed' }, retryable: true },
    );
  }
}

interface Content {
  readonly bytes: Buffer;
  readonly text: string;
  readonly stamp: ConfigStamp;
  readonly mode: number;
}

/** Errors: `invalid_config`, raw errno. */
async function readWhole(path: string): Promise<Content> {
  const found = await readRegularFile(path, MAX_CONFIG_BYTES);
  switch (found.kind) {
    case 'no-file':
      throw unusable(path, 'is not a file. Rename what has this name');
    case 'too-long':
      throw unusable(path, 'is longer than 1 MiB. Remove what does not belong there');
    case 'read': {
      const { bytes, stats } = found;
      if (!isUtf8(bytes)) {
        throw unusable(path, 'is not UTF-8 text. Save it with the encoding UTF-8');
      }
      const text = new TextDecoder().decode(bytes);
      return { bytes, text, stamp: stampOf(stats), mode: Number(stats.mode) };
    }
  }
}

function unusable(path: string, why: string): StyxyError {
  return new StyxyError('invalid_config', `${path} ${why}, or delete it to use the defaults.`, {
    details: { path },
  });
}

/** Writes and syncs a file that must not exist yet; answers its stamp. Errors: raw errno. */
async function writeNewFile(path: string, content: Uint8Array, mode?: number) {
  await createExclusive(path, content, { mode, sync: true, isWhole: true });
  return stampOf(await stat(path, { bigint: true }));
}

/** Follows links, also those that dangle, to the name of the file that is meant. */
async function followLinks(path: string): Promise<string> {
  const canonical = await ifPresent(realpath(path));
  if (canonical !== undefined) {
    return canonical;
  }
  const isLink = (await ifPresent(lstat(path)))?.isSymbolicLink() === true;
  const link = isLink ? await ifPresent(readlink(path)) : undefined;
  return link === undefined ? path : followLinks(resolve(dirname(path), link));
}

/** An error stands for itself: it is reported again when it becomes another one. */
async function stampAt(path: string): Promise<ConfigStamp> {
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

/** Permissions are part of it: a file that becomes readable again counts as changed. */
function stampOf({ mtimeNs, size, ino, mode, uid }: BigIntStats): ConfigStamp {
  return [mtimeNs, size, ino, mode, uid].join(':');
}

const KEPT_BACKUPS = 10;
const BACKUP = /^config\.json\.(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z$/;

/** `backups/config.json.<timestamp>`: what Styxy replaced, named by the time in UTC. */
class ConfigBackups {
  readonly #folder: string;
  readonly #clock: Clock;

  /** `folder`: absolute, made when it is needed. */
  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Writes a backup durably and answers its path. Errors: raw errno. */
  async add(content: Uint8Array): Promise<string> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    // The order of the names is that of writing, also after a clock was set back.
    const newest = (await this.#names()).at(-1);
    let at = Math.max(this.#clock.now(), newest === undefined ? 0 : timeOf(newest) + 1);
    for (;;) {
      const path = join(this.#folder, nameOf(at));
      if (await ignoring(['EEXIST'], writeNewFile(path, content))) {
        await syncFolder(this.#folder);
        return path;
      }
      at++;
    }
  }

  /** Removes all but the newest 10; other files stay. Errors: raw errno. */
  async prune(): Promise<void> {
    for (const name of (await this.#names()).slice(0, -KEPT_BACKUPS)) {
      await removeLeftover(join(this.#folder, name));
    }
  }

  /** Oldest first. */
  async #names(): Promise<readonly string[]> {
    const names = (await ifPresent(readdir(this.#folder))) ?? [];
    return names.filter((name) => BACKUP.test(name)).sort();
  }
}

function nameOf(at: number): string {
  return `config.json.${new Date(at).toISOString().replace(/[-:]/g, '')}`;
}

function timeOf(name: string): number {
  return Date.parse(name.replace(BACKUP, '$1-$2-$3T$4:$5:$6.$7Z'));
}
