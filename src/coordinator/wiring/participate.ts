/** Taking part: what all participants have in common, wherever they lead. */
import type { Coordinator } from '../../core/messages/coordinator';
import type { Participant, ParticipantKind } from '../../core/domain/model';
import { SystemClock, SystemIds } from '../../platform/fs/runtime';
import type { NodeTools } from '../node/campaign';
import { openGround, type Ground, type GroundOptions } from './ground';
import { Node } from '../node/node';

export interface ParticipantOptions extends GroundOptions {
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

/**
 * Starts taking part and answers at once: nothing is awaited, no I/O is done before the first
 * turn of the event loop. Requests wait for a leader until their deadline. `toolsOf`: how it leads.
 */
export function participate(
  options: ParticipantOptions,
  toolsOf: (ground: Ground) => Promise<NodeTools>,
): Coordinator {
  const { kind, label, folders, product, version, log } = options;
  const ids = new SystemIds();
  return new Node({
    clock: new SystemClock(),
    ids,
    log,
    product,
    participant: { id: ids.uuid(), kind, label, pid: process.pid, version, folders },
    open: async (participant) => {
      const ground = await openGround(options);
      const [tools, itself] = await Promise.all([toolsOf(ground), dated(participant, ground)]);
      return { tools, participant: itself };
    },
  });
}

/** With what tells its process from a later one of the same pid. */
async function dated(participant: Participant, { processes }: Ground): Promise<Participant> {
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
