import assert from 'node:assert/strict';
import { isRecord } from '../../../src/core/domain/errors';
import { CliHome, isRunning, parseObject, signal, until } from './home';

describe('styxy daemon', () => {
  let home: CliHome;

  beforeEach(async () => {
    home = await CliHome.create();
  });

  afterEach(async () => {
    await home.dispose();
  });

  function leaderPid(status: Record<string, unknown>): unknown {
    return isRecord(status.leader) ? status.leader.pid : undefined;
  }

  it('is not running in a new home', async () => {
    const { epoch, ...status } = await home.status();
    assert.equal(typeof epoch, 'number');
    assert.deepEqual(status, { running: false, leader: null, participants: [] });
  });

  it('starts, leads for commands, and stops', async () => {
    const pid = await home.startDaemon();
    const before = await home.status();
    assert.equal(before.running, true);
    assert.deepEqual(before.leader, { pid, kind: 'daemon' });
    assert.deepEqual(before.participants, [{ pid, kind: 'daemon', label: 'styxy daemon' }]);

    const { port } = await home.json(['allocate', '-s', 'dev']);
    assert.equal((await home.list()).length, 1);
    assert.deepEqual(await home.status(), before, 'commands follow, they do not take over');

    assert.deepEqual(await home.json(['daemon', 'stop']), { stopped: [{ pid }] });
    assert.equal(isRunning(pid), false);
    const after = await home.status();
    assert.equal(after.running, false);
    assert.deepEqual(
      (await home.list()).map((allocation) => allocation.port),
      [port],
    );
  });

  it('adds one participant with each start, and stops one or all', async () => {
    const pids = [await home.startDaemon(), await home.startDaemon(), await home.startDaemon()];
    const status = await home.status();
    assert.ok(Array.isArray(status.participants));
    assert.deepEqual(
      new Set(status.participants.map((one) => (isRecord(one) ? one.pid : undefined))),
      new Set(pids),
    );
    assert.equal(leaderPid(status), pids[0]);

    const which = await home.error(['daemon', 'stop'], 2);
    assert.ok(isRecord(which.details) && Array.isArray(which.details.pids));
    assert.equal(which.details.pids.length, 3);
    assert.equal((await home.error(['daemon', 'stop', '--pid', '1'], 2)).code, 'invalid_argument');

    const [first, second] = pids;
    await home.json(['daemon', 'stop', '--pid', String(first)]);
    assert.equal(isRunning(Number(first)), false);
    assert.equal(isRunning(Number(second)), true);
    const { stopped } = await home.json(['daemon', 'stop', '--all']);
    assert.equal(Array.isArray(stopped) && stopped.length, 2);
    assert.deepEqual(await home.json(['daemon', 'stop', '--all']), { stopped: [] });
  });

  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    it(`stays attached in the foreground and ends cleanly on ${name}`, async () => {
      const { child, done } = home.start(['daemon', 'start', '--foreground', '--json']);
      let text = '';
      child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
      await until(() => text.includes('\n'), 'the report');
      assert.equal(parseObject(text).pid, child.pid);
      assert.equal(leaderPid(await home.status()), child.pid);
      child.kill(name);
      const { code, stderr } = await done;
      assert.deepEqual([code, stderr], [0, '']);
    });
  }

  it('tells why it could not start', async () => {
    const error = await home.error(['daemon', 'start'], 2, { env: { STYXY_HOME: 'here' } });
    assert.equal(error.code, 'invalid_argument');
  });

  it('lets a command that waits for a frozen leader be cancelled', async () => {
    const pid = await home.startDaemon();
    assert.ok(signal(pid, 'SIGSTOP'));
    const { child, done } = home.start(['list', '--json', '--verbose']);
    let told = '';
    child.stderr?.on('data', (data: Buffer) => (told += data.toString()));
    await until(() => told !== '', 'the first remark, which is made when signals are heard');
    child.kill('SIGINT');
    const { code, stdout } = await done;
    assert.ok(signal(pid, 'SIGCONT'));
    assert.equal(code, 130);
    const { error } = parseObject(stdout);
    assert.equal(isRecord(error) && error.code, 'cancelled');
  });
});
