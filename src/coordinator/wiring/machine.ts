/** What leading takes of the real machine, behind the interfaces of `core/ports`. */
import { join } from 'node:path';
import { AuditLog } from '../../platform/storage/auditLog';
import { ConfigFile } from '../../platform/home/configFile';
import { sha256 } from '../../platform/fs/runtime';
import { ephemeralPorts } from '../../platform/os/portRanges';
import { ifAvailable } from '../../platform/fs/errors';
import { FileWorkspaceReader } from '../../platform/workspace/git';
import { HttpHealthProbe } from '../../platform/net/httpHealthProbe';
import { systemListenerTable } from '../../platform/os/listeners';
import { SystemMachine } from '../../platform/doctor/machineFacts';
import { systemPortProbe } from '../../platform/net/portProbe';
import { removeLeftover } from '../../platform/fs/files';
import { listenOnSocket, socketExists } from '../../platform/net/socket';
import { GRACE_MS } from '../membership/holderTracker';
import { openGround, type Ground, type GroundOptions } from './ground';
import { probeLeader } from '../session/leaderProbe';
import { ROTATE_BYTES } from '../leader/durableLog';
import type { LeadershipTools } from '../leader/leadershipParts';
import { BoundedLookup } from '../async/boundedLookup';

export interface LeadingOptions {
  /** Bytes of a journal's commits after which the next epoch begins; 8 MiB by default. */
  readonly rotateBytes?: number;
  /** Milliseconds after which an absent holder may be gone; 30 s by default. */
  readonly graceMs?: number;
}

/** Errors: those of `openGround`. */
export async function openMachine(
  options: GroundOptions & LeadingOptions,
): Promise<{ readonly ground: Ground; readonly leadership: LeadershipTools }> {
  const ground = await openGround(options);
  return { ground, leadership: await leadershipTools(ground, options) };
}

export async function leadershipTools(
  { paths, processes, knock }: Ground,
  { rotateBytes = ROTATE_BYTES, graceMs = GRACE_MS }: LeadingOptions,
): Promise<LeadershipTools> {
  const { home, hostFolder } = paths;
  const { folder, clock, ids, log } = knock;
  const auditPath = join(hostFolder, 'audit.log');
  return {
    folder,
    digest: sha256,
    clock,
    ids,
    log,
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
    judge: async (epoch) => ((await probeLeader(knock, epoch)) === 'dead' ? 'dead' : 'alive'),
  };
}
