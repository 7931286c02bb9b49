import { unlink } from 'node:fs/promises';
import { errnoOf } from './errno';

/** Removes a file; its absence is fine. Other errors: raw errno. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
  }
}

/**
 * Removes a file whose name nobody reads any more. If the machine refuses it stays, to go with
 * its epoch: what the caller achieved before counts.
 */
export async function removeLeftover(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
  }
}
