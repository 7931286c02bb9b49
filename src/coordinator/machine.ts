/** The real machine behind the interfaces of `core/ports`, for whichever thread needs it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochFolder, Log, ProcessTable } from '../core/ports';
import { AuditLog } from '../platform/auditLog';
import { SystemClock } from '../platform/clock';
import { ConfigFile } from '../platform/configFile';
import { sha256 } from '../platform/digest';
import { FileEpochFolder } from '../platform/epochFolder';
import { HttpHealthProbe } from '../platform/healthCheck';
import { ephemeralRange } from '../platform/ephemeralRange';
import { errnoOf } from '../platform/errno';
import { branchOf } from '../platform/git';
import { SystemIds } from '../platform/ids';
import { systemListenerTable } from '../platform/listenerTable';
import { SystemMachine } from '../platform/machineFacts';
import { preparePaths, systemPathsOptions } from '../platform/paths';
import { systemPortProbe } from '../platform/portProbe';
import { openProcessTable } from '../platform/processTable';
import { removeLeftover } from '../platform/removeFile';
import { connectToSocket, listenOnSocket, REFUSALS_THAT_PROVE } from '../platform/socket';
import { FileWorkspaceResolver } from '../platform/workspace';
import { FileWorktreeReader } from '../platform/worktree';
import { GRACE_MS } from './attendance';
import { judge, type KnockTools } from './knock';
import { ROTATE_BYTES } from './ledger';
import type { LeadershipTools } from './leadershipParts';
import { Patience } from './patience';

export interface MachineOptions {
  /** `STYXY_HOME` and the default apply when it is absent. */
  readonly home?: string;
  readonly development?: boolean;
  /** Bytes of a journal's commits after which the next epoch begins; 8 MiB by default. */
  readonly rotateBytes?: number;
  /** Milliseconds after which an absent holder of a shared allocation may be gone; 30 s by default. */
  readonly graceMs?: number;
  /** For tests: what takes the place of the real folder, as controls that must fail need it. */
  readonly folder?: (real: EpochFolder) => EpochFolder;
  readonly log: Log;
}

export interface Machine {
  /** Canonical. */
  readonly home: string;
  readonly processes: ProcessTable;
  readonly knock: KnockTools;
  readonly leadership: LeadershipTools;
}

/** Errors: `permission_denied`, `storage_unavailable`, `invalid_argument` for the home. */
export async function openMachine(options: MachineOptions): Promise<Machine> {
  const { log, home, development = false } = options;
  const { rotateBytes = ROTATE_BYTES, graceMs = GRACE_MS } = options;
  const system = systemPathsOptions({ development });
  const env = home === undefined ? system.env : { ...system.env, STYXY_HOME: home };
  const [paths, processes, ephemeral] = await Promise.all([
    preparePaths({ ...system, env }),
    openProcessTable(),
    ephemeralRange(),
  ]);
  const auditPath = join(paths.hostFolder, 'audit.log');
  const clock = new SystemClock();
  const ids = new SystemIds();
  const real = new FileEpochFolder({ path: paths.hostFolder, clock, ids });
  const folder = options.folder?.(real) ?? real;
  const knockTools: KnockTools = {
    folder,
    clock,
    ids,
    log,
    bootId: processes.bootId,
    refusalsThatProve: REFUSALS_THAT_PROVE,
    connect: (path, deadlineMs) => connectToSocket({ path, deadlineMs }),
  };
  return {
    home: paths.home,
    processes,
    knock: knockTools,
    leadership: {
      folder,
      digest: sha256,
      clock,
      ids,
      log,
      look: {
        patience: new Patience(clock),
        probe: systemPortProbe(),
        listeners: systemListenerTable(),
        workspaces: new FileWorkspaceResolver(),
        branches: { branchOf },
        worktrees: new FileWorktreeReader(),
        health: new HttpHealthProbe(),
      },
      processes,
      config: new ConfigFile({ home: paths.home, clock, ids }),
      trail: new AuditLog({ path: auditPath, clock, log }),
      auditPath,
      ephemeral,
      machine: new SystemMachine({ home: paths.home, hostFolder: paths.hostFolder }),
      graceMs,
      home: paths.home,
      rotateBytes,
      socketPath: (nonce) => paths.socketPath(nonce),
      listen: (path, onConnection) => listenOnSocket({ path, onConnection }),
      socketExists,
      removeSocket: (path) => removeLeftover(path),
      judge: async (epoch) => ((await judge(knockTools, epoch)) === 'dead' ? 'dead' : 'alive'),
    },
  };
}

/** A pipe of Windows lives as long as its server does and has no file that could be deleted. */
async function socketExists(path: string): Promise<boolean> {
  if (process.platform === 'win32') {
    return true;
  }
  try {
    await stat(path);
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return errnoOf(error) !== 'ENOENT';
  }
  return true;
}
