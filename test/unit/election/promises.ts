/** The two promises, as questions to a world. */
import { recoverAtOnce } from './scan';
import type { Memory, Setup, World } from './world';

/** What a leader that starts to serve with this memory would lose or bring back. */
export function brokenByServing(setup: Setup, world: World, memory: Memory): string | undefined {
  return lost(setup, world, memory, 'A leader serves');
}

/** What is wrong with a world as it is. */
export function broken(setup: Setup, world: World): string | undefined {
  const ports = world.clients.map(({ port }) => port).filter((port) => port !== 0);
  if (new Set(ports).size < ports.length) {
    return `A port is held by two: ${ports.join(', ')}.`;
  }
  const recovery = recoverAtOnce(world.files, setup.clients.length);
  return recovery.kind === 'base'
    ? lost(setup, world, recovery.base, 'Recovery ends')
    : 'Recovery finds a newer version, although the newest one reads.';
}

/**
 * Once a request was taken its effect may be anywhere until it is answered; before that, the last
 * answer counts.
 */
function lost(setup: Setup, world: World, memory: Memory, who: string): string | undefined {
  if (setup.portsOnly === true) {
    return undefined;
  }
  for (const [index, client] of world.clients.entries()) {
    const port = memory.ports[index] ?? 0;
    if (client.asked || port === client.port) {
      continue;
    }
    const last = setup.clients[index]?.[client.at - 1];
    return last === 'grant'
      ? `${who} without the answered grant of port ${client.port} to client ${index}.`
      : `${who} with port ${port} for client ${index}, which has none.`;
  }
  return undefined;
}
