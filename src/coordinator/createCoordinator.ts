/** The composition root of the coordinator: the only place that builds platform adapters. */
import type { Coordinator } from '../core/client';
import type { Participant, ParticipantKind } from '../core/model';
import type { EpochFolder, Log } from '../core/ports';
import { SystemClock } from '../platform/clock';
import { SystemIds } from '../platform/ids';
import { InlineLeaderHost, WorkerLeaderHost, type LeaderHost } from './leaderHost';
import { openMachine, type Machine } from './machine';
import { Node, type NodeTools } from './node';
import { offline } from './offline';

export interface CoordinatorOptions {
  readonly kind: ParticipantKind;
  /** What a person would call this participant: the workspace's name or the command line. */
  readonly label: string;
  /** Canonical absolute paths of the folders it has open. */
  readonly folders: readonly string[];
  /** Which editor or command this is, for people: `Visual Studio Code`, `styxy allocate`. */
  readonly product: string;
  /** Version of Styxy. */
  readonly version: string;
  /** Where everything is kept; `STYXY_HOME` and the default are applied when it is absent. */
  readonly home?: string;
  /** Development hosts keep to a home of their own unless `STYXY_HOME` says otherwise. */
  readonly development?: boolean;
  /** Bytes of a journal's commits after which a leader here begins the next epoch. */
  readonly rotateBytes?: number;
  /** Milliseconds after which an absent holder of a shared allocation may be gone. */
  readonly graceMs?: number;
  /** For tests, where the leader is `inline`: see `MachineOptions`. */
  readonly folder?: (real: EpochFolder) => EpochFolder;
  /**
   * Where a leadership of this participant runs: in a worker thread from this script (an
   * extension host's main thread is shared and may stall), or on the calling thread.
   */
  readonly leader:
    { readonly kind: 'worker'; readonly script: string } | { readonly kind: 'inline' };
  readonly log: Log;
}

/**
 * Starts taking part and answers at once: nothing is awaited, no I/O is done before the first
 * turn of the event loop. Requests wait for a leader until their deadline.
 */
export function createCoordinator(options: CoordinatorOptions): Coordinator {
  const { kind, label, folders, product, version, log } = options;
  const ids = new SystemIds();
  return new Node({
    clock: new SystemClock(),
    ids,
    log,
    product,
    participant: { id: ids.uuid(), kind, label, pid: process.pid, version, folders },
    open: async (participant) => {
      const machine = await openMachine(options);
      return { tools: nodeTools(options, machine), participant: await dated(participant, machine) };
    },
  });
}

/** With what tells its process from a later one of the same pid. */
async function dated(participant: Participant, machine: Machine): Promise<Participant> {
  const { processes } = machine;
  const { pid } = participant;
  const [startedAt, identity] = await Promise.all([
    processes.startedAt(pid),
    processes.identityOf(pid),
  ]);
  return {
    ...participant,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(identity === undefined ? {} : { identity }),
  };
}

function nodeTools({ leader, log }: CoordinatorOptions, machine: Machine): NodeTools {
  const inline: LeaderHost = new InlineLeaderHost(machine.leadership);
  const common: Pick<NodeTools, 'knock' | 'offline'> = {
    knock: machine.knock,
    offline: (self, problem) => offline(machine.leadership, self, problem),
  };
  if (leader.kind === 'inline') {
    return { ...common, host: inline, ranked: false };
  }
  const { home } = machine;
  const host = new WorkerLeaderHost({ script: leader.script, home, log, fallback: inline });
  return { ...common, host, ranked: true };
}
