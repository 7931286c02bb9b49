/** The real machine behind the interfaces of `core/host`. Nothing else builds adapters. */
import { join } from 'node:path';
import type { EpochFolder, Log, ProcessTable } from '../../core/host/interfaces';
import { SystemMachine } from '../../platform/doctor/machineFacts';
import { ifAvailable } from '../../platform/fs/errors';
import { removeLeftover } from '../../platform/fs/files';
import { sha256, SystemClock, SystemIds } from '../../platform/fs/runtime';
import { ConfigFile } from '../../platform/home/configFile';
import { preparePaths, systemPathsOptions, type StyxyPaths } from '../../platform/home/paths';
import { HttpHealthProbe } from '../../platform/net/httpHealthProbe';
import { systemPortProbe } from '../../platform/net/portProbe';
import {
  connectToSocket,
  listenOnSocket,
  REFUSALS_THAT_PROVE,
  socketExists,
} from '../../platform/net/socket';
import { systemListenerTable } from '../../platform/os/listeners';
import { ephemeralPorts } from '../../platform/os/portRanges';
import { openProcessTable } from '../../platform/os/processes';
import { AuditLog } from '../../platform/storage/auditLog';
import { FileEpochFolder } from '../../platform/storage/epochFolder';
import { FileWorkspaceReader } from '../../platform/workspace/git';
import { BoundedLookup } from '../async/boundedLookup';
import { ROTATE_BYTES } from '../leader/durableLog';
import type { TermTools } from '../leader/term';
import { GRACE_MS } from '../membership/holderTracker';
import { probeLeader, type ProbeTools } from '../session/leaderProbe';

export interface MachineOptions {
  /** `STYXY_HOME` and the default apply when it is absent. */
  readonly home?: string;
  readonly development?: boolean;
  /** For tests: what takes the place of the real folder, as controls that must fail need it. */
  readonly folder?: (real: EpochFolder) => EpochFolder;
  readonly log: Log;
}

/** What every participant needs of the machine: its home, the files of its host, processes. */
export interface Machine {
  readonly paths: StyxyPaths;
  readonly processes: ProcessTable;
  readonly probe: ProbeTools;
}

/** Errors: `permission_denied`, `storage_unavailable`, `invalid_argument` for the home. */
export async function openMachine(options: MachineOptions): Promise<Machine> {
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
  const probe: ProbeTools = {
    folder: options.folder?.(real) ?? real,
    clock,
    ids,
    log,
    bootId: processes.bootId,
    refusalsThatProve: REFUSALS_THAT_PROVE,
    connect: (path, deadlineMs) => connectToSocket({ path, deadlineMs }),
  };
  return { paths, processes, probe };
}

export interface LeadingOptions {
  /** Bytes of a journal's commits after which the next epoch begins; 8 MiB by default. */
  readonly rotateBytes?: number;
  /** Milliseconds after which an absent holder may be gone; 30 s by default. */
  readonly graceMs?: number;
}

/** What leading takes of it. */
export async function termTools(
  { paths, processes, probe }: Machine,
  { rotateBytes = ROTATE_BYTES, graceMs = GRACE_MS }: LeadingOptions,
): Promise<TermTools> {
  const { home, hostFolder } = paths;
  const { clock, ids, log } = probe;
  const auditPath = join(hostFolder, 'audit.log');
  return {
    ...probe,
    digest: sha256,
    look: {
      bounded: new BoundedLookup(clock),
      probe: systemPortProbe(),
      listeners: systemListenerTable(),
      workspaces: new FileWorkspaceReader(),
      health: new HttpHealthProbe(),
    },
    processes,
    config: new ConfigFile({ home, clock, ids }),
    trail: new AuditLog({ path: auditPath, clock, log }),
    auditPath,
    ephemeral: await ephemeralPorts(),
    machine: new SystemMachine({ home, hostFolder }),
    graceMs,
    home,
    rotateBytes,
    socketPath: (nonce) => paths.socketPath(nonce),
    listen: (path, onConnection) => listenOnSocket({ path, onConnection }),
    // Only a file that is proven gone makes a leader listen elsewhere.
    socketExists: async (path) => (await ifAvailable(socketExists(path))) ?? true,
    removeSocket: (path) => removeLeftover(path),
    probeLeader: async (epoch) => ((await probeLeader(probe, epoch)) === 'dead' ? 'dead' : 'alive'),
  };
}
