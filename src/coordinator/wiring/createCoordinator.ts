/** The composition root of a participant. */
import { createClient, type Coordinator } from '../../core/messages/coordinator';
import type { Participant, ParticipantKind } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import { SystemClock, SystemIds } from '../../platform/fs/runtime';
import type { NodeTools } from '../node/campaign';
import { Node } from '../node/node';
import { openMachine, type LeadingOptions, type Machine, type MachineOptions } from './adapters';
import { inlineHost } from './inlineHost';
import { WorkerLeaderHost } from './workerHost';

export interface ParticipantOptions extends MachineOptions {
  readonly kind: ParticipantKind;
  /** What a person would call this participant: the workspace's name or the command line. */
  readonly label: string;
  /** Canonical absolute paths of the folders it has open. */
  readonly folders: readonly string[];
  /** Which editor or command this is, for people: `Visual Studio Code`, `styxy allocate`. */
  readonly product: string;
  /** Version of Styxy. */
  readonly version: string;
}

export interface CoordinatorOptions extends ParticipantOptions, LeadingOptions {
  /** Where a term of this participant runs: in a worker thread from this script, or here. */
  readonly leader:
    { readonly kind: 'worker'; readonly script: string } | { readonly kind: 'inline' };
}

/** For a participant that may lead on its own thread: commands, and tests. See `participate`. */
export function createCoordinator(options: CoordinatorOptions): Coordinator {
  const { leader, log } = options;
  return participate(options, async (machine) => {
    const { probe, paths } = machine;
    const here = await inlineHost(machine, options);
    if (leader.kind === 'inline') {
      return { ...here, probe, ranked: false };
    }
    const { script } = leader;
    const host = new WorkerLeaderHost({ script, home: paths.home, log, fallback: here.host });
    return { ...here, probe, host, ranked: true };
  });
}

/**
 * Starts taking part and answers at once: nothing is awaited, no I/O is done before the first
 * turn of the event loop. Requests wait for a leader until their deadline. `toolsOf`: how it leads.
 */
export function participate(
  options: ParticipantOptions,
  toolsOf: (machine: Machine) => Promise<NodeTools>,
): Coordinator {
  const { kind, label, folders, product, version, log } = options;
  const ids = new SystemIds();
  const node = new Node({
    clock: new SystemClock(),
    ids,
    log,
    product,
    participant: { id: ids.uuid(), kind, label, pid: process.pid, version, folders },
    open: async (participant) => {
      const machine = await openMachine(options);
      const [tools, itself] = await Promise.all([toolsOf(machine), dated(participant, machine)]);
      return { tools, participant: itself };
    },
  });
  return Object.assign(node, createClient(ids, node.send));
}

/** With what distinguishes its process from a later one of the same pid. */
async function dated(participant: Participant, { processes }: Machine): Promise<Participant> {
  const { pid } = participant;
  const [startedAt, identity] = await Promise.all([
    processes.startedAt(pid),
    processes.identityOf(pid),
  ]);
  return given({ ...participant, startedAt, identity });
}
