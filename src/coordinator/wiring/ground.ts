/** What every participant needs of the machine: its home, the files of its host, and processes. */
import type { EpochFolder, Log, ProcessTable } from '../../core/host/interfaces';
import { SystemClock, SystemIds } from '../../platform/fs/runtime';
import { FileEpochFolder } from '../../platform/storage/epochFolder';
import { preparePaths, systemPathsOptions, type StyxyPaths } from '../../platform/home/paths';
import { openProcessTable } from '../../platform/os/processes';
import { connectToSocket, REFUSALS_THAT_PROVE } from '../../platform/net/socket';
import type { ProbeTools } from '../session/leaderProbe';

export interface GroundOptions {
  /** `STYXY_HOME` and the default apply when it is absent. */
  readonly home?: string;
  readonly development?: boolean;
  /** For tests: what takes the place of the real folder, as controls that must fail need it. */
  readonly folder?: (real: EpochFolder) => EpochFolder;
  readonly log: Log;
}

export interface Ground {
  readonly paths: StyxyPaths;
  readonly processes: ProcessTable;
  readonly knock: ProbeTools;
}

/** Errors: `permission_denied`, `storage_unavailable`, `invalid_argument` for the home. */
export async function openGround(options: GroundOptions): Promise<Ground> {
  const { log, home, development = false } = options;
  const system = systemPathsOptions({ development });
  const env = home === undefined ? system.env : { ...system.env, STYXY_HOME: home };
  const [paths, processes] = await Promise.all([
    preparePaths({ ...system, env }),
    openProcessTable(),
  ]);
  const clock = new SystemClock();
  const ids = new SystemIds();
  const real = new FileEpochFolder({ path: paths.hostFolder, clock, ids });
  const knock: ProbeTools = {
    folder: options.folder?.(real) ?? real,
    clock,
    ids,
    log,
    bootId: processes.bootId,
    refusalsThatProve: REFUSALS_THAT_PROVE,
    connect: (path, deadlineMs) => connectToSocket({ path, deadlineMs }),
  };
  return { paths, processes, knock };
}
