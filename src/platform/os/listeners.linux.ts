import { open, readFile } from 'node:fs/promises';
import type { ListeningProcess } from '../../core/domain/model';
import type { Clock, Listener, ListenerTable } from '../../core/host/interfaces';
import { errnoOf } from '../fs/errno';
import { unreadableTable } from './listenerError';
import { linuxBootTimeMs, linuxStartMark, linuxStartMs } from './processes.linux';
import {
  parseCmdline,
  parseCwdLink,
  parseProcNet,
  parseSockstat,
  type ProcListener,
} from './procfs';
import { readProcLink, SocketOwners } from './socketOwners';

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
  /** Sockets right before; undefined where the system does not tell. */
  readonly counted: string | undefined;
}

/**
 * Reads the kernel's tables of sockets and looks through processes only for the sockets wanted.
 * Owners that were found are remembered and proven again with one look each time.
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

  /** Undefined where the system does not tell. */
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
    const command = parseCmdline(cmdline ?? '');
    const startedAt = linuxStartMs(stat ?? '', bootedAt);
    const startMark = linuxStartMark(stat ?? '');
    return {
      pid,
      ...(command === undefined ? {} : { command }),
      ...(cwdLink === undefined ? {} : { cwd: parseCwdLink(cwdLink) }),
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(startMark === undefined ? {} : { startMark }),
    };
  }
}

function inodesOf(rows: readonly ProcListener[]): ReadonlySet<string> {
  return new Set(rows.map((row) => row.inode));
}

/** Undefined without such a table; any other failure (EMFILE) proves nothing. */
async function readTable(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) {
      throw error;
    }
    if (errno === 'ENOENT') {
      return undefined;
    }
    throw unreadableTable(path, errno);
  }
}

/** With as few steps as there can be, since it is done all the time; empty for no such file. */
async function readStart(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_COUNT_BYTES));
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return '';
  }
}

/** Undefined for what ended meanwhile or belongs to another user. */
async function readProc(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}
