import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  connectToSocket,
  listenOnSocket,
  type SocketServer,
} from '../../../../src/platform/net/socket';
import { refusal, temporaryFolder } from '../support';

describe('a socket', () => {
  const temporary = temporaryFolder();
  const path = () => join(temporary.path, 's.sock');
  let server: SocketServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('carries bytes between those who may enter its folder', async () => {
    server = await listenOnSocket({
      path: path(),
      onConnection: (peer) => peer.pipe(peer),
    });
    assert.equal((await stat(path())).mode & 0o777, 0o600);
    const socket = await connectToSocket({ path: path(), deadlineMs: 5_000 });
    socket.write('hello');
    assert.equal(String((await once(socket, 'data'))[0]), 'hello');
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
  });

  it('cuts its connections, is gone by name and closes twice without harm', async () => {
    const peers: Socket[] = [];
    server = await listenOnSocket({ path: path(), onConnection: (peer) => peers.push(peer) });
    const socket = await connectToSocket({ path: path(), deadlineMs: 5_000 });
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    await server.close();
    await server.close();
    await closed;
    await assert.rejects(stat(path()), { code: 'ENOENT' });
  });

  it('tells as errno why nobody answers', async () => {
    const connecting = (to: string) => connectToSocket({ path: to, deadlineMs: 5_000 });
    await assert.rejects(connecting(path()), { code: 'ENOENT' });
    await writeFile(path(), '');
    await assert.rejects(connecting(path()), { code: 'ECONNREFUSED' });
    await assert.rejects(listenOnSocket({ path: path(), onConnection: () => undefined }), {
      code: 'EADDRINUSE',
    });
  });

  it('refuses a path that the system would cut', async () => {
    const long = join(temporary.path, 'x'.repeat(104));
    const listening = listenOnSocket({ path: long, onConnection: () => undefined });
    await refusal(listening, 'invalid_argument', /103 bytes/);
    await refusal(connectToSocket({ path: long, deadlineMs: 1 }), 'invalid_argument', /103 bytes/);
  });

  it('can be cancelled', async () => {
    server = await listenOnSocket({ path: path(), onConnection: () => undefined });
    const abort = new AbortController();
    const attempt = connectToSocket({ path: path(), deadlineMs: 5_000, signal: abort.signal });
    abort.abort();
    await refusal(attempt, 'cancelled', /Ask again/);
    const late = connectToSocket({ path: path(), deadlineMs: 5_000, signal: abort.signal });
    await refusal(late, 'cancelled', /Ask again/);
  });

  it('does not wait longer than its deadline', async () => {
    server = await listenOnSocket({ path: path(), onConnection: () => undefined });
    // From the check phase on, due timers come before new connections; so the deadline is first.
    await new Promise((resolve) => setImmediate(resolve));
    const attempt = connectToSocket({ path: path(), deadlineMs: 1 });
    const due = performance.now() + 20;
    while (performance.now() < due);
    await refusal(attempt, 'timeout', /within 1 ms/);
  });

  it('survives callers for whom there is no file descriptor left', async function () {
    if (process.platform === 'win32') {
      // Handles are not counted there.
      this.skip();
    }
    const script = join(__dirname, '..', 'children', 'exhausted.ts');
    const command = 'ulimit -n 64; exec "$0" --require tsx/cjs "$@"';
    const child = spawn('sh', ['-c', command, process.execPath, script, path()], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const said = createInterface(child.stdout)[Symbol.asyncIterator]();
    const gone = once(child, 'exit');
    try {
      assert.equal((await said.next()).value, 'exhausted');
      const refused = await connectToSocket({ path: path(), deadlineMs: 5_000 });
      refused.on('error', () => undefined);
      await once(refused, 'close');
      child.stdin.write('make room\n');
      assert.equal((await said.next()).value, 'room');
      const peer = await connectToSocket({ path: path(), deadlineMs: 5_000 });
      assert.equal(String((await once(peer, 'data'))[0]), 'welcome');
      const closed = once(peer, 'close');
      peer.destroy();
      await closed;
    } finally {
      child.kill('SIGKILL');
      await gone;
    }
  });

  it('a socket of a frozen process with a full backlog is EAGAIN on Linux, not a refusal', async function () {
    if (process.platform !== 'linux') {
      // macOS refuses there, so the caller asks twice.
      this.skip();
    }
    const child = fork(join(__dirname, '..', 'children', 'frozen.ts'), [path()], {
      execArgv: ['--require', 'tsx/cjs'],
    });
    const peers: Socket[] = [];
    try {
      await once(child, 'message');
      child.kill('SIGSTOP');
      const connectAll = async () => {
        for (let n = 0; n < 10; n++) {
          peers.push(await connectToSocket({ path: path(), deadlineMs: 5_000 }));
        }
      };
      await assert.rejects(connectAll(), { code: 'EAGAIN' });
    } finally {
      peers.forEach((peer) => peer.on('error', () => undefined).destroy());
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  });
});
