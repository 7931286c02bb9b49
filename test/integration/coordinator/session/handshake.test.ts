import assert from 'node:assert/strict';
import { prove } from '../../../../src/coordinator/session/handshake';
import type { LockRecord } from '../../../../src/core/host/interfaces';
import { MAX_REQUEST_BYTES } from '../../../../src/core/messages/methods';
import { homeForEach } from '../support/home';
import type { Peer } from '../support/peer';
import { RawClient, SOMEBODY, type RawAnswer } from '../support/rawClient';
import { until } from '../support/until';

const NONCE = 'cd'.repeat(32);

describe('at its socket a leader', () => {
  let peers: Peer[] = [];
  let client: RawClient;

  // Before the home is taken away: whatever the leader was told, it goes on, and so does everyone.
  afterEach(async () => {
    client.end();
    for (const peer of peers) {
      assert.equal((await peer.call('status', {})).epoch, 1);
      await peer.allocate('afterwards');
    }
  });

  const home = homeForEach();

  beforeEach(async () => {
    peers = await home.current.gather(2);
    client = await RawClient.open((await home.current.lock()).record);
  });

  function code({ error }: RawAnswer): unknown {
    assert.ok(error, 'it was not refused');
    return (error.data as { code?: unknown } | undefined)?.code ?? error.code;
  }

  /** A full backlog answers EAGAIN on Linux: unix(7). */
  async function patientlyOpened(record: LockRecord): Promise<RawClient> {
    const opened: RawClient[] = [];
    await until('room in the backlog', async () => {
      try {
        opened.push(await RawClient.open(record));
      } catch (error) {
        assert.match(String(error), /EAGAIN|ECONNREFUSED/);
      }
      return opened.length > 0;
    });
    const [client] = opened;
    assert.ok(client);
    return client;
  }

  it('proves that it read the lock, and refuses who cannot', async () => {
    const { secret } = (await home.current.lock()).record;
    const { result } = await client.ask('handshake', { protocol: 1, nonce: NONCE });
    const { nonce, proof } = result as { nonce: string; proof: string };
    const nonces = { participant: NONCE, leader: nonce };
    assert.equal(proof, prove(secret, 'leader', nonces));
    const wrong = [
      prove('00'.repeat(32), 'participant', nonces),
      prove(secret, 'leader', nonces),
      prove(secret, 'participant', { ...nonces, leader: NONCE }),
      secret,
      'no hex at all',
      '',
    ];
    for (const proof of wrong) {
      const hello = await client.ask('hello', { proof, participant: SOMEBODY, holds: [] });
      assert.equal(code(hello), 'permission_denied');
      assert.equal(code(await client.ask('list', {})), 'permission_denied');
    }
    assert.ok(!JSON.stringify(client.answers).includes(secret));
  });

  it('tells nobody anything before they introduced themselves', async () => {
    const requests: [string, unknown][] = [
      ['hello', { proof: NONCE, participant: SOMEBODY, holds: [] }],
      ['ping', {}],
      ['folders', { folders: ['/'] }],
      ['allocate', { requestId: 'request-1', workspace: '/', service: 'web' }],
      ['release', { requestId: 'request-2', target: { port: 3000 }, workspaces: [] }],
      ['move', { requestId: 'request-3', target: { port: 3000 }, workspaces: [], port: 3001 }],
      ['inspect', { port: 3000 }],
      ['list', {}],
      ['status', {}],
      ['handOver', {}],
    ];
    for (const [method, params] of requests) {
      assert.equal(code(await client.ask(method, params)), 'permission_denied', method);
    }
    const [peer] = peers;
    await peer?.allocate('web');
    assert.deepEqual(
      client.answers.filter(({ method }) => method !== undefined),
      [],
      'it was pushed something',
    );
  });

  it('refuses an older protocol with a code, and serves a newer one', async () => {
    const old = await client.ask('handshake', { protocol: 0, nonce: NONCE });
    assert.equal(code(old), 'protocol_mismatch');
    const newer = await client.ask('handshake', { protocol: 99, nonce: NONCE });
    assert.equal((newer.result as { protocol: number }).protocol, 1);
  });

  it('refuses what is no request of ours', async () => {
    const malformed: [string, unknown][] = [
      ['handshake', { protocol: '1', nonce: NONCE }],
      ['handshake', { protocol: 1, nonce: 'not hex' }],
      ['handshake', null],
      ['handshake', [1, 2, 3]],
      ['handshake', {}],
      ['hello', { proof: 1 }],
      ['allocate', { __proto__: null }],
    ];
    for (const [method, params] of malformed) {
      assert.equal(code(await client.ask(method, params)), 'invalid_argument', method);
    }
    // JSON-RPC: "Method not found".
    for (const method of ['unknown', 'constructor', '__proto__', 'toString', '']) {
      assert.equal(code(await client.ask(method, {})), -32601, method);
    }
    assert.ok(!client.closed);
  });

  const GARBAGE: readonly (readonly [string, string])[] = [
    ['a request of HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a frame without a length', 'Content-Type: text\r\n\r\n{}'],
    ['a length that is no number', 'Content-Length: many\r\n\r\n{}'],
    ['a negative length', 'Content-Length: -5\r\n\r\n{"jsonrpc":"2.0"}'],
    ['no JSON', 'Content-Length: 5\r\n\r\nhello'],
    ['an endless header', 'a'.repeat(2 * MAX_REQUEST_BYTES)],
    ['2 MiB', `Content-Length: ${2 << 20}\r\n\r\n${' '.repeat(2 << 20)}`],
    ['a length that never comes', `Content-Length: 99999999999\r\n\r\n${'x'.repeat(2 << 20)}`],
  ];

  for (const [what, bytes] of GARBAGE) {
    it(`hangs up on ${what}`, async () => {
      client.write(bytes);
      await client.dropped();
    });
  }

  it('hangs up on who does not introduce itself', async () => {
    // Never the end of a header: it might still be coming.
    client.write(Uint8Array.from({ length: 4096 }, (_, index) => (index * 151) % 256));
    const silent = await RawClient.open((await home.current.lock()).record);
    await Promise.all([client.dropped(), silent.dropped()]);
  });

  it('takes no harm from JSON that is no message', async () => {
    for (const body of ['null', '1', '"text"', '[]', '{}', '{"id":1}', '{"jsonrpc":"2.0"}']) {
      client.send(body);
    }
    client.send('{"jsonrpc":"2.0","id":7,"result":{}}');
    client.send('{"jsonrpc":"2.0","method":"snapshot","params":{}}');
    client.send('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":12}}');
    const { result } = await client.ask('handshake', { protocol: 1, nonce: NONCE });
    assert.ok(result);
  });

  it('answers a request that is too deep with a code', async () => {
    const { record } = await home.current.lock();
    const known = await RawClient.introduced(record);
    try {
      const depth = 100_000;
      const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      const params = [deep, `{"port":3000,"more":${deep}}`, `{"folders":[],"more":${deep}}`];
      const methods = ['inspect', 'folders', 'hello', 'allocate'];
      for (const [index, each] of params.entries()) {
        for (const method of methods) {
          const id = `deep-${index}-${method}`;
          known.send(`{"jsonrpc":"2.0","id":"${id}","method":"${method}","params":${each}}`);
        }
      }
      // All of them are answered before this one.
      await known.ask('ping', {});
      const answers = known.answers.filter(({ id }) => String(id).startsWith('deep'));
      assert.equal(answers.length, params.length * methods.length);
      assert.deepEqual(new Set(answers.map(code)), new Set(['invalid_argument']));
    } finally {
      known.end();
    }
  });

  it('shows nobody what is too deep in an introduction', async () => {
    const { record } = await home.current.lock();
    const nonce = (await client.ask('handshake', { protocol: 1, nonce: NONCE })).result as {
      nonce: string;
    };
    const proof = prove(record.secret, 'participant', { participant: NONCE, leader: nonce.nonce });
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const participant = JSON.stringify(SOMEBODY).replace(/\}$/, `,"more":${deep}}`);
    client.send(
      `{"jsonrpc":"2.0","id":"deep","method":"hello","params":{"proof":"${proof}","participant":${participant},"holds":[]}}`,
    );
    await client.ask('ping', {});
    const [peer, other] = peers;
    assert.ok(peer && other);
    await peer.allocate('web');
    assert.equal((await other.list()).allocations.length, 1);
  });

  it('turns away who comes when a thousand wait, and lets in again afterwards', async () => {
    const { record } = await home.current.lock();
    const crowd: RawClient[] = [];
    try {
      for (let index = 0; index < 1100; index += 1) {
        crowd.push(await patientlyOpened(record));
      }
      await until('some to be turned away', () => crowd.some(({ closed }) => closed));
      // Whoever was inside before is not in their way.
      await peers[0]?.allocate('web');
    } finally {
      crowd.forEach((one) => one.end());
    }
    await until('a newcomer to be let in', async () => {
      const newcomer = await RawClient.open(record);
      const { result } = await newcomer.ask('handshake', { protocol: 1, nonce: NONCE });
      newcomer.end();
      return result !== undefined;
    });
  });

  it('takes many small requests at once', async () => {
    const known = await RawClient.introduced((await home.current.lock()).record);
    try {
      const ping = (id: number): string => JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' });
      const count = 40_000;
      const frames = Array.from({ length: count }, (_, index) => {
        const body = ping(index + 10);
        return `Content-Length: ${body.length}\r\n\r\n${body}`;
      });
      assert.ok(frames.join('').length > 2 * MAX_REQUEST_BYTES);
      known.write(frames.join(''));
      assert.ok(((await known.ask('ping', {})).result as { epoch: number }).epoch === 1);
      assert.equal(known.closed, false);
    } finally {
      known.end();
    }
  });

  it('takes several large requests at once', async () => {
    const known = await RawClient.introduced((await home.current.lock()).record);
    try {
      const more = 'x'.repeat(MAX_REQUEST_BYTES * 0.9);
      const ids = Array.from({ length: 12 }, (_, index) => `large-${index}`);
      for (const id of ids) {
        known.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping', params: { more } }));
      }
      await known.ask('ping', {});
      const answered = known.answers.map(({ id }) => id).filter((id) => ids.includes(String(id)));
      assert.deepEqual(answered, ids);
    } finally {
      known.end();
    }
  });
});
