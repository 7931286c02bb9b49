import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Low, type Adapter } from 'lowdb';
import { checkpointText } from '../../core/log/records';
import type { CheckpointContent, Clock, Ids } from '../../core/host/interfaces';
import { createExclusive, replaceFile, syncFolder, type OnSync } from '../fs/durableWrite';
import { errnoOf, ifPresent } from '../fs/errors';
import { faultPoint } from '../fs/faultPoint';
import { NO_HARD_LINKS, removeLeftover, type Link } from '../fs/files';
import { checkpointName, temporaryName } from './fileNames';

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
 * All that is used of lowdb is its `write()`, which hands the content to this adapter; the adapter
 * does the work. lowdb's own file adapter never syncs, keeps no copy and has one fixed temporary
 * name for all writers. This one replaces the file durably: at every moment `state.<epoch>.json` or
 * its `.bak` is whole and on the disk.
 */
class CheckpointAdapter implements Adapter<CheckpointContent> {
  readonly #options: CheckpointOptions;

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** Recovery reads the text and checks it; through lowdb damage would silently become a default. */
  read(): Promise<null> {
    return Promise.resolve(null);
  }

  async write(content: CheckpointContent): Promise<void> {
    const { folder, epoch, ids, clock, onSync } = this.#options;
    const main = join(folder, checkpointName(epoch, 'main'));
    const token = ids.nonce(8);
    const temporary = join(folder, temporaryName(epoch, token));
    try {
      await createExclusive(temporary, checkpointText(content), { sync: true });
      onSync?.('checkpoint');
      await this.#keepOld(main, join(folder, temporaryName(epoch, `${token}-bak`)));
      faultPoint('checkpoint');
      await replaceFile(temporary, main, (ms) => clock.sleep(ms));
    } catch (error) {
      await removeLeftover(temporary);
      throw error;
    }
    await syncFolder(folder, onSync);
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
      await ifPresent(rename(main, bak));
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
