/** What `node:fs/promises` is to the product while it is simulated: only what it uses of it. */
import { errno, type Inode } from './disk';
import { mounted } from './environment';

const O_ACCMODE = 3;
const O_CREAT = 64;
const O_EXCL = 128;
const O_APPEND = 1024;
const OPEN_FLAGS: Readonly<Record<string, number>> = {
  r: 0,
  w: 1 | O_CREAT,
  wx: 1 | O_CREAT | O_EXCL,
  a: 1 | O_CREAT | O_APPEND,
};

const open_ = new Map<number, SimulatedFile>();
let lastDescriptor = 100;

/** By descriptor. Errors: throws for one that is not open. */
export function openFile(fd: number): SimulatedFile {
  const file = open_.get(fd);
  if (file === undefined) {
    throw new Error(`No file has the descriptor ${fd}.`);
  }
  return file;
}

/** Between runs: nothing is open. */
export function forgetOpenFiles(): void {
  open_.clear();
  lastDescriptor = 100;
}

class SimulatedFile {
  readonly fd: number;
  readonly #path: string;
  readonly #inode: Inode;
  readonly #appends: boolean;
  #position = 0;

  constructor(path: string, inode: Inode, appends: boolean) {
    this.#path = path;
    this.#inode = inode;
    this.#appends = appends;
    this.fd = lastDescriptor += 1;
    open_.set(this.fd, this);
  }

  write(content: Buffer, position: number | null): Promise<number> {
    const disk = mounted();
    const inode = this.#inode;
    const at = this.#appends ? undefined : (position ?? this.#position);
    this.#position += content.length;
    return disk.step(
      `write ${content.length} to ${this.#path}`,
      'write',
      () => disk.write(inode, content, at),
      (random) => {
        disk.write(inode, content.subarray(0, random.below(content.length + 1)), at);
      },
    );
  }

  sync(): Promise<void> {
    const inode = this.#inode;
    return mounted().step(`sync ${this.#path}`, 'sync', () => {
      inode.synced = inode.content.length;
    });
  }

  stat(options?: { readonly bigint?: boolean }) {
    return mounted().step(`stat ${this.#path}`, 'open', () => statsOf(this.#inode, options));
  }

  async readFile(encoding?: BufferEncoding): Promise<string | Buffer> {
    const disk = mounted();
    const content = await disk.step(`read ${this.#path}`, 'read', () =>
      disk.read(this.#path, this.#inode),
    );
    return encoding === undefined ? content : content.toString(encoding);
  }

  read(buffer: Buffer, offset: number, length: number, position: number) {
    return mounted().step(`read ${this.#path}`, 'read', () => {
      const bytesRead = this.#inode.content.copy(buffer, offset, position, position + length);
      return { buffer, bytesRead };
    });
  }

  close(): Promise<void> {
    open_.delete(this.fd);
    return Promise.resolve();
  }
}

export async function open(path: string, flags: string | number): Promise<SimulatedFile> {
  const disk = mounted();
  const bits = typeof flags === 'number' ? flags : OPEN_FLAGS[flags];
  if (bits === undefined || (bits & O_ACCMODE) > 2) {
    throw new Error(`Files are not opened with "${flags}" here.`);
  }
  const creates = (bits & O_CREAT) !== 0;
  const exclusive = (bits & O_EXCL) !== 0;
  const inode = await disk.step(`open ${path}`, creates ? 'create' : 'open', () =>
    disk.open(path, { creates, exclusive }),
  );
  return new SimulatedFile(path, inode, (bits & O_APPEND) !== 0);
}

export type FileHandle = SimulatedFile;

export function link(from: string, to: string): Promise<void> {
  const disk = mounted();
  return disk.step(`link ${from} ${to}`, 'name', () => disk.link(from, to));
}

export function rename(from: string, to: string): Promise<void> {
  const disk = mounted();
  return disk.step(`rename ${from} ${to}`, 'name', () => disk.rename(from, to));
}

export function unlink(path: string): Promise<void> {
  const disk = mounted();
  return disk.step(`unlink ${path}`, 'name', () => {
    disk.find(path);
    disk.files.delete(path);
  });
}

export function mkdir(path: string): Promise<void> {
  const disk = mounted();
  return disk.step(`mkdir ${path}`, 'name', () => disk.makeFolder(path));
}

export function readdir(path: string): Promise<string[]> {
  const disk = mounted();
  return disk.step(`list ${path}`, 'open', () => disk.names(path));
}

export function utimes(path: string, _atime: Date, mtime: Date): Promise<void> {
  const disk = mounted();
  return disk.step(`touch ${path}`, 'name', () => {
    disk.find(path).mtimeMs = mtime.getTime();
  });
}

export function stat(path: string, options?: { readonly bigint?: boolean }) {
  const disk = mounted();
  return disk.step(`stat ${path}`, 'open', () => statsOf(disk.find(path), options));
}

export const lstat = stat;

export function realpath(path: string): Promise<string> {
  const disk = mounted();
  return disk.step(`realpath ${path}`, 'open', () => {
    disk.find(path);
    return path;
  });
}

export function readlink(path: string): Promise<string> {
  return Promise.reject(errno('EINVAL', path));
}

export function statfs(): Promise<{ bavail: number; bsize: number }> {
  return mounted().step('statfs', 'open', () => ({ bavail: 0, bsize: 4096 }));
}

function statsOf(inode: Inode, options: { readonly bigint?: boolean } | undefined) {
  const { content, number, mtimeMs } = inode;
  const size = content.length;
  const isFile = (): boolean => true;
  const isSymbolicLink = (): boolean => false;
  const kind = { isFile, isSymbolicLink };
  return options?.bigint === true
    ? {
        ...kind,
        size: BigInt(size),
        ino: BigInt(number),
        dev: 1n,
        mode: 0o600n,
        uid: 1000n,
        mtimeNs: BigInt(Math.floor(mtimeMs * 1000)) * 1000n,
      }
    : { ...kind, size, ino: number, dev: 1, mode: 0o600, uid: 1000, mtimeMs };
}
