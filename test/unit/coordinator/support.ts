/** A term in one process, on a disk in memory and a clock that a test moves. */
import { randomUUID } from 'node:crypto';
import type { CandidacyOptions } from '../../../src/coordinator/election/candidate';
import type { AuditTrail } from '../../../src/core/audit/entry';
import type { AuditEntry } from '../../../src/core/domain/audit';
import { StyxyError } from '../../../src/core/domain/errors';
import type { ConfigRead, ConfigStore } from '../../../src/core/host/interfaces';
import type { TermTools } from '../../../src/coordinator/leader/term';
import { BoundedLookup } from '../../../src/coordinator/async/boundedLookup';
import { sha256 } from '../../../src/platform/fs/runtime';
import { WELL } from '../../support/doctorAnswer';
import { ManualClock } from '../../support/world/clocks';
import { SILENT } from '../../support/world/makers';
import { participant } from '../core/allocation/support/engine';
import { MemoryFolder, type Disk } from '../../support/world/memoryFolder';

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
    log: SILENT,
    auditPath: '/home/me/.styxy/audit.log',
    digest: sha256,
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
