import { constants } from 'node:fs';
import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  auditLine,
  DEFAULT_AUDIT_LIMIT,
  matchesAudit,
  MAX_AUDIT_LIMIT,
  MAX_AUDIT_LINE_BYTES,
  parseAuditLine,
  type AuditPage,
  type AuditTrail,
} from '../../core/audit/entry';
import type { AuditEntry, AuditQuery } from '../../core/domain/audit';
import type { Clock, Log } from '../../core/host/interfaces';
import { replaceFile, SerialQueue, writeAll } from '../fs/durableWrite';
import { ifPresent, storageStep, type StorageContext } from '../fs/errors';
import { withFile } from '../fs/files';
import { SystemClock } from '../fs/runtime';

export interface AuditLogOptions {
  /** `hosts/<hostId>/audit.log`, absolute. */
  readonly path: string;
  /** Where rotations are reported. */
  readonly log: Log;
  /** Waits for scanners that hold a file open on Windows. */
  readonly clock?: Clock;
  /** From this size on a file is full; 10 MiB if not given. */
  readonly maxBytes?: number;
}

const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** `audit.log.1` is the newest of them. */
const KEPT_FILES = 5;

/**
 * After this many older entries in a row nothing newer is expected further back. One entry says
 * too little: a clock may have been wrong for a while.
 */
const MAX_OLDER_IN_A_ROW = 1_000;

/** After this many lines of other epochs in a row, no more are expected further back. */
const LATE_LINES = 1_000;

const { O_APPEND, O_CREAT, O_RDWR } = constants;

/**
 * The audit log in files. Lines are not synced: it records what was committed, and nothing is
 * decided by it. Several processes may append at once, each call's lines stay together.
 */
export class AuditLog implements AuditTrail {
  readonly #path: string;
  readonly #options: Required<AuditLogOptions>;
  /** Appends and rotations happen one after the other, in the order they were asked for. */
  readonly #queue = new SerialQueue();

  constructor(options: AuditLogOptions) {
    this.#path = options.path;
    this.#options = { clock: new SystemClock(), maxBytes: MAX_FILE_BYTES, ...options };
  }

  append(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) {
      return Promise.resolve();
    }
    const content = entries.map(auditLine).join('');
    const bytes = Buffer.byteLength(content);
    return this.#inOrder({ action: 'append to', path: this.#path, bytes }, async () => {
      await withFile(this.#open(), async (file) => {
        const prefix = (await endsInLine(file)) ? '' : '\n';
        await writeAll(file, Buffer.from(prefix + content, 'utf8'));
      });
    });
  }

  rotateIfFull(): Promise<boolean> {
    return this.#inOrder({ action: 'rotate', path: this.#path }, async () => {
      const size = await sizeOf(this.#path);
      if (size === undefined || size < this.#options.maxBytes) {
        return false;
      }
      await this.#rotate();
      this.#options.log.info(`Audit log: ${size} bytes are enough, ${this.#path} begins anew.`);
      return true;
    });
  }

  logged(epoch: number, from: number): Promise<ReadonlyMap<number, number>> {
    return storageStep({ action: 'read', path: this.#path, reading: true }, async () => {
      const counts = new Map<number, number>();
      let others = 0;
      for await (const line of linesBackwards([this.#path, this.#numbered(1)])) {
        const entry = parseAuditLine(line);
        if (entry?.epoch === epoch && entry.seq >= from) {
          counts.set(entry.seq, (counts.get(entry.seq) ?? 0) + 1);
          others = 0;
        } else if ((others += 1) === LATE_LINES) {
          break;
        }
      }
      return counts;
    });
  }

  read(query: AuditQuery): Promise<AuditPage> {
    const limit = Math.max(1, Math.min(query.limit ?? DEFAULT_AUDIT_LIMIT, MAX_AUDIT_LIMIT));
    return storageStep({ action: 'read', path: this.#path, reading: true }, async () => {
      const newestFirst: AuditEntry[] = [];
      let older = 0;
      for await (const line of linesBackwards(this.#files())) {
        const entry = parseAuditLine(line);
        if (entry !== undefined && matchesAudit(entry, query)) {
          if (newestFirst.length === limit) {
            return { entries: newestFirst.reverse(), truncated: true };
          }
          newestFirst.push(entry);
        }
        older = entry !== undefined && entry.at < (query.since ?? -Infinity) ? older + 1 : 0;
        if (older === MAX_OLDER_IN_A_ROW) {
          break;
        }
      }
      return { entries: newestFirst.reverse(), truncated: false };
    });
  }

  /** Newest first. */
  #files(): readonly string[] {
    const numbers = Array.from({ length: KEPT_FILES }, (_, index) => index + 1);
    return [this.#path, ...numbers.map((number) => this.#numbered(number))];
  }

  #numbered(number: number): string {
    return `${this.#path}.${number}`;
  }

  async #open(): Promise<FileHandle> {
    const create = () => open(this.#path, O_RDWR | O_APPEND | O_CREAT, 0o600);
    const file = await ifPresent(create());
    if (file !== undefined) {
      return file;
    }
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    return create();
  }

  /** Only up to the first free number: a rotation that died half-way costs no file. */
  async #rotate(): Promise<void> {
    let free = 1;
    while (free < KEPT_FILES && (await sizeOf(this.#numbered(free))) !== undefined) {
      free++;
    }
    const sleep = (ms: number) => this.#options.clock.sleep(ms);
    for (let number = free; number > 1; number--) {
      await replaceFile(this.#numbered(number - 1), this.#numbered(number), sleep);
    }
    await replaceFile(this.#path, this.#numbered(1), sleep);
  }

  #inOrder<T>(context: StorageContext, step: () => Promise<T>): Promise<T> {
    return this.#queue.run(() => storageStep(context, step));
  }
}

/** Whether the next line can follow at once: false after one that was torn. */
async function endsInLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) {
    return true;
  }
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 && buffer.toString('latin1') === '\n';
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await ifPresent(stat(path)))?.size;
}

/** Some hundred lines: what most questions need. */
const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/**
 * The lines of several files, the last one of the first file first. Files that are missing are
 * passed over, and so is one that was read already: it was renamed meanwhile. Lines that are
 * longer than any entry are left out. Errors: raw errno.
 */
export async function* linesBackwards(paths: readonly string[]): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (const path of paths) {
    const file = await ifPresent(open(path, 'r'));
    if (file === undefined) {
      continue;
    }
    try {
      const { dev, ino, size } = await file.stat({ bigint: true });
      if (!seen.has(`${dev}:${ino}`)) {
        seen.add(`${dev}:${ino}`);
        yield* linesOf(file, Number(size));
      }
    } finally {
      await file.close();
    }
  }
}

async function* linesOf(file: FileHandle, size: number): AsyncGenerator<string> {
  /** The end of a line whose beginning lies before what was read. */
  let end: Buffer = Buffer.alloc(0);
  let tooLong = false;
  let position = size;
  while (position > 0) {
    const length = Math.min(CHUNK_BYTES, position);
    position -= length;
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
    let chunk = buffer.subarray(0, bytesRead);
    let feed = chunk.lastIndexOf(LINE_FEED);
    while (feed >= 0) {
      const line = Buffer.concat([chunk.subarray(feed + 1), end]);
      if (!tooLong && line.byteLength > 0) {
        yield line.toString('utf8');
      }
      end = Buffer.alloc(0);
      tooLong = false;
      chunk = chunk.subarray(0, feed);
      feed = chunk.lastIndexOf(LINE_FEED);
    }
    end = Buffer.concat([chunk, end]);
    if (end.byteLength > MAX_AUDIT_LINE_BYTES) {
      end = Buffer.alloc(0);
      tooLong = true;
    }
  }
  if (!tooLong && end.byteLength > 0) {
    yield end.toString('utf8');
  }
}
