/** The production driver on a disk in memory, with what it takes to go a trace step by step. */
import assert from 'node:assert/strict';
import { runForLeader } from '../../../src/coordinator/election/candidate';
import type { Base, LogTools } from '../../../src/coordinator/log/commit';
import { StyxyError } from '../../../src/core/domain/errors';
import type {
  CheckpointContent,
  Clock,
  EpochFolder,
  JournalCopy,
  JournalFile,
  LockRecord,
} from '../../../src/core/host/interfaces';
import { listAllocations } from '../../../src/core/state/state';
import { sha256 } from '../../../src/platform/fs/runtime';
import { LOCK_RECORD, SILENT } from '../../support/world/makers';
import { MemoryFolder, type Disk } from '../../support/world/memoryFolder';

export function toolsOn(folder: EpochFolder, clock: Clock): LogTools {
  return {
    folder,
    clock,
    log: SILENT,
    digest: sha256,
    // Whoever stands here was told that the leader is dead, rightly or not.
    probeLeader: async () => 'dead',
    nextClaim: async () => LOCK_RECORD,
    onRepair: () => undefined,
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

/** Lets others go on until the disk has a name. */
export async function until(disk: Disk, name: string): Promise<void> {
  while (!disk.has(name)) {
    await new Promise(setImmediate);
  }
}
