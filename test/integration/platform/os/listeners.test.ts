import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { SystemClock } from '../../../../src/platform/fs/runtime';
import { systemListenerTable } from '../../../../src/platform/os/listeners';
import { LinuxListenerTable, linuxProcesses } from '../../../../src/platform/os/linux';
import { openProcessTable } from '../../../../src/platform/os/processes';
import { sample } from '../../../unit/platform/os/samples';
import { STRANGER, temporaryFolder } from '../support';

function portOf(server: Server): number {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

describe('the table of listeners', function () {
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
    child = fork(join(__dirname, '..', 'children', 'listener.ts'), {
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
      const { startMark = '' } = listener?.process ?? {};
      const identity = `${processes.bootId}/${child?.pid}/${startMark}`;
      assert.equal(await processes.identityOf(child?.pid ?? 0), identity);
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

  it('seems unchanged until somebody comes or goes', async () => {
    const table = new LinuxListenerTable({ uid: process.getuid?.(), clock: new SystemClock() });
    if (process.platform === 'linux') {
      for (const host of ['127.0.0.1', '::1']) {
        const before = await table.ports();
        // Several: somebody else's may end in this moment.
        await Promise.all(Array.from({ length: 8 }, () => listen(host)));
        assert.equal(await table.seemsUnchanged(before), false);
      }
    }
  });

  describe('of a proc', () => {
    const proc = () => join(temporary.path, 'proc');
    const table = () => new LinuxListenerTable({ uid: 0, clock: new SystemClock(), proc: proc() });
    const unreadable = (message: RegExp) => ({ code: 'internal', retryable: true, message });

    it('a /proc that is not there reports nothing, not that no one listens', async () => {
      assert.deepEqual(await table().listeners(), []);
      await assert.rejects(
        table().ports(),
        unreadable(/proc\/net\/tcp gives no answer \(ENOENT\)/),
      );
    });

    it('a /proc that cannot be read reports nothing either', async () => {
      await mkdir(join(proc(), 'net', 'tcp6'), { recursive: true });
      await writeFile(join(proc(), 'net', 'tcp'), sample('linux-proc-net-tcp'));
      assert.equal((await table().listeners()).length, 4);
      await assert.rejects(table().ports(), unreadable(/tcp6 gives no answer \(EISDIR\)/));
    });

    it('seems unchanged while it counts as many sockets', async () => {
      await mkdir(join(proc(), 'net'), { recursive: true });
      const write = (name: string, text: string) => writeFile(join(proc(), 'net', name), text);
      await write('tcp', sample('linux-proc-net-tcp'));
      const one = table();
      const uncounted = await one.ports();
      assert.equal(await one.seemsUnchanged(uncounted), false, 'it does not count');
      await write('sockstat', 'TCP: inuse 4 orphan 0 tw 3');
      assert.equal(await one.seemsUnchanged(uncounted), false);
      const four = await one.ports();
      assert.equal(await one.seemsUnchanged(four), true);
      assert.equal(await one.seemsUnchanged(new Set(four)), false, 'no answer of this table');
      await write('sockstat', 'TCP: inuse 4 orphan 0 tw 9');
      assert.equal(await one.seemsUnchanged(four), true, 'other figures do not matter');
      await write('sockstat6', 'TCP6: inuse 4');
      assert.equal(await one.seemsUnchanged(four), false);
      const eight = await one.ports();
      await write('sockstat', 'TCP: inuse 5');
      assert.equal(await one.seemsUnchanged(eight), false);
      await one.ports();
      assert.equal(await one.seemsUnchanged(eight), false, 'whoever else read it meanwhile');
    });

    it('is not read again for who listened when it was read', async () => {
      await mkdir(join(proc(), 'net'), { recursive: true });
      await writeFile(join(proc(), 'net', 'tcp'), sample('linux-proc-net-tcp'));
      const one = table();
      const seen = await one.ports();
      await writeFile(join(proc(), 'net', 'tcp'), '');
      const port = new Set([31501]);
      assert.equal((await one.listeners(port, seen)).length, 1);
      assert.equal((await one.listeners(port)).length, 0);
      assert.equal((await one.listeners(port, new Set())).length, 0, 'no answer of this table');
    });

    it('a /proc without IPv6 reports the others', async () => {
      await mkdir(join(proc(), 'net'), { recursive: true });
      await writeFile(join(proc(), 'net', 'tcp'), sample('linux-proc-net-tcp'));
      assert.deepEqual([...(await table().ports())], [31501, 31502, 31506, 2024]);
    });
  });
});

describe('the table of processes', () => {
  const temporary = temporaryFolder();

  it('knows a process by boot, pid and start', async () => {
    const processes = await openProcessTable();
    const identity = await processes.identityOf(process.pid);
    assert.ok(identity?.startsWith(`${processes.bootId}/${process.pid}/`), identity);
    assert.equal(await (await openProcessTable()).identityOf(process.pid), identity);
  });

  it('knows it again after the clock was set', async () => {
    await mkdir(join(temporary.path, '18963'));
    await writeFile(join(temporary.path, '18963', 'stat'), sample('linux-proc-pid-stat'));
    const facts = linuxProcesses(temporary.path);
    const marks: (string | undefined)[] = [];
    const starts: (number | undefined)[] = [];
    for (const boot of [1_795_416_432, 1_795_412_832]) {
      await writeFile(join(temporary.path, 'stat'), `btime ${boot}\n`);
      marks.push(await facts.startMark(18963));
      starts.push(await facts.startedAt(18963));
    }
    assert.deepEqual(marks, ['220812', '220812']);
    assert.equal((starts[0] ?? 0) - (starts[1] ?? 0), 3_600_000);
    assert.equal(await facts.startMark(18964), undefined);
  });

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
    const child = fork(join(__dirname, '..', 'children', 'listener.ts'), {
      execArgv: ['--require', 'tsx/cjs'],
    });
    const pid = child.pid ?? 0;
    assert.equal(processes.isAlive(pid), true);
    assert.ok((await processes.startedAt(pid)) !== undefined);
    const identity = await processes.identityOf(pid);
    assert.ok(identity !== undefined);
    assert.notEqual(identity, await processes.identityOf(process.pid));
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    assert.equal(processes.isAlive(pid), false);
    assert.equal(await processes.startedAt(pid), undefined);
    assert.equal(await processes.identityOf(pid), undefined);
  });

  for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 31, 2 ** 53]) {
    it(`takes ${pid} for nobody`, async () => {
      const processes = await openProcessTable();
      assert.equal(processes.isAlive(pid), false);
      assert.equal(await processes.startedAt(pid), undefined);
      assert.equal(await processes.identityOf(pid), undefined);
    });
  }
});
