import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import { FakeWorld, HERE, participant, SELF } from '../support/fakes';

function daemons(world: FakeWorld, ...pids: readonly number[]): void {
  world.coordinator.participants = [
    participant({ id: SELF, kind: 'cli', pid: 4000, folders: [] }),
    participant(),
    ...pids.map((pid) =>
      participant({ id: `d-${pid}`, kind: 'daemon', label: 'styxy daemon', pid, folders: [] }),
    ),
  ];
  world.processes.set(41, 7);
  for (const pid of pids) {
    world.processes.set(pid, 7);
  }
}

function errorOf(world: FakeWorld): { code: string; details: Record<string, unknown> } {
  return (world.json() as { error: ReturnType<typeof errorOf> }).error;
}

describe('styxy daemon status', () => {
  it('prints who leads and who takes part, without the one who asks', async () => {
    const world = new FakeWorld();
    daemons(world, 51);
    assert.equal(await world.run('daemon', 'status', '--json'), 0);
    assert.deepEqual(world.json(), {
      running: true,
      epoch: 3,
      leader: { pid: 41, kind: 'window', workspace: HERE },
      participants: [
        { pid: 41, kind: 'window', label: 'shop', workspace: HERE },
        { pid: 51, kind: 'daemon', label: 'styxy daemon' },
      ],
    });
  });

  it('is not running when nobody but this run takes part', async () => {
    const world = new FakeWorld();
    world.coordinator.participants = [participant({ id: SELF, kind: 'cli', pid: 4000 })];
    world.coordinator.leader = {
      pid: 4000,
      participant: SELF,
      kind: 'cli',
      label: 'styxy daemon status',
      since: 0,
    };
    assert.equal(await world.run('daemon', 'status', '--json'), 0);
    assert.deepEqual(world.json(), { running: false, epoch: 3, leader: null, participants: [] });
    const human = new FakeWorld();
    Object.assign(human.coordinator, {
      participants: world.coordinator.participants,
      leader: world.coordinator.leader,
    });
    await human.run('daemon', 'status');
    assert.deepEqual(human.stdout, ['not running']);
  });

  it('shows a table to people', async () => {
    const world = new FakeWorld();
    daemons(world, 51);
    await world.run('daemon', 'status');
    assert.deepEqual(world.stdout, [
      'PID  KIND    ROLE      LABEL         WORKSPACE',
      ' 41  window  leader    shop          ~/shop',
      ' 51  daemon  follower  styxy daemon',
    ]);
    assert.deepEqual(world.stderr, ['epoch 3, home ~/.styxy']);
  });
});

describe('styxy daemon stop', () => {
  it('ends the only one', async () => {
    const world = new FakeWorld();
    daemons(world, 51);
    assert.equal(await world.run('daemon', 'stop', '--json'), 0);
    assert.deepEqual(world.json(), { stopped: [{ pid: 51 }] });
    assert.deepEqual(world.terminated, [51]);
    assert.equal(world.coordinator.closed, 1);
  });

  it('wants to know which of several', async () => {
    const world = new FakeWorld();
    daemons(world, 51, 52);
    assert.equal(await world.run('daemon', 'stop', '--json'), 2);
    assert.deepEqual(errorOf(world).details, { pids: [51, 52] });
    assert.deepEqual(world.terminated, []);
  });

  it('ends one by its pid, or all of them', async () => {
    const one = new FakeWorld();
    daemons(one, 51, 52);
    assert.equal(await one.run('daemon', 'stop', '--pid', '52'), 0);
    assert.deepEqual(one.terminated, [52]);
    assert.deepEqual(one.stdout, ['52']);
    const all = new FakeWorld();
    daemons(all, 51, 52);
    assert.equal(await all.run('daemon', 'stop', '--all'), 0);
    assert.deepEqual(all.terminated, [51, 52]);
  });

  it('never ends a window or a stranger', async () => {
    const window = new FakeWorld();
    daemons(window, 51);
    assert.equal(await window.run('daemon', 'stop', '--pid', '41', '--json'), 7);
    assert.equal(errorOf(window).code, 'permission_denied');
    const stranger = new FakeWorld();
    daemons(stranger, 51);
    stranger.processes.set(99, 1);
    assert.equal(await stranger.run('daemon', 'stop', '--pid', '99', '--json'), 2);
    assert.deepEqual(errorOf(stranger).details, { pid: 99, pids: [51] });
    assert.deepEqual([...window.terminated, ...stranger.terminated], []);
  });

  it('takes no pid for a process that began at another time', async () => {
    const world = new FakeWorld();
    daemons(world, 51);
    world.processes.set(51, 1_000_000);
    assert.equal(await world.run('daemon', 'stop', '--all', '--json'), 0);
    assert.deepEqual(world.json(), { stopped: [] });
    assert.deepEqual(world.terminated, []);
  });

  it('leaves alone what it has no proof of, and says so', async () => {
    const world = new FakeWorld();
    daemons(world, 51, 52);
    world.processes.delete(51);
    world.hidden.add(51);
    assert.equal(await world.run('daemon', 'stop', '--all', '--json'), 7);
    assert.deepEqual(errorOf(world).details, { pids: [51], stopped: [52] });
    assert.deepEqual(world.terminated, [52]);
  });

  it('is no error when there is none', async () => {
    const world = new FakeWorld();
    daemons(world);
    assert.equal(await world.run('daemon', 'stop'), 0);
    assert.deepEqual(world.stdout, []);
    assert.match(world.stderr.join('\n'), /Nothing to stop/);
  });

  it('tells when one does not end', async () => {
    const world = new FakeWorld();
    daemons(world, 51);
    world.stubborn.add(51);
    assert.equal(await world.run('daemon', 'stop', '--json'), 5);
    assert.equal(errorOf(world).code, 'timeout');
  });
});

describe('styxy daemon start', () => {
  it('prints the pid of the new process', async () => {
    const world = new FakeWorld();
    assert.equal(await world.run('daemon', 'start'), 0);
    assert.deepEqual(world.stdout, ['4001']);
    assert.equal(world.connected.length, 0);
    const json = new FakeWorld();
    await json.run('daemon', 'start', '--json');
    assert.deepEqual(json.json(), { pid: 4001, epoch: 3, leader: { pid: 41, kind: 'window' } });
  });

  it('stays attached in the foreground and ends cleanly when told to', async () => {
    const world = new FakeWorld();
    const running = world.run('daemon', 'start', '--foreground', '--json');
    while (world.stdout.length === 0) {
      await new Promise(setImmediate);
    }
    assert.equal(world.connected[0]?.kind, 'daemon');
    assert.equal(world.coordinator.closed, 0);
    world.cancel.abort();
    assert.equal(await running, 0);
    assert.equal(world.coordinator.closed, 1);
    assert.equal((world.json() as { pid: number }).pid, 4000);
  });

  it('ends cleanly also when it is told to before it takes part', async () => {
    const world = new FakeWorld();
    world.coordinator.hangs = true;
    const running = world.run('daemon', 'start', '--foreground');
    await new Promise(setImmediate);
    world.cancel.abort();
    assert.equal(await running, 0);
  });

  it('tells its parent that it takes part, or why not', async () => {
    const world = new FakeWorld();
    const running = world.run('daemon', 'start', '--foreground', '--announce');
    while (world.announced.length === 0) {
      await new Promise(setImmediate);
    }
    world.cancel.abort();
    await running;
    assert.deepEqual(world.stdout, []);
    assert.deepEqual(world.announced, [
      {
        kind: 'ready',
        report: { pid: 4000, epoch: 3, leader: { pid: 41, kind: 'window', workspace: HERE } },
      },
    ]);
    const failing = new FakeWorld();
    failing.coordinator.refusal = new StyxyError('permission_denied', 'Not your home.');
    assert.equal(await failing.run('daemon', 'start', '--foreground', '--announce'), 7);
    assert.equal(failing.announced[0]?.kind, 'failed');
  });
});
