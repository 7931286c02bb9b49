import * as v from 'valibot';
import { isRecord } from '../../core/domain/errors';
import type { LockRecord } from '../../core/host/interfaces';
import { sha256 } from '../fs/sha256';

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
 * `unreadable` for anything that is no lock record: half-written, damaged, somebody else's. One
 * without `sha`, which covers all the rest, was written by an older version.
 */
export function parseLockRecord(content: string): LockRecord | 'unreadable' {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return 'unreadable';
    }
    throw error;
  }
  const { sha, ...record } = isRecord(json) ? json : {};
  // A digit that went wrong would shut out newcomers, or say that a newer version wrote the files.
  if (sha !== undefined && sha !== sha256(JSON.stringify(record))) {
    return 'unreadable';
  }
  const result = v.safeParse(schema, record);
  return result.success ? result.output : 'unreadable';
}
