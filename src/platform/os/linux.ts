/** Linux: who listens, and processes, as proc(5) has them. */
import { open, readdir, readFile, readlink } from 'node:fs/promises';
import type { ListeningProcess } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import type { Clock, Listener, ListenerTable } from '../../core/host/interfaces';
import { errnoOf, ifAvailable, ifPresent } from '../fs/errors';
import { withFile } from '../fs/files';
import { unreadableTable, type ProcessFacts } from './operatingSystem';
import {
  parseBootTime,
  parseCmdline,
  parseCwdLink,
  parseProcNet,
  parseProcStat,
  parseSockstat,
  parseSocketLink,
  type ProcListener,
} from './procfs';

export interface LinuxListenerTableOptions {
  /** Of this process: only root may look into other users' processes. */
  readonly uid: number | undefined;
  readonly clock: Clock;
  /** Where proc(5) is mounted. */
  readonly proc?: string;
}

/** proc(5): the tables of the network namespace of this process. IPv6 may be switched off. */
const TABLES = ['net/tcp', 'net/tcp6'] as const;

/** proc(5): counts of the sockets in these tables, in the same namespace. */
const COUNTS = ['net/sockstat', 'net/sockstat6'] as const;
/** They have a few lines of fixed shape. */
const MAX_COUNT_BYTES = 1024;

interface Read {
  readonly rows: readonly ProcListener[];
  /** Sockets right before; undefined where the system does not say. */
  readonly counted: string | undefined;
}

/**
 * Reads the kernel's tables of sockets and looks through processes only for the sockets wanted.
 * Owners that were found are remembered and checked again with one look each time.
 */
export class LinuxListenerTable implements ListenerTable {
  /**
   * The kernel walks its whole hash table of connections for each of the two reads: 7 ms of CPU
   * together with the 262,144 buckets of a 24 GB machine, so 0.4 % of a core; `seemsUnchanged`
   * spares most of it.
   */
  readonly pollIntervalMs = 2000;
  readonly #proc: string;
  readonly #uid: number | undefined;
  readonly #owners: SocketOwners;
  /** What each answer of `ports()` was read from. */
  readonly #reads = new WeakMap<ReadonlySet<number>, Read>();

  constructor(options: LinuxListenerTableOptions) {
    this.#proc = options.proc ?? '/proc';
    this.#uid = options.uid;
    this.#owners = new SocketOwners({ proc: this.#proc, clock: options.clock });
  }

  async ports(): Promise<ReadonlySet<number>> {
    // First: a listener that comes in between makes the next count another.
    const counted = await this.#count();
    const texts = await Promise.all(TABLES.map((table) => readTable(`${this.#proc}/${table}`)));
    if (texts.every((text) => text === undefined)) {
      throw unreadableTable(`${this.#proc}/${TABLES[0]}`, 'ENOENT');
    }
    const rows = texts.flatMap((text) => parseProcNet(text ?? ''));
    const ports = new Set(rows.map((row) => row.port));
    this.#reads.set(ports, { rows, counted });
    return ports;
  }

  async seemsUnchanged(since: ReadonlySet<number>): Promise<boolean> {
    const counted = this.#reads.get(since)?.counted;
    return counted !== undefined && (await this.#count()) === counted;
  }

  async listeners(
    ports?: ReadonlySet<number>,
    seen?: ReadonlySet<number>,
  ): Promise<readonly Listener[]> {
    const table = (seen && this.#reads.get(seen)?.rows) ?? (await this.#table());
    const rows = ports === undefined ? table : table.filter((row) => ports.has(row.port));
    const visible = rows.filter((row) => this.#uid === 0 || row.uid === this.#uid);
    const owners = await this.#owners.find(inodesOf(visible), inodesOf(table));
    const processes = await this.#describe(new Set(owners.values()));
    return rows.map((row) => {
      const process = processes.get(owners.get(row.inode) ?? 0);
      return { port: row.port, address: row.address, ...(process ? { process } : {}) };
    });
  }

  /** Undefined where the system does not say. */
  async #count(): Promise<string | undefined> {
    const counts = await Promise.all(
      COUNTS.map(async (name) => parseSockstat(await readStart(`${this.#proc}/${name}`))),
    );
    return counts[0] === undefined ? undefined : counts.join('+');
  }

  async #table(): Promise<readonly ProcListener[]> {
    const texts = await Promise.all(TABLES.map((table) => readProc(`${this.#proc}/${table}`)));
    return texts.flatMap((text) => parseProcNet(text ?? ''));
  }

  async #describe(pids: ReadonlySet<number>): Promise<ReadonlyMap<number, ListeningProcess>> {
    const bootedAt = pids.size === 0 ? undefined : await linuxBootTimeMs(this.#proc);
    const found = await Promise.all(
      [...pids].map(async (pid) => [pid, await this.#process(pid, bootedAt)] as const),
    );
    return new Map(found);
  }

  async #process(pid: number, bootedAt: number | undefined): Promise<ListeningProcess> {
    const folder = `${this.#proc}/${pid}`;
    const [cmdline, stat, cwdLink] = await Promise.all([
      readProc(`${folder}/cmdline`),
      readProc(`${folder}/stat`),
      readProcLink(`${folder}/cwd`),
    ]);
    return given({
      pid,
      command: parseCmdline(cmdline ?? ''),
      cwd: cwdLink && parseCwdLink(cwdLink),
      startedAt: linuxStartMs(stat ?? '', bootedAt),
      startMark: linuxStartMark(stat ?? ''),
    });
  }
}

function inodesOf(rows: readonly ProcListener[]): ReadonlySet<string> {
  return new Set(rows.map((row) => row.inode));
}

/** Undefined without such a table; any other failure (EMFILE) proves nothing. */
async function readTable(path: string): Promise<string | undefined> {
  try {
    return await ifPresent(readFile(path, 'utf8'));
  } catch (error) {
    const errno = errnoOf(error);
    throw errno === undefined ? error : unreadableTable(path, errno);
  }
}

/** With as few steps as there can be, since it is done all the time; empty for no such file. */
async function readStart(path: string): Promise<string> {
  const start = withFile(open(path, 'r'), async (file) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_COUNT_BYTES));
    return buffer.toString('utf8', 0, bytesRead);
  });
  return (await ifAvailable(start)) ?? '';
}

/** Undefined for what ended meanwhile or belongs to another user. */
function readProc(path: string): Promise<string | undefined> {
  return ifAvailable(readFile(path, 'utf8'));
}

/** Undefined for a link that is gone or belongs to another user's process. */
function readProcLink(path: string): Promise<string | undefined> {
  return ifAvailable(readlink(path));
}

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

/** How many processes are looked through at once; libuv has four threads for file calls. */
const PROCESSES_AT_ONCE = 8;

/**
 * Which process holds a socket, by inode, from /proc/<pid>/fd. Where several share one (a server
 * that forked), the process with the lowest number counts: it is the parent as a rule.
 */
class SocketOwners {
  readonly #proc: string;
  readonly #clock: Clock;
  #known: ReadonlyMap<string, Owner> = new Map();
  /** When sockets were looked for in vain. */
  #hidden = new Map<string, number>();

  constructor(options: Pick<Required<LinuxListenerTableOptions>, 'proc' | 'clock'>) {
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

async function socketAt(link: string): Promise<string | undefined> {
  const target = await readProcLink(link);
  return target === undefined ? undefined : parseSocketLink(target);
}

async function names(folder: string): Promise<readonly string[]> {
  return (await ifAvailable(readdir(folder))) ?? [];
}

/** USER_HZ: 100 on every architecture that Node runs on (time(7), `getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/**
 * Processes as proc(5) has them. The kernel counts their start from boot; `startedAt` is that plus
 * the boot time, which moves when the wall clock is set: compare it with some tolerance.
 */
export function linuxProcesses(proc = '/proc'): ProcessFacts {
  return {
    bootId: async () => {
      const text = await readProc(`${proc}/sys/kernel/random/boot_id`);
      return text?.trim() || undefined;
    },
    startedAt: async (pid) => {
      const [stat, bootedAt] = await Promise.all([
        readProc(`${proc}/${pid}/stat`),
        linuxBootTimeMs(proc),
      ]);
      return stat === undefined ? undefined : linuxStartMs(stat, bootedAt);
    },
    startMark: async (pid) => linuxStartMark((await readProc(`${proc}/${pid}/stat`)) ?? ''),
  };
}

/** Milliseconds since the Unix epoch at which the machine booted, by the clock as it is now. */
async function linuxBootTimeMs(proc: string): Promise<number | undefined> {
  const seconds = parseBootTime((await readProc(`${proc}/stat`)) ?? '');
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Undefined for a zombie too: it runs no more and holds nothing. */
export function linuxStartMs(stat: string, bootedAt: number | undefined): number | undefined {
  const ticks = startTicks(stat);
  return ticks === undefined || bootedAt === undefined
    ? undefined
    : bootedAt + (ticks * 1000) / TICKS_PER_SECOND;
}

/** Ticks since boot: they do not move when the clock is set. Undefined for a zombie too. */
export function linuxStartMark(stat: string): string | undefined {
  return startTicks(stat)?.toString();
}

function startTicks(stat: string): number | undefined {
  const parsed = parseProcStat(stat);
  return parsed === undefined || /^[ZXx]$/.test(parsed.state) ? undefined : parsed.startTicks;
}
