/** One simulated computer: its disk, its sockets, its processes and who listens on its ports. */
import type {
  HealthProbe,
  Ids,
  Listener,
  ListenerTable,
  MachineReader,
  PortProbe,
  ProcessTable,
  WorkspaceReader,
} from '../../src/core/host/interfaces';
import { Disk, type DiskFlaws } from './disk';
import { Network } from './network';
import type { Process, Scheduler } from './scheduler';
import { step } from './steps';

/** A server that somebody started. */
export interface Server {
  readonly port: number;
  readonly pid: number;
  readonly cwd: string;
  readonly startedAt: number;
  /** A participant's child ends with it, or is left over. */
  readonly parent: Process | undefined;
}

export class Machine {
  readonly scheduler: Scheduler;
  readonly disk: Disk;
  readonly network: Network;
  readonly processes = new Map<number, Process>();
  /** By port. */
  readonly servers = new Map<number, Server>();
  readonly goneFolders = new Set<string>();
  #boot = 1;
  #pids = 1000;

  constructor(scheduler: Scheduler, flaws: DiskFlaws) {
    this.scheduler = scheduler;
    this.disk = new Disk(scheduler, flaws);
    this.network = new Network(scheduler);
  }

  start(name: string): Process {
    this.#pids += 1;
    const process: Process = {
      pid: this.#pids,
      name: `${name}#${this.#pids}`,
      startedAt: Math.floor(this.scheduler.wall),
      alive: true,
      endedAt: 0,
      frozen: false,
      held: [],
      pending: new Set(),
      lastImmediate: 0,
    };
    this.processes.set(process.pid, process);
    return process;
  }

  /** As by SIGKILL: what was asked of the system and not done yet is done, in part, or not. */
  kill(process: Process): void {
    const { random } = this.scheduler;
    process.alive = false;
    process.endedAt = this.scheduler.elapsed;
    process.held.length = 0;
    for (const pending of process.pending) {
      if (random.chance(0.5)) {
        pending.finish();
      }
    }
    process.pending.clear();
    this.network.lose(process);
    for (const [port, { parent }] of this.servers) {
      if (parent === process && random.chance(0.7)) {
        this.servers.delete(port);
      }
    }
  }

  /** After every process is gone: what was not synced is gone too. */
  losePower(): void {
    this.servers.clear();
    this.network.paths.clear();
    this.disk.losePower();
    this.#boot += 1;
  }

  listen(port: number, cwd: string, parent: Process | undefined): void {
    this.#pids += 1;
    const startedAt = this.scheduler.wall;
    this.servers.set(port, { port, pid: this.#pids, cwd, startedAt, parent });
  }

  readonly ids: Ids = {
    uuid: () => this.scheduler.random.uuid(),
    nonce: (bytes) => this.scheduler.random.hex(bytes),
    below: (below) => this.scheduler.random.below(below),
  };

  readonly probe: PortProbe = {
    firstFree: (candidates) =>
      this.#step('probe', () => {
        const found = new Map<number, 'free' | 'busy'>();
        for (const port of candidates) {
          const kind = this.servers.has(port) ? 'busy' : 'free';
          found.set(port, kind);
          if (kind === 'free') {
            break;
          }
        }
        return found;
      }),
    check: (port) => this.#step('probe', () => (this.servers.has(port) ? 'busy' : 'free')),
    addresses: (port) =>
      this.#step('probe', () => [
        { address: '127.0.0.1', result: this.servers.has(port) ? 'busy' : 'free' } as const,
      ]),
  };

  readonly listeners: ListenerTable = {
    pollIntervalMs: 2000,
    ports: () => this.#step('listeners', () => new Set(this.servers.keys())),
    listeners: (ports) =>
      this.#step('owners', () =>
        [...this.servers.values()]
          .filter(({ port }) => ports === undefined || ports.has(port))
          .map(listenerOf),
      ),
  };

  get processTable(): ProcessTable {
    const bootId = `boot-${this.#boot}`;
    const find = (pid: number): Process | undefined => {
      const process = this.processes.get(pid);
      return process?.alive === true ? process : undefined;
    };
    return {
      bootId,
      startedAt: (pid) => this.#step('process', () => find(pid)?.startedAt),
      identityOf: (pid) =>
        this.#step('process', () => (find(pid) === undefined ? undefined : `${bootId}:${pid}`)),
      isAlive: (pid) => find(pid) !== undefined,
    };
  }

  readonly workspaces: WorkspaceReader = {
    resolve: (folder, open) =>
      this.#step('folder', () => ({
        workspace: folder,
        because: open.has(folder) ? 'open' : 'folder',
      })),
    exists: (folder) => this.#step('folder', () => !this.goneFolders.has(folder)),
    branchOf: () => this.#step('branch', () => 'main'),
    worktreeOf: (root) =>
      this.#step('worktree', () => ({ kind: 'worktree', root, repository: `${root}/.git` })),
  };

  readonly reader: MachineReader = {
    look: (path) =>
      this.#step('machine', () => ({
        platform: 'simulated',
        node: '20',
        home: { path: '/', hostFolder: '/', exposed: [], quarantined: [], hardLinks: true },
        socket: { path, present: this.network.paths.has(path) },
        tools: [],
        excluded: [],
        untold: [],
      })),
  };

  readonly health: HealthProbe = {
    check: ({ port }) =>
      this.#step('health', () =>
        this.servers.has(port)
          ? { ok: true, status: 200, ms: 1 }
          : { ok: false, reason: 'nobody answered' },
      ),
  };

  /** A look at something that is neither disk nor network. */
  #step<T>(what: string, effect: () => T): Promise<T> {
    const { random } = this.scheduler;
    const ms = random.chance(0.98) ? random.between(0.02, 0.4) : random.between(1, 50);
    return step(this.scheduler, { what, ms, effect });
  }
}

function listenerOf({ port, pid, cwd, startedAt }: Server): Listener {
  return { port, address: '127.0.0.1', process: { pid, cwd, startedAt, command: 'server' } };
}
