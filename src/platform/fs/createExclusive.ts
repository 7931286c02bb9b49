import { open } from 'node:fs/promises';
import { writeAll } from './durableWrite';

/** Writes a file that must not exist yet, mode 0600. Errors: raw errno, `EEXIST` among them. */
export async function createExclusive(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await writeAll(file, Buffer.from(text, 'utf8'));
  } finally {
    await file.close();
  }
}
