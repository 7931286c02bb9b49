/** What a leader does between two batches: requests, the check of each second, rotation. */
import { check } from '../../../src/core/election/machine';
import { follower, observe } from './candidate';
import { afterDamage, goingOn, pursue, withClient, type Leading } from './commit';
import { list } from './scan';
import {
  processOf,
  spend,
  withProcess,
  type Commit,
  type Memory,
  type Next,
  type Setup,
  type World,
} from './world';

/** What a leader may do between two batches. */
export function* leadingSteps(setup: Setup, world: World, who: number): Generator<Next> {
  const { doing, checkpoint } = processOf(world, who);
  if (doing.at !== 'leading') {
    return;
  }
  for (const client of world.clients.keys()) {
    yield* taking(setup, world, who, doing, client);
  }
  if (setup.rules.check) {
    yield* watching(setup, world, who, doing);
  }
  const { epoch, memory } = doing;
  if (world.budget.rotations > 0) {
    const then = goingOn(setup, spend(world, 'rotations'), who, epoch, memory);
    yield { label: `leaves ${epoch} to rotate`, world: then };
  }
  if (world.budget.checkpoints > 0 && checkpoint === null) {
    const begun = { epoch, memory, next: 'bak' } as const;
    const then = withProcess(spend(world, 'checkpoints'), who, { checkpoint: begun });
    yield { label: `begins a checkpoint of ${epoch}`, world: then };
  }
}

/** The check of each second; while all is well it changes nothing. */
function* watching(setup: Setup, world: World, who: number, doing: Leading): Generator<Next> {
  const { epoch, memory } = doing;
  const listing = list(world.files);
  const verdict = check(listing, epoch);
  if (verdict === 'superseded') {
    const process = follower(setup, processOf(world, who), listing.highest);
    yield {
      label: `sees ${listing.highest} above ${epoch}`,
      world: withProcess(world, who, process),
    };
  } else if (verdict === 'damaged') {
    yield* afterDamage(setup, world, who, epoch, memory);
  }
}

/** A client asks, or asks again because the answer of another leader did not come. */
function* taking(
  setup: Setup,
  world: World,
  who: number,
  { phase, memory, epoch }: Leading,
  client: number,
): Generator<Next> {
  const state = world.clients[client];
  const request = state === undefined ? undefined : setup.clients[client]?.[state.at];
  if (state === undefined || request === undefined) {
    return;
  }
  const draft = drafted(memory, client, request === 'grant');
  // A client stops using its port before it asks for the release.
  const asked = { ...state, asked: true, port: request === 'grant' ? state.port : 0 };
  const commit: Omit<Commit, 'step' | 'work'> = {
    at: 'committing',
    memory,
    draft,
    client,
    request: state.at,
    answered: false,
  };
  const step = observe(setup, phase, { saw: 'batch' });
  const then = withClient(world, client, asked);
  const label = `takes the ${request} of client ${client} as leader of ${epoch}`;
  yield { label, world: pursue(setup, then, who, commit, step) };
}

/** The lowest free port for a new grant; nothing to write when it is as asked already. */
function drafted(memory: Memory, client: number, grant: boolean): Memory {
  const { ports, seq } = memory;
  if (((ports[client] ?? 0) !== 0) === grant) {
    return memory;
  }
  let port = grant ? 1 : 0;
  while (port > 0 && ports.includes(port)) {
    port++;
  }
  return { seq: seq + 1, ports: ports.map((before, index) => (index === client ? port : before)) };
}
