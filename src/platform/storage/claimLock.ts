import { stat } from 'node:fs/promises';
import { errnoOf } from '../fs/errno';
import { NO_HARD_LINKS, type Link } from '../fs/hardLinks';
import { removeLeftover } from '../fs/remove';
import { createExclusive } from '../fs/createExclusive';

export interface ClaimOptions {
  /** Path of the prepared claim. */
  readonly claim: string;
  /** Path of the lock that it is to become. */
  readonly lock: string;
  /** What the claim holds, for file systems where it must be written again. */
  readonly content: string;
  readonly link: Link;
}

/**
 * Makes a claim the lock of a number, which only one process ever achieves. `lost`: the number is
 * taken; the claim stays and may be used for another number. `won`: the claim's own name is gone.
 * Errors: raw errno; the number may be taken then, by nobody who will use it.
 */
export async function claimLock(options: ClaimOptions): Promise<'won' | 'lost'> {
  const { claim, lock, link } = options;
  try {
    await link(claim, lock);
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    if (errno === 'EEXIST') {
      return 'lost';
    }
    // A network file system may link and lose the answer: then the lock is the claim's file.
    if (!(await areSameFile(claim, lock))) {
      if (!NO_HARD_LINKS.has(errno)) {
        throw error;
      }
      if ((await createLock(options)) === 'lost') {
        return 'lost';
      }
    }
  }
  await removeLeftover(claim);
  return 'won';
}

/** Exclusive creation decides too; until it is written, readers take the lock for a claim. */
async function createLock({ lock, content }: ClaimOptions): Promise<'won' | 'lost'> {
  try {
    // When writing fails the file stays, because a number must never be used again.
    await createExclusive(lock, content);
    return 'won';
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      return 'lost';
    }
    throw error;
  }
}

async function areSameFile(left: string, right: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([
      stat(left, { bigint: true }),
      stat(right, { bigint: true }),
    ]);
    return one.ino === other.ino && one.dev === other.dev && one.ino !== 0n;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
}
