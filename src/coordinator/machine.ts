/** The real machine behind the interfaces of `core/ports`, for whichever thread needs it. */
import { DEFAULT_RULES } from '../core/rules';
import type { Log, ProcessTable } from '../core/ports';
import { SystemClock } from '../platform/clock';
import { sha256 } from '../platform/digest';
import { FileEpochFolder } from '../platform/epochFolder';
import { SystemIds } from '../platform/ids';
import { systemListenerTable } from '../platform/listenerTable';
import { preparePaths, systemPathsOptions } from '../platform/paths';
import { systemPortProbe } from '../platform/portProbe';
import { openProcessTable } from '../platform/processTable';
import { removeLeftover } from '../platform/removeFile';
import { connectToSocket, listenOnSocket, REFUSALS_THAT_PROVE } from '../platform/socket';
import { FileWorkspaceResolver } from '../platform/workspace';
import { knock, type KnockTools } from './knock';
import type { LeadershipTools } from './leadership';

export interface MachineOptions {
  /** `STYXY_HOME` and the default apply when it is absent. */
  readonly home?: string;
  readonly development?: boolean;
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
  const system = systemPathsOptions({ development });
  const env = home === undefined ? system.env : { ...system.env, STYXY_HOME: home };
  const [paths, processes] = await Promise.all([
    preparePaths({ ...system, env }),
    openProcessTable(),
  ]);
  const clock = new SystemClock();
  const ids = new SystemIds();
  const folder = new FileEpochFolder({ path: paths.hostFolder, clock, ids });
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
        probe: systemPortProbe(),
        listeners: systemListenerTable(),
        workspaces: new FileWorkspaceResolver(),
      },
      processes,
      rules: DEFAULT_RULES,
      home: paths.home,
      socketPath: (nonce) => paths.socketPath(nonce),
      listen: (path, onConnection) => listenOnSocket({ path, onConnection }),
      removeSocket: (path) => removeLeftover(path),
      judge: async (epoch) => {
        const found = await knock(knockTools, epoch);
        if (found.kind === 'answered') {
          found.channel.close();
        }
        return found.kind === 'dead' ? 'dead' : 'alive';
      },
    },
  };
}
