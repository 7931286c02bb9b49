/** The production driver on a disk in memory, with what it takes to go a trace step by step. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { runForLeader } from '../../../src/coordinator/election/candidate';
import type { Base, LogTools } from '../../../src/coordinator/log/commit';
import { StyxyError } from '../../../src/core/domain/errors';
import type { StateEvent } from '../../../src/core/state/events';
import type {
  CheckpointContent,
  Clock,
  EpochFolder,
  JournalCopy,
  JournalFile,
  LockRecord,
} from '../../../src/core/host/interfaces';
import { listAllocations } from '../../../src/core/state/state';
import { MemoryFolder, type Disk } from './memoryFolder';

export class SlowClock implements Clock {
  time = 0;

  now(): number {
    return this.time;
  }

  async sleep(ms: number): Promise<void> {
    this.time += ms;
  }

  every(): { dispose(): void } {
    return { dispose: () => undefined };
  }
}

const RECORD: LockRecord = {
  v: 1,
  protocol: 1,
  nonce: 'nonce',
  pid: 1,
  startedAt: 0,
  bootId: 'boot',
  product: 'test',
  version: '0.0.0',
  socket: '/socket',
  secret: 'secret',
};

export const silent = { debug() {}, info() {}, warn() {}, error() {} };

export function toolsOn(folder: EpochFolder, clock: Clock): LogTools {
  return {
    folder,
    clock,
    log: silent,
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    // Whoever stands here was told that the leader is dead, rightly or not.
    probeLeader: async () => 'dead',
    nextClaim: async () => RECORD,
    onRepair: () => undefined,
  };
}

export function granted(service: string, port: number): StateEvent {
  return {
    kind: 'granted',
    stamp: { at: 0, actor: 'test', by: 'test' },
    allocation: {
      id: service,
      port,
      serviceType: 'web',
      service,
      workspace: '/workspace',
      holders: [],
      allocatedAt: 0,
    },
  };
}

/** A folder whose steps can be held up, and on which writing can be refused. */
export class TroubledFolder extends MemoryFolder {
  refuses = false;
  beforeClaim: Promise<void> = Promise.resolve();
  beforeJournal: Promise<void> = Promise.resolve();
  afterCheckpoint: () => Promise<void> = async () => undefined;

  override async claim(epoch: number, record: LockRecord): Promise<'won' | 'lost'> {
    await this.beforeClaim;
    return super.claim(epoch, record);
  }

  override async writeCheckpoint(epoch: number, content: CheckpointContent): Promise<void> {
    await super.writeCheckpoint(epoch, content);
    await this.afterCheckpoint();
    this.#orRefuse();
  }

  override async createJournal(epoch: number, copy: JournalCopy): Promise<JournalFile | 'lost'> {
    await this.beforeJournal;
    this.#orRefuse();
    const journal = await super.createJournal(epoch, copy);
    if (journal === 'lost') {
      return journal;
    }
    const append = async (text: string): Promise<void> => {
      this.#orRefuse();
      await journal.append(text);
    };
    return { append, size: 0, close: () => journal.close() };
  }

  #orRefuse(): void {
    if (this.refuses) {
      const details = { errno: 'ENOSPC' };
      throw new StyxyError('storage_unavailable', 'The disk is full.', { details });
    }
  }
}

export async function served(tools: LogTools, seen: number) {
  const candidacy = await runForLeader(tools, seen);
  assert.ok(candidacy.kind === 'serving', JSON.stringify(candidacy));
  return candidacy;
}

export function portsIn({ state }: Base): readonly string[] {
  return listAllocations(state).map(({ service, port }) => `${service}: ${port}`);
}

/** A promise and how to fulfil it. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

/** Lets others go on until the disk has a name. */
export async function until(disk: Disk, name: string): Promise<void> {
  while (!disk.has(name)) {
    await new Promise(setImmediate);
  }
}
