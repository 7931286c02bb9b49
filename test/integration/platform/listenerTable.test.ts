import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { SystemClock } from '../../../src/platform/clock';
import { systemListenerTable } from '../../../src/platform/listenerTable';
import { LinuxListenerTable } from '../../../src/platform/listenerTable.linux';
import { openProcessTable } from '../../../src/platform/processTable';
import { STRANGER, temporaryFolder } from './support';

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

describe('the table of listeners', function () {
  this.timeout(30_000);
  const temporary = temporaryFolder();
  let child: ChildProcess | undefined;
  let servers: Server[] = [];

  afterEach(async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    child = undefined;
    await Promise.all(
      servers.map((server) => {
        const closed = once(server, 'close');
        server.close();
        return closed;
      }),
    );
    servers = [];
  });

  async function startChild(): Promise<number> {
    child = fork(join(__dirname, 'children', 'listener.ts'), {
      cwd: temporary.path,
      execArgv: ['--require', require.resolve('tsx/cjs')],
    });
    const [port] = (await once(child, 'message')) as [number];
    return port;
  }

  async function listen(host: string): Promise<number> {
    const server = createServer().listen(0, host);
    servers.push(server);
    await once(server, 'listening');
    return portOf(server);
  }

  it('tells who listens: process, command, folder, start', async () => {
    const port = await startChild();
    const table = systemListenerTable();
    assert.ok((await table.ports()).has(port));
    const processes = await openProcessTable();
    // Twice: the second answer comes from what was remembered.
    for (let round = 0; round < 2; round++) {
      const [listener, ...others] = await table.listeners(new Set([port]));
      assert.deepEqual(others, []);
      assert.equal(listener?.address, '127.0.0.1');
      assert.equal(listener?.process?.pid, child?.pid);
      assert.match(listener?.process?.command ?? '', /listener\.ts/);
      assert.equal(listener?.process?.cwd, temporary.path);
      const startedAt = await processes.startedAt(child?.pid ?? 0);
      assert.equal(listener?.process?.startedAt, startedAt);
    }
  });

  it('forgets who is gone and learns who came, at once', async () => {
    const table = systemListenerTable();
    const port = await startChild();
    const first = child?.pid;
    assert.equal((await table.listeners(new Set([port])))[0]?.process?.pid, first);
    const gone = once(child ?? process, 'exit');
    child?.kill('SIGKILL');
    await gone;
    assert.deepEqual(await table.listeners(new Set([port])), []);
    assert.equal((await table.ports()).has(port), false);
    const next = await startChild();
    assert.equal((await table.listeners(new Set([next])))[0]?.process?.pid, child?.pid);
  });

  it('tells all listeners with their addresses', async () => {
    const ports = [await listen('127.0.0.1'), await listen('::1'), await listen('::')];
    const table = systemListenerTable();
    const all = await table.listeners();
    const found = ports.map((port) => all.find((listener) => listener.port === port));
    assert.deepEqual(
      found.map((listener) => listener?.address),
      ['127.0.0.1', '::1', '::'],
    );
    assert.ok(found.every((listener) => listener?.process?.pid === process.pid));
    assert.equal((await table.listeners(new Set())).length, 0);
  });

  it('tells no owner of other users’ listeners, and no error', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    const port = await listen('127.0.0.1');
    const stranger = new LinuxListenerTable({ uid: STRANGER, clock: new SystemClock() });
    const expected = process.getuid?.() === STRANGER ? 1 : 0;
    const listeners = await stranger.listeners(new Set([port]));
    assert.equal(listeners.length, 1);
    assert.equal(listeners.filter((listener) => listener.process !== undefined).length, expected);
  });

  it('is empty where there is no proc to read', async () => {
    const nothing = new LinuxListenerTable({
      uid: 0,
      clock: new SystemClock(),
      proc: join(temporary.path, 'proc'),
    });
    assert.deepEqual(await nothing.listeners(), []);
    assert.equal((await nothing.ports()).size, 0);
  });
});

describe('the table of processes', () => {
  it('knows this process and its boot', async () => {
    const processes = await openProcessTable();
    assert.match(processes.bootId, /\S/);
    assert.equal((await openProcessTable()).bootId, processes.bootId);
    assert.equal(processes.isAlive(process.pid), true);
    const startedAt = (await processes.startedAt(process.pid)) ?? 0;
    assert.ok(startedAt > Date.UTC(2020) && startedAt <= Date.now() + 60_000);
  });

  it('knows who is gone', async () => {
    const processes = await openProcessTable();
    const child = fork(join(__dirname, 'children', 'listener.ts'), {
      execArgv: ['--require', 'tsx/cjs'],
    });
    const pid = child.pid ?? 0;
    assert.equal(processes.isAlive(pid), true);
    assert.ok((await processes.startedAt(pid)) !== undefined);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    assert.equal(processes.isAlive(pid), false);
    assert.equal(await processes.startedAt(pid), undefined);
  });

  for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 31, 2 ** 53]) {
    it(`takes ${pid} for nobody`, async () => {
      const processes = await openProcessTable();
      assert.equal(processes.isAlive(pid), false);
      assert.equal(await processes.startedAt(pid), undefined);
    });
  }
});
