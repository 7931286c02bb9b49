import { open, type FileHandle } from 'node:fs/promises';
import { MAX_AUDIT_LINE_BYTES } from '../../core/audit/entry';
import { errnoOf } from '../fs/errno';

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
    const file = await openIfThere(path);
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

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
