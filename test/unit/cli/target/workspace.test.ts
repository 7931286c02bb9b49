import assert from 'node:assert/strict';
import type { Role } from '../../../../src/core/messages/coordinator';
import type { Snapshot } from '../../../../src/core/messages/requests';
import { createRun } from '../../../../src/cli/run/run';
import { joinedSnapshot } from '../../../../src/cli/target/workspace';
import { EMPTY_SNAPSHOT } from '../../../support/fakeCoordinator';
import { FakeCoordinator, FakeWorld } from '../support/fakes';

/** A coordinator that joins a leader when a test says so. */
class Joining extends FakeCoordinator {
  override role: Role = { kind: 'connecting' };
  pushed: Snapshot | undefined;
  listener = (): void => undefined;

  override get snapshot(): Snapshot {
    return this.pushed as Snapshot;
  }

  override onDidChange(listener = (): void => undefined) {
    this.listener = listener;
    return { dispose: () => (this.listener = () => undefined) };
  }

  override list(): Promise<Snapshot> {
    this.asked.push({ method: 'list', request: undefined });
    return Promise.resolve(EMPTY_SNAPSHOT);
  }
}

describe('joinedSnapshot', () => {
  function stage() {
    const world = new FakeWorld();
    const coordinator = new Joining();
    const run = createRun(world.environment, [], {});
    return { world, coordinator, snapshot: joinedSnapshot({ ...run, coordinator }) };
  }

  it('is what the leader pushed, without a request', async () => {
    const { coordinator, snapshot } = stage();
    coordinator.listener();
    coordinator.pushed = { ...EMPTY_SNAPSHOT, epoch: 7 };
    coordinator.listener();
    assert.equal((await snapshot).epoch, 7);
    assert.deepEqual(coordinator.asked, []);
  });

  it('is asked for where no leader can be joined, which says why or answers from the disk', async () => {
    const { coordinator, snapshot } = stage();
    coordinator.role = { kind: 'unreachable', problem: 'The disk is full.' };
    coordinator.listener();
    assert.equal(await snapshot, EMPTY_SNAPSHOT);
    assert.deepEqual(
      coordinator.asked.map(({ method }) => method),
      ['list'],
    );
  });

  it('is not waited for after the run was cancelled', async () => {
    const { world, snapshot } = stage();
    world.cancel.abort();
    assert.equal(await snapshot, EMPTY_SNAPSHOT);
  });
});
