/** A term in one process, on a disk in memory and a clock that a test moves. */
import { createHash, randomUUID } from 'node:crypto';
import type { CandidacyOptions } from '../../../src/coordinator/election/candidate';
import type { AuditTrail } from '../../../src/core/audit/entry';
import type { AuditEntry } from '../../../src/core/domain/audit';
import { StyxyError } from '../../../src/core/domain/errors';
import type {
  CancelSignal,
  Clock,
  ConfigRead,
  ConfigStore,
  Disposable,
} from '../../../src/core/host/interfaces';
import type { TermTools } from '../../../src/coordinator/leader/term';
import { BoundedLookup } from '../../../src/coordinator/async/boundedLookup';
import { WELL } from '../../support/doctorAnswer';
import { participant } from '../core/allocation/support/engine';
import { MemoryFolder, type Disk } from '../election/memoryFolder';

export const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Lets everything happen that waits for no timer. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Timer {
  at: number;
  readonly every?: number;
  run(): void;
}

export class ManualClock implements Clock {
  readonly timers = new Set<Timer>();
  #now = 1_000_000;

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: CancelSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.timers.delete(timer);
        reject(new StyxyError('cancelled', 'Cancelled.'));
      };
      const timer: Timer = {
        at: this.#now + ms,
        run: () => {
          this.timers.delete(timer);
          signal?.removeEventListener('abort', cancel);
          resolve();
        },
      };
      this.timers.add(timer);
      signal?.addEventListener('abort', cancel);
    });
  }

  every(ms: number, tick: () => void): Disposable {
    const timer: Timer = { at: this.#now + ms, every: ms, run: tick };
    this.timers.add(timer);
    return { dispose: () => void this.timers.delete(timer) };
  }

  /** As a person or a time server sets it; timers go by what has passed. */
  set(now: number): void {
    const moved = now - this.#now;
    for (const timer of this.timers) {
      timer.at += moved;
    }
    this.#now = now;
  }

  /** What repeats itself. */
  get repeating(): number {
    return [...this.timers].filter(({ every }) => every !== undefined).length;
  }

  /** Moves the time, and runs what is due in its order. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const [next] = [...this.timers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) {
        break;
      }
      this.#now = Math.max(this.#now, next.at);
      next.at = this.#now + (next.every ?? 0);
      next.run();
      await settled();
    }
    this.#now = end;
  }
}

/** `config.json` in memory; every text has a stamp of its own. */
export class FakeConfig implements ConfigStore {
  readonly path = '/home/me/.styxy/config.json';
  text: string | undefined;
  onRead: () => Promise<void> = async () => undefined;
  onReplace: () => void = () => undefined;

  async read(): Promise<ConfigRead> {
    await this.onRead();
    const stamp = this.#stamp();
    const { text } = this;
    return text === undefined ? { kind: 'absent', stamp } : { kind: 'read', text, stamp };
  }

  async changed(stamp: string): Promise<boolean> {
    return stamp !== this.#stamp();
  }

  async replace(before: string | undefined, text: string): Promise<string> {
    if (before !== this.text) {
      throw new StyxyError('storage_unavailable', 'Changed.', { details: { reason: 'changed' } });
    }
    this.onReplace();
    this.text = text;
    return this.#stamp();
  }

  #stamp(): string {
    return this.text === undefined ? 'absent' : `text ${this.text}`;
  }
}

export class FakeTrail implements AuditTrail {
  readonly entries: AuditEntry[] = [];
  rotations = 0;
  logs: ReadonlyMap<number, number> = new Map();
  onAppend: () => Promise<void> = async () => undefined;

  async append(entries: readonly AuditEntry[]): Promise<void> {
    await this.onAppend();
    this.entries.push(...entries);
  }

  async rotateIfFull(): Promise<boolean> {
    this.rotations += 1;
    return false;
  }

  async logged(): Promise<ReadonlyMap<number, number>> {
    return this.logs;
  }

  async read(): Promise<{ entries: readonly AuditEntry[]; truncated: boolean }> {
    return { entries: this.entries, truncated: false };
  }
}

export interface Stage {
  readonly disk: Disk;
  readonly folder: MemoryFolder;
  readonly clock: ManualClock;
  readonly config: FakeConfig;
  readonly trail: FakeTrail;
  readonly listening: Set<number>;
  readonly tools: TermTools;
  readonly candidacy: CandidacyOptions;
}

export function stage(folder?: (disk: Disk) => MemoryFolder): Stage {
  const disk: Disk = new Map();
  const clock = new ManualClock();
  const config = new FakeConfig();
  const trail = new FakeTrail();
  const listening = new Set<number>();
  const memory = folder?.(disk) ?? new MemoryFolder(disk);
  const tools: TermTools = {
    folder: memory,
    clock,
    config,
    trail,
    log: silent,
    auditPath: '/home/me/.styxy/audit.log',
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    ids: { uuid: randomUUID, nonce: (bytes) => 'a'.repeat(2 * bytes), below: () => 0 },
    look: {
      bounded: new BoundedLookup(clock),
      probe: {
        firstFree: async ([first]) => new Map(first === undefined ? [] : [[first, 'free']]),
        check: async () => 'free',
        addresses: async () => [],
      },
      listeners: {
        pollIntervalMs: 2000,
        ports: async () => listening,
        listeners: async () => [],
      },
      workspaces: {
        exists: async () => true,
        resolve: async (workspace) => ({ workspace, because: 'folder' }),
        branchOf: async () => undefined,
        worktreeOf: async () => ({ kind: 'none' }),
      },
      health: { check: async () => ({ ok: true, status: 200, ms: 1 }) },
    },
    processes: {
      bootId: 'boot',
      startedAt: async () => undefined,
      identityOf: async () => undefined,
      isAlive: () => true,
    },
    ephemeral: undefined,
    machine: { look: async () => WELL },
    graceMs: 30_000,
    home: '/home/me/.styxy',
    rotateBytes: 8 * 1024 * 1024,
    socketPath: async (nonce) => `/tmp/${nonce}`,
    listen: async () => ({ close: async () => undefined }),
    socketExists: async () => true,
    removeSocket: async () => undefined,
    probeLeader: async () => 'dead',
  };
  const candidacy: CandidacyOptions = {
    seen: 0,
    served: 0,
    self: participant('window-1', { folders: ['/home/me/a'] }),
    product: 'test',
  };
  return { disk, folder: memory, clock, config, trail, listening, tools, candidacy };
}
