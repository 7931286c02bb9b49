import assert from 'node:assert/strict';
import { FakeWorld, HERE, view } from '../support/fakes';

/** What each command asks the leader, where the service "web" of this workspace has a port. */
const REQUESTS: readonly (readonly [args: readonly string[], requests: readonly string[]])[] = [
  [['list'], ['list']],
  [['inspect', '3000'], ['inspect']],
  [['instances'], ['status']],
  // What listens has to be known before the port is released, and as it is then.
  [
    ['release', 'web'],
    ['inspect', 'release'],
  ],
  [
    ['move', 'web', '3005'],
    ['move', 'inspect'],
  ],
  [['plan'], ['allocatePlan', 'list']],
  [['plan', '--check'], ['list']],
];

describe('the requests of a command', () => {
  for (const [args, requests] of REQUESTS) {
    it(`"styxy ${args.join(' ')}" sends ${requests.join(', ')} and no other`, async () => {
      const world = new FakeWorld();
      world.plans.set(HERE, '{ "services": { "web": {} } }');
      world.coordinator.allocations = [view({ planned: {} })];
      assert.equal(await world.run(...args), 0);
      assert.deepEqual(
        world.coordinator.asked.map(({ method }) => method),
        requests,
      );
    });
  }
});
