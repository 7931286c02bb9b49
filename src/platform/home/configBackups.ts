import { mkdir, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/host/interfaces';
import { syncData, syncFolder, writeAll } from '../fs/durableWrite';
import { errnoOf } from '../fs/errno';
import { removeLeftover } from '../fs/remove';

const KEPT_BACKUPS = 10;
const NAME = /^config\.json\.(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z$/;

/** `backups/config.json.<timestamp>`: what Styxy replaced, named by the time in UTC. */
export class ConfigBackups {
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
      try {
        await writeNewFile(path, content, 0o600);
        await syncFolder(this.#folder);
        return path;
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') {
          throw error;
        }
        at++;
      }
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
    try {
      return (await readdir(this.#folder)).filter((name) => NAME.test(name)).sort();
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return [];
      }
      throw error;
    }
  }
}

/**
 * Writes and syncs a file that must not exist yet; answers what it then is. Errors: raw
 * errno, `EEXIST` among them; after any other one there is no such file.
 */
export async function writeNewFile(path: string, content: Uint8Array, mode: number) {
  const file = await open(path, 'wx', mode);
  try {
    await writeAll(file, content);
    await syncData(file);
    return await file.stat({ bigint: true });
  } catch (error) {
    await unlink(path);
    throw error;
  } finally {
    await file.close();
  }
}

function nameOf(at: number): string {
  return `config.json.${new Date(at).toISOString().replace(/[-:]/g, '')}`;
}

function timeOf(name: string): number {
  return Date.parse(name.replace(NAME, '$1-$2-$3T$4:$5:$6.$7Z'));
}
