import { readdir, readlink } from 'node:fs/promises';
import type { Clock } from '../../core/host/interfaces';
import { errnoOf } from '../fs/errno';
import { parseSocketLink } from './procfs';

interface Owner {
  readonly pid: number;
  /** The link that showed it: /proc/<pid>/fd/<n>. */
  readonly link: string;
}

/**
 * A socket whose owner cannot be seen (the kernel's own, another container's) would cost a search
 * through all processes each time; it is looked for again after this long.
 */
const SEARCH_AGAIN_MS = 30_000;

export interface SocketOwnersOptions {
  /** Where proc(5) is mounted. */
  readonly proc: string;
  readonly clock: Clock;
}

/** How many processes are looked through at once; libuv has four threads for file calls. */
const PROCESSES_AT_ONCE = 8;

/**
 * Which process holds a socket, by inode, from /proc/<pid>/fd. Where several share one (a server
 * that forked), the process with the lowest number counts: it is the parent as a rule.
 */
export class SocketOwners {
  readonly #proc: string;
  readonly #clock: Clock;
  #known: ReadonlyMap<string, Owner> = new Map();
  /** When sockets were looked for in vain. */
  #hidden = new Map<string, number>();

  constructor(options: SocketOwnersOptions) {
    this.#proc = options.proc;
    this.#clock = options.clock;
  }

  /**
   * Owners of the wanted sockets; those that no process of this user holds are missing. `existing`
   * are all sockets of the table: what is remembered of others is forgotten.
   */
  async find(
    inodes: ReadonlySet<string>,
    existing: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, number>> {
    const found = await this.#stillOwned(inodes);
    const now = this.#clock.now();
    const hidden = new Map(
      [...this.#hidden].filter(
        ([inode, since]) => existing.has(inode) && Math.abs(now - since) < SEARCH_AGAIN_MS,
      ),
    );
    const missing = new Set([...inodes].filter((inode) => !found.has(inode) && !hidden.has(inode)));
    if (missing.size > 0) {
      await this.#search(missing, found);
    }
    missing.forEach((inode) => hidden.set(inode, now));
    this.#hidden = hidden;
    const others = [...this.#known].filter(([inode]) => existing.has(inode) && !inodes.has(inode));
    this.#known = new Map([...others, ...found]);
    return new Map([...found].map(([inode, owner]) => [inode, owner.pid]));
  }

  /** What was found before, as far as the same link still shows the same socket. */
  async #stillOwned(inodes: ReadonlySet<string>): Promise<Map<string, Owner>> {
    const still = new Map<string, Owner>();
    await Promise.all(
      [...inodes].map(async (inode) => {
        const owner = this.#known.get(inode);
        if (owner !== undefined && (await socketAt(owner.link)) === inode) {
          still.set(inode, owner);
        }
      }),
    );
    return still;
  }

  async #search(missing: Set<string>, found: Map<string, Owner>): Promise<void> {
    const pids = (await names(this.#proc)).filter((name) => /^\d+$/.test(name)).map(Number);
    pids.sort((left, right) => left - right);
    for (let from = 0; from < pids.length && missing.size > 0; from += PROCESSES_AT_ONCE) {
      const group = pids.slice(from, from + PROCESSES_AT_ONCE);
      const owned = await Promise.all(group.map((pid) => this.#ownedBy(pid, missing)));
      for (const [inode, owner] of owned.flat()) {
        if (missing.delete(inode)) {
          found.set(inode, owner);
        }
      }
    }
  }

  async #ownedBy(pid: number, wanted: ReadonlySet<string>): Promise<readonly [string, Owner][]> {
    const folder = `${this.#proc}/${pid}/fd`;
    const owned: [string, Owner][] = [];
    for (const name of await names(folder)) {
      const link = `${folder}/${name}`;
      const inode = await socketAt(link);
      if (inode !== undefined && wanted.has(inode)) {
        owned.push([inode, { pid, link }]);
      }
    }
    return owned;
  }
}

/** Undefined for a link that is gone or belongs to another user's process. */
export async function readProcLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

async function socketAt(link: string): Promise<string | undefined> {
  const target = await readProcLink(link);
  return target === undefined ? undefined : parseSocketLink(target);
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return [];
  }
}
