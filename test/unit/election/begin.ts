/** The worlds that explorations begin with. */
import { openingOf, snapshotOf } from './content';
import { NO_FILES, withFiles, withProcess, type Setup, type World } from './world';

export function begin(setup: Setup): World {
  return setup.led === true ? led(untouched(setup)) : untouched(setup);
}

function untouched({ processes, epochs, clients, budget, old }: Setup): World {
  return {
    files: Array.from({ length: epochs }, () => NO_FILES),
    processes: Array.from({ length: processes }, (_, index) => ({
      doing: { at: 'idle' },
      seen: 0,
      socket: 0,
      checkpoint: null,
      old: index < old,
    })),
    clients: clients.map(() => ({ at: 0, asked: false, port: 0 })),
    budget,
  };
}

/** What the first process leaves behind when nobody comes between. */
function led(world: World): World {
  const memory = { seq: 0, ports: world.clients.map(() => 0) };
  const line = openingOf(memory, false, false);
  const main = snapshotOf(memory, false, false);
  const opened = withFiles(world, 1, { lock: 'new', a: line, b: line, main });
  return withProcess(opened, 0, {
    doing: { at: 'leading', phase: { kind: 'serving', epoch: 1 }, epoch: 1, memory },
    socket: 1,
  });
}
