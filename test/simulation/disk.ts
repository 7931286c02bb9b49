/**
 * A file system in memory with the semantics that the product relies on: exclusive creation,
 * atomic renaming and hard links are single steps; a write may be torn; names outlive handles.
 */
import { dirname } from 'node:path';
import type { Scheduler } from './scheduler';
import { step } from './steps';

export interface Inode {
  readonly number: number;
  content: Buffer;
  /** Bytes that a power loss leaves. */
  synced: number;
  mtimeMs: number;
}

export type Touch = 'open' | 'create' | 'read' | 'write' | 'sync' | 'name';

/** The disk refuses for a while. */
export interface Refusal {
  readonly errno: string;
  readonly touches: ReadonlySet<Touch>;
  readonly chance: number;
}

/** Faults that make a control: the product's code, on a disk that breaks its word. */
export interface DiskFlaws {
  /** `wx` opens a journal that exists. */
  readonly sharedJournals?: boolean;
  /** A journal is read as if nothing followed its first line. */
  readonly openingOnly?: boolean;
}

export class Disk {
  readonly files = new Map<string, Inode>();
  readonly folders = new Set<string>(['/']);
  refusal: Refusal | undefined;
  /** The next steps hang for so many milliseconds. */
  hang: { left: number; ms: number } | undefined;
  hardLinks = true;
  /** The next lock is deleted so many milliseconds after it was made. */
  trapMs: number | undefined;
  readonly #scheduler: Scheduler;
  readonly #flaws: DiskFlaws;
  #made = 0;

  constructor(scheduler: Scheduler, flaws: DiskFlaws) {
    this.#scheduler = scheduler;
    this.#flaws = flaws;
  }

  /** One step of the process whose turn it is. */
  step<T>(
    what: string,
    touch: Touch,
    effect: () => T,
    torn?: (random: Scheduler['random']) => void,
  ): Promise<T> {
    const { random } = this.#scheduler;
    return step(this.#scheduler, {
      what,
      ms: this.#latency(touch),
      effect: () => {
        this.#refuse(touch, what);
        return effect();
      },
      ...(torn === undefined ? {} : { torn: () => torn(random) }),
    });
  }

  make(path: string): Inode {
    if (!this.folders.has(dirname(path))) {
      throw errno('ENOENT', path);
    }
    const { wall } = this.#scheduler;
    this.#made += 1;
    const inode = { number: this.#made, content: Buffer.alloc(0), synced: 0, mtimeMs: wall };
    this.#name(path, inode);
    return inode;
  }

  /** Errors: `ENOENT`. */
  find(path: string): Inode {
    const inode = this.files.get(path);
    if (inode === undefined) {
      throw errno('ENOENT', path);
    }
    return inode;
  }

  open(path: string, { creates, exclusive }: { creates: boolean; exclusive: boolean }): Inode {
    if (this.folders.has(path)) {
      return { number: 0, content: Buffer.alloc(0), synced: 0, mtimeMs: 0 };
    }
    const present = this.files.get(path);
    const isShared = this.#flaws.sharedJournals === true && /\/journal\.[^/]*$/.test(path);
    if (present !== undefined && exclusive && !isShared) {
      throw errno('EEXIST', path);
    }
    return present ?? (creates ? this.make(path) : this.find(path));
  }

  read(path: string, inode: Inode): Buffer {
    if (this.#flaws.openingOnly === true && /\/journal\.[^/]*$/.test(path)) {
      return inode.content.subarray(0, inode.content.indexOf('\n') + 1);
    }
    return inode.content;
  }

  /** How many bytes were taken; fewer than given when the disk is full. */
  write(inode: Inode, content: Buffer, position: number | undefined): number {
    const { random, wall } = this.#scheduler;
    const refused = this.refusal?.errno === 'ENOSPC' && this.refusal.touches.has('write');
    const taken = refused && random.chance(0.5) ? random.below(content.length) : content.length;
    const at = position ?? inode.content.length;
    const before = inode.content.subarray(0, at);
    const after = inode.content.subarray(at + taken);
    inode.content = Buffer.concat([before, content.subarray(0, taken), after]);
    inode.mtimeMs = wall;
    return taken;
  }

  names(folder: string): string[] {
    if (!this.folders.has(folder)) {
      throw errno('ENOENT', folder);
    }
    const prefix = `${folder}/`;
    const within = [...this.files.keys(), ...this.folders]
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length))
      .filter((name) => !name.includes('/'));
    return within.sort();
  }

  rename(from: string, to: string): void {
    const inode = this.find(from);
    if (!this.folders.has(dirname(to))) {
      throw errno('ENOENT', to);
    }
    if (this.files.get(to) !== inode) {
      this.files.set(to, inode);
      this.files.delete(from);
    }
  }

  link(from: string, to: string): void {
    if (!this.hardLinks) {
      throw errno('EPERM', to);
    }
    const inode = this.find(from);
    if (this.files.has(to)) {
      throw errno('EEXIST', to);
    }
    this.#name(to, inode);
  }

  makeFolder(path: string): void {
    for (let each = path; !this.folders.has(each); each = dirname(each)) {
      this.folders.add(each);
    }
  }

  /** What was not synced may be gone, wholly or in part. Names stay. */
  losePower(): void {
    const { random } = this.#scheduler;
    for (const inode of new Set(this.files.values())) {
      const unsynced = inode.content.length - inode.synced;
      if (unsynced > 0) {
        const kept = inode.synced + random.below(unsynced + 1);
        inode.content = inode.content.subarray(0, kept);
      }
    }
  }

  #name(path: string, inode: Inode): void {
    this.files.set(path, inode);
    const { trapMs } = this;
    if (trapMs !== undefined && /\/lock\.[^/]*$/.test(path)) {
      this.trapMs = undefined;
      this.#scheduler.schedule(trapMs, 'world', undefined, () => {
        this.#scheduler.trace(`the trap deletes ${path}`);
        this.files.delete(path);
      });
    }
  }

  #latency(touch: Touch): number {
    const { random } = this.#scheduler;
    if (this.hang !== undefined) {
      const { ms } = this.hang;
      this.hang.left -= 1;
      this.hang = this.hang.left > 0 ? this.hang : undefined;
      return random.between(0, ms);
    }
    if (random.chance(0.01)) {
      return random.between(1, 60);
    }
    return touch === 'sync' ? random.between(0.1, 2) : random.between(0.01, 0.15);
  }

  #refuse(touch: Touch, what: string): void {
    const { refusal } = this;
    if (refusal?.touches.has(touch) === true && this.#scheduler.random.chance(refusal.chance)) {
      throw errno(refusal.errno, what);
    }
  }
}

export function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
