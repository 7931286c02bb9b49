import { open } from 'node:fs/promises';
import { errnoOf } from './errno';

/**
 * A journal is rotated at 8 MiB after its first line and the largest state is far below that.
 * What is longer is damaged; reading it whole would take the process down.
 */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/**
 * A file's text; undefined if there is no such file. A longer one is cut at `maxBytes`, bytes that
 * are not UTF-8 become U+FFFD: checksums show both. Other errors: raw errno.
 */
export async function readText(
  path: string,
  maxBytes = MAX_FILE_BYTES,
): Promise<string | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) {
    return undefined;
  }
  try {
    const { size } = await file.stat();
    if (size <= maxBytes) {
      return await file.readFile('utf8');
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string) {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
