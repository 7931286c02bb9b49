import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Low, type Adapter } from 'lowdb';
import { checkpointText } from '../../core/log/records';
import type { CheckpointContent, Clock, Ids } from '../../core/host/interfaces';
import { replaceFile, syncData, syncFolder, writeAll, type OnSync } from '../fs/durableWrite';
import { checkpointName, temporaryName } from './fileNames';
import { errnoOf } from '../fs/errno';
import { faultPoint } from '../fs/faultPoint';
import { NO_HARD_LINKS, type Link } from '../fs/hardLinks';
import { removeLeftover } from '../fs/remove';

export interface CheckpointOptions {
  readonly folder: string;
  readonly epoch: number;
  readonly ids: Ids;
  readonly clock: Clock;
  /** link(2). */
  readonly link: Link;
  /** Called after each sync. */
  readonly onSync?: OnSync | undefined;
}

/** Writes one checkpoint through lowdb. Errors: raw errno. */
export async function writeCheckpointFile(
  content: CheckpointContent,
  options: CheckpointOptions,
): Promise<void> {
  await new Low(new CheckpointAdapter(options), content).write();
}

/**
 * lowdb's own file adapter never syncs, keeps no copy and has one fixed temporary name for all
 * writers. This one replaces the file durably: at every moment `state.<epoch>.json` or its `.bak`
 * is whole and on the disk.
 */
class CheckpointAdapter implements Adapter<CheckpointContent> {
  readonly #options: CheckpointOptions;

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** Recovery reads the text and judges it; through lowdb damage would silently become a default. */
  read(): Promise<null> {
    return Promise.resolve(null);
  }

  async write(content: CheckpointContent): Promise<void> {
    const { folder, epoch, ids, clock, onSync } = this.#options;
    const main = join(folder, checkpointName(epoch, 'main'));
    const token = ids.nonce(8);
    const temporary = join(folder, temporaryName(epoch, token));
    try {
      await this.#writeNew(temporary, Buffer.from(checkpointText(content), 'utf8'));
      await this.#keepOld(main, join(folder, temporaryName(epoch, `${token}-bak`)));
      faultPoint('checkpoint');
      await replaceFile(temporary, main, (ms) => clock.sleep(ms));
    } catch (error) {
      await removeLeftover(temporary);
      throw error;
    }
    await syncFolder(folder, onSync);
  }

  async #writeNew(path: string, content: Uint8Array): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    try {
      await writeAll(file, content);
      await syncData(file);
      this.#options.onSync?.('checkpoint');
    } finally {
      await file.close();
    }
  }

  /** Gives what is about to be replaced the name `.bak`, atomically over the `.bak` before it. */
  async #keepOld(main: string, temporary: string): Promise<void> {
    const bak = join(this.#options.folder, checkpointName(this.#options.epoch, 'bak'));
    try {
      await this.#options.link(main, temporary);
    } catch (error) {
      const errno = errnoOf(error) ?? '';
      if (errno === 'ENOENT') {
        return;
      }
      if (!NO_HARD_LINKS.has(errno)) {
        throw error;
      }
      // Until the new one has its name, recovery has the `.bak`.
      await renameIfThere(main, bak);
      return;
    }
    try {
      await replaceFile(temporary, bak, (ms) => this.#options.clock.sleep(ms));
    } finally {
      // rename(2) of two names of one file does nothing: then `.bak` is that file already.
      await removeLeftover(temporary);
    }
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
  }
}
