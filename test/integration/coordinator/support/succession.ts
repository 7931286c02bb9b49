/** One succession on given files, without processes: what the next leader would go on from. */
import { ClaimPool } from '../../../../src/coordinator/election/claimPool';
import { runForLeader } from '../../../../src/coordinator/election/candidate';
import type { Base } from '../../../../src/coordinator/log/commit';
import { sha256, SystemClock, SystemIds } from '../../../../src/platform/fs/runtime';
import { FileEpochFolder } from '../../../../src/platform/storage/epochFolder';
import { fileName } from '../../../../src/platform/storage/fileNames';
import { LOCK_RECORD, SILENT } from '../../../support/world/makers';

export interface Succession {
  readonly base: Base;
  /** Names of the copies that were found damaged, and where they lie now. */
  readonly repaired: ReadonlyMap<string, string>;
  readonly epoch: number;
}

/** Stands for the leadership in this folder, its last leader being dead, and leaves again. */
export async function succeedIn(path: string): Promise<Succession> {
  const clock = new SystemClock();
  const ids = new SystemIds();
  const folder = new FileEpochFolder({ path, clock, ids });
  const claims = new ClaimPool({
    folder,
    ids,
    log: SILENT,
    socket: () => '/nowhere.sock',
    record: LOCK_RECORD,
  });
  const repaired = new Map<string, string>();
  const candidacy = await runForLeader(
    {
      folder,
      digest: sha256,
      clock,
      log: SILENT,
      probeLeader: () => Promise.resolve('dead'),
      nextClaim: () => claims.next(),
      onRepair: (file, keptAt) => repaired.set(fileName(file), keptAt),
    },
    0,
  );
  if (candidacy.kind === 'ended') {
    throw new Error(`Nobody can lead here: ${candidacy.why.kind}.`);
  }
  const { epochLog, base } = candidacy;
  await epochLog.close();
  return { base, repaired, epoch: epochLog.epoch };
}
