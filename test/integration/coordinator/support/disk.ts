/** A small disk that can be full. Whoever mounts it is root, of the machine or of a namespace. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async mount(path: string, kibibytes: number): Promise<SmallDisk> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k,mode=0700`, 'styxy-test', path]);
    return new SmallDisk(path);
  }

  /** Not a byte is left. */
  async fill(): Promise<void> {
    for (;;) {
      const { bavail, bsize } = await statfs(this.path);
      if (bavail === 0) {
        return;
      }
      try {
        await writeFile(join(this.path, 'filler'), Buffer.alloc(bavail * bsize), { flag: 'a' });
      } catch (error) {
        // Somebody else wrote meanwhile.
        assert.match(String(error), /ENOSPC/);
      }
    }
  }

  async makeRoom(): Promise<void> {
    await rm(join(this.path, 'filler'), { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', ['-l', this.path]);
  }
}
