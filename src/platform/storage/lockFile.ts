/** The lock of an epoch: what it says, and how a prepared claim becomes it. */
import { stat } from 'node:fs/promises';
import * as v from 'valibot';
import { isRecord } from '../../core/domain/errors';
import { parsedJson } from '../../core/domain/schema';
import type { LockRecord } from '../../core/host/interfaces';
import { createExclusive } from '../fs/durableWrite';
import { errnoOf, ifPresent, ignoring } from '../fs/errors';
import { NO_HARD_LINKS, removeLeftover, type Link } from '../fs/files';
import { sha256 } from '../fs/runtime';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const schema = v.looseObject({
  v: v.literal(1),
  protocol: count,
  nonce: v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]{1,64}$/)),
  pid: v.pipe(count, v.minValue(1)),
  startedAt: v.pipe(v.number(), v.finite()),
  bootId: v.pipe(v.string(), v.maxLength(4096)),
  product: v.pipe(v.string(), v.maxLength(4096)),
  version: v.pipe(v.string(), v.maxLength(4096)),
  socket: text,
  secret: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

/** A lock record takes some hundred bytes; more is something else. */
export const MAX_LOCK_BYTES = 64 * 1024;

export function formatLockRecord(record: LockRecord): string {
  const sha = sha256(JSON.stringify(record));
  return `${JSON.stringify({ ...record, sha })}\n`;
}

/**
 * `unreadable` for anything that is no lock record: half-written, damaged, another program's.
 * One without `sha`, which covers all the rest, was written by an older version.
 */
export function parseLockRecord(content: string): LockRecord | 'unreadable' {
  const json = parsedJson(content);
  const { sha, ...record } = isRecord(json) ? json : {};
  // A digit that went wrong would shut out newcomers, or say that a newer version wrote the files.
  if (sha !== undefined && sha !== sha256(JSON.stringify(record))) {
    return 'unreadable';
  }
  const result = v.safeParse(schema, record);
  return result.success ? result.output : 'unreadable';
}

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
 * Errors: raw errno; the number may be taken then, without anyone who will use it.
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
  // When writing fails the file stays, because a number must never be used again.
  const created = createExclusive(lock, content).then(() => 'won' as const);
  return (await ignoring(['EEXIST'], created)) ?? 'lost';
}

async function areSameFile(left: string, right: string): Promise<boolean> {
  const both = [left, right].map((path) => stat(path, { bigint: true }));
  const [one, other] = (await ifPresent(Promise.all(both))) ?? [];
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev && one.ino !== 0n;
}
