import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { HttpHealthProbe } from '../../../../src/platform/net/httpHealthProbe';
import { SELF_SIGNED } from '../selfSigned';

/** For servers that never come to an end. */
const SHORT = new HttpHealthProbe({ deadlineMs: 300 });

describe('the health check', () => {
  const probe = new HttpHealthProbe();
  const open = new Set<Socket>();
  let servers: Server[] = [];

  afterEach(async () => {
    open.forEach((socket) => socket.destroy());
    await Promise.all(servers.map(stop));
    servers = [];
  });

  async function stop(server: Server): Promise<void> {
    if (server.listening) {
      const closed = once(server, 'close');
      server.close();
      await closed;
    }
  }

  async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
    servers.push(server);
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
    server.listen(0, host);
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    return address.port;
  }

  const serve = (onRequest: RequestListener, host?: string): Promise<number> =>
    listen(createHttpServer(onRequest), host);

  /** Bytes instead of a web server. */
  const speak = (onConnection: (socket: Socket) => void, host?: string): Promise<number> =>
    listen(
      createServer((socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => onConnection(socket));
      }),
      host,
    );

  const answering = (head: string): Promise<number> =>
    speak((socket) => socket.end(`${head}\r\n\r\n`));

  const check = (port: number, health = '/healthz', secure = false, by = probe) =>
    by.check({ port, health, secure });

  async function isUnwell(answer: ReturnType<typeof check>, reason: RegExp): Promise<void> {
    const found = await answer;
    assert.ok(!found.ok, `it was taken for well: ${JSON.stringify(found)}`);
    assert.match(found.reason, reason);
  }

  for (const status of [200, 204, 299, 302, 304, 399]) {
    it(`takes ${status} for well`, async () => {
      const answer = await check(await answering(`HTTP/1.1 ${status} x`));
      assert.ok(answer.ok, JSON.stringify(answer));
      assert.equal(answer.status, status);
      assert.ok(answer.ms >= 0 && Number.isInteger(answer.ms));
    });
  }

  for (const status of [400, 404, 500, 503, 600, 999]) {
    it(`takes ${status} for unwell`, async () => {
      await isUnwell(check(await answering(`HTTP/1.1 ${status} x`)), new RegExp(`${status}$`));
    });
  }

  it('asks for the path of the plan, as a browser on this machine would', async () => {
    const asked: unknown[] = [];
    const port = await serve(({ method, url, headers }, response) => {
      asked.push([method, url, headers.host, headers.connection]);
      response.end();
    });
    await check(port, '/healthz?deep=1');
    await check(port, '/übung');
    await check(port, '/..//elsewhere.invalid/x');
    await check(1, `http://127.0.0.1:${port}/whole`);
    await check(1, `http://localhost:${port}`);
    assert.deepEqual(asked, [
      ['GET', '/healthz?deep=1', `localhost:${port}`, 'close'],
      ['GET', '/%C3%BCbung', `localhost:${port}`, 'close'],
      ['GET', '//elsewhere.invalid/x', `localhost:${port}`, 'close'],
      ['GET', '/whole', `127.0.0.1:${port}`, 'close'],
      ['GET', '/', `localhost:${port}`, 'close'],
    ]);
  });

  for (const [name, location] of [
    ['off loopback', () => 'http://192.0.2.1/'],
    ['to another port', (port: number) => `http://127.0.0.1:${port}/`],
  ] as const) {
    it(`follows no redirect ${name}`, async () => {
      let asked = 0;
      const other = await serve((_, response) => {
        asked += 1;
        response.end();
      });
      const port = await serve((_, response) => {
        asked += 10;
        response.writeHead(302, { Location: location(other) }).end();
      });
      const answer = await check(port);
      assert.ok(answer.ok && answer.status === 302);
      assert.equal(asked, 10);
    });
  }

  it('does not wait for the body, and leaves no connection', async () => {
    let sent = 0;
    const server = createHttpServer((_, response) => {
      response.writeHead(200);
      const more = (): void => {
        do {
          sent += 1;
        } while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const port = await listen(server);
    const patient = new HttpHealthProbe({ deadlineMs: 600_000 });
    const answer = await check(port, '/', false, patient);
    assert.ok(answer.ok, JSON.stringify(answer));
    // Closes only when no connection is left.
    await stop(server);
    assert.ok(sent > 0);
  });

  it('leaves no connection after a short answer either', async () => {
    const server = createHttpServer({ keepAliveTimeout: 0 }, (_, response) => {
      response.setHeader('Connection', 'keep-alive');
      response.end('well');
    });
    const port = await listen(server);
    assert.ok((await check(port)).ok);
    const gone = [...open].map((socket) => once(socket, 'close'));
    await Promise.all(gone);
    assert.equal(open.size, 0);
  });

  it('ends at its deadline when nothing is answered', async () => {
    const port = await speak(() => undefined);
    await isUnwell(check(port, '/', false, SHORT), /did not answer within 0.3 s/);
  });

  it('ends at its deadline when the head comes drop by drop', async () => {
    const port = await speak((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drops = setInterval(() => socket.write('X-Drop: 1\r\n'), 20);
      socket.on('close', () => clearInterval(drops));
    });
    await isUnwell(check(port, '/', false, SHORT), /did not answer within/);
  });

  it('ends at its deadline when it is told to go on for ever', async () => {
    const port = await speak((socket) => {
      const drops = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 20);
      socket.on('close', () => clearInterval(drops));
    });
    await isUnwell(check(port, '/', false, SHORT), /did not answer within/);
  });

  it('ends at its deadline when a secure connection never comes about', async () => {
    const port = await speak(() => undefined);
    await isUnwell(check(port, '/', true, SHORT), /did not answer within/);
  });

  it('says that nobody answers', async () => {
    const server = createServer();
    const port = await listen(server);
    await stop(server);
    await isUnwell(check(port), new RegExp(`127.0.0.1:${port} or \\[::1\\]:${port}`));
    await isUnwell(check(1, `http://[::1]:${port}/`), new RegExp(`on \\[::1\\]:${port}$`));
  });

  it('tries IPv6 where IPv4 is refused', async () => {
    const port = await serve((_, response) => response.writeHead(204).end(), '::1');
    const answer = await check(port);
    assert.ok(answer.ok && answer.status === 204);
  });

  it('tells what IPv6 answers where IPv4 is refused', async () => {
    const port = await speak((socket) => socket.end('nonsense\r\n\r\n'), '::1');
    await isUnwell(check(port), /does not speak HTTP/);
  });

  it('does not ask IPv6 when IPv4 answers badly', async () => {
    const asked: (string | undefined)[] = [];
    const port = await serve(({ socket }, response) => {
      asked.push(socket.localAddress);
      response.writeHead(socket.localAddress === '::1' ? 200 : 500).end();
    }, '::');
    await isUnwell(check(port), /500/);
    assert.deepEqual(asked, ['::ffff:127.0.0.1']);
  });

  it('gives up on a head that is too long', async () => {
    const port = await answering(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(20_000)}`);
    await isUnwell(check(port), /longer than 16 KiB/);
  });

  const nonsense = [
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a status that is none', 'HTTP/1.1 OK\r\n\r\n'],
    ['a header that is none', 'HTTP/1.1 200 OK\r\nnot a header\r\n\r\n'],
    ['a control character', 'HTTP/1.1 200 OK\r\nX: \u0001\u0000\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  ] as const;
  for (const [name, text] of nonsense) {
    it(`does not take ${name} for an answer`, async () => {
      const port = await speak((socket) => socket.end(text));
      await isUnwell(check(port), /does not speak HTTP \(HPE_\w+\)/);
    });
  }

  it('says that the connection was closed or cut', async () => {
    const closed = await speak((socket) => socket.end());
    await isUnwell(check(closed), /closed the connection without an answer/);
    const cut = await speak((socket) => socket.resetAndDestroy());
    await isUnwell(check(cut), /closed the connection without an answer/);
    const half = await speak((socket) => socket.end('HTTP/1.1 200 OK\r\nX: '));
    await isUnwell(check(half), /closed the connection|does not speak HTTP/);
  });

  it('does not take a change of protocol for well', async () => {
    const head = 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x';
    const port = await answering(head);
    await isUnwell(check(port), /it answered 101/);
  });

  it('accepts a certificate that the server signed itself', async () => {
    const server = createHttpsServer(SELF_SIGNED, (_, response) => response.end('well'));
    const port = await listen(server);
    assert.ok((await check(port, '/', true)).ok);
    assert.ok((await check(1, `https://localhost:${port}/`)).ok);
    assert.ok((await check(1, `https://127.0.0.1:${port}/`)).ok);
  });

  it('says what is wrong between http and https', async () => {
    const plain = await serve((_, response) => response.end());
    await isUnwell(check(plain, '/', true), /no secure connection could be made/);
    const secure = await listen(createHttpsServer(SELF_SIGNED, (_, response) => response.end()));
    await isUnwell(check(secure), /does not speak HTTP|closed the connection/);
  });

  const elsewhere = [
    'http://192.0.2.1/',
    'http://example.invalid/',
    'http://localhost@example.invalid/',
    'http://127.0.0.1.example.invalid/',
    'http://[::ffff:192.0.2.1]/',
    'http://0.0.0.0/',
    'ftp://localhost/',
    'file:///etc/hosts',
    'healthz',
    '',
    'http://localhost:70000/',
  ];
  for (const health of elsewhere) {
    it(`asks nobody for ${JSON.stringify(health)}`, async () => {
      await isUnwell(check(3000, health), /is no URL of this machine/);
    });
  }

  it('never rejects for a port that is none', async () => {
    for (const port of [Number.NaN, -1, 65_536, 1.5, 0]) {
      assert.equal((await check(port)).ok, false);
    }
  });
});
