/** What `node:fs` is to the product while it is simulated: only what it uses of it. */
import { openFile } from './fsPromises';

export const constants = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 64,
  O_EXCL: 128,
  O_APPEND: 1024,
} as const;

type Written = (error: unknown, written: number) => void;

export function write(
  fd: number,
  content: Uint8Array,
  offset: number,
  length: number,
  position: number | null,
  done: Written,
): void {
  openFile(fd)
    .write(Buffer.from(content.subarray(offset, offset + length)), position)
    .then(
      (written) => done(null, written),
      (error: unknown) => done(error, 0),
    );
}

export function fdatasync(fd: number, done: (error: unknown) => void): void {
  openFile(fd)
    .sync()
    .then(
      () => done(null),
      (error: unknown) => done(error),
    );
}

function unsupported(): never {
  throw new Error('Files are not touched in the middle of a turn.');
}

export const existsSync = unsupported;
export const unlinkSync = unsupported;
