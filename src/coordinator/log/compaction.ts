/** Deletes what past epochs and dead processes left, as far as it is needed no longer. */
import { toStyxyError } from '../../core/domain/errors';
import type { EpochFolder, LockRecord, Runtime } from '../../core/host/interfaces';
import { agingCheckpoints, retired } from '../../core/log/retention';
import { recordIn } from './commit';

export interface CompactionOptions extends Runtime {
  readonly folder: EpochFolder;
  /** The own epoch, which is open. */
  readonly epoch: number;
  /** Where the own leadership listens: its past locks name it too. */
  readonly socket: string;
  isDead(record: LockRecord): boolean;
  removeSocket(path: string): Promise<void>;
}

/** Never fails: what stays is deleted another time. */
export async function compact(options: CompactionOptions): Promise<void> {
  try {
    await retire(options);
    await discardClaims(options);
  } catch (error) {
    options.log.warn(`Old files stay for now: ${toStyxyError(error).message}`);
  }
}

async function retire(options: CompactionOptions): Promise<void> {
  const { folder, clock, epoch, socket, removeSocket } = options;
  const listing = await folder.list();
  const written = new Map<number, number>();
  for (const old of agingCheckpoints(listing, epoch)) {
    written.set(old, (await folder.checkpointWrittenAt(old)) ?? 0);
  }
  for (const file of retired(listing, epoch, written, clock.now())) {
    if (file.kind === 'lock') {
      const lock = recordIn(await folder.readLock(file.epoch));
      if (lock !== undefined && lock.socket !== socket) {
        await removeSocket(lock.socket);
      }
    }
    await folder.remove(file);
  }
}

/** A claim names the socket that its process listened on, or was about to. */
async function discardClaims(options: CompactionOptions): Promise<void> {
  const { folder, isDead, removeSocket } = options;
  const { claims } = await folder.list();
  for (const nonce of claims) {
    const claim = recordIn(await folder.readClaim(nonce));
    if (claim !== undefined && isDead(claim)) {
      await removeSocket(claim.socket);
      await folder.removeClaim(nonce);
    }
  }
}
