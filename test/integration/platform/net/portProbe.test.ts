import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { systemPortProbe } from '../../../../src/platform/net/portProbe';

/** An address of this machine in its network; its listener lives for milliseconds. */
function lanAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === 'IPv4' && !address.internal)?.address;
}

const HOLDERS = [
  { name: '127.0.0.1', host: '127.0.0.1' },
  { name: '0.0.0.0', host: '0.0.0.0' },
  { name: ':: (dual stack)', host: '::' },
  { name: '::1', host: '::1' },
  { name: ':: (IPv6 only)', host: '::', ipv6Only: true },
  { name: 'the LAN address', host: lanAddress() },
  { name: '127.0.0.2', host: '127.0.0.2' },
] as const;

describe('a port that somebody holds', () => {
  const servers: Server[] = [];

  afterEach(async () => {
    await Promise.all(
      servers.splice(0).map((server) => {
        const closed = once(server, 'close');
        server.close();
        return closed;
      }),
    );
  });

  async function hold(options: { port: number; host: string; ipv6Only?: boolean }) {
    const server = createServer();
    servers.push(server);
    server.listen(options);
    await once(server, 'listening');
  }

  /** Free ports, probed here: 20000-29999 is in no range of the catalogue and not ephemeral. */
  async function freePorts(count: number): Promise<number[]> {
    const probe = systemPortProbe();
    const found: number[] = [];
    let from = 20_000 + Math.floor(Math.random() * 9_000);
    while (found.length < count) {
      const candidates = Array.from({ length: 50 }, (_, index) => from + index);
      const findings = await probe.firstFree(candidates);
      const free = [...findings].find(([, kind]) => kind === 'free')?.[0];
      assert.ok(free !== undefined, 'no free port to test with');
      found.push(free);
      from = free + 1;
    }
    return found;
  }

  for (const holder of HOLDERS) {
    it(`is busy: ${holder.name}`, async function () {
      if (holder.host === undefined) {
        // A machine without a network.
        this.skip();
      }
      const probe = systemPortProbe();
      const [port = 0, next = 0] = await freePorts(2);
      assert.equal(await probe.check(port), 'free');
      await hold({ ...holder, host: holder.host, port });
      assert.equal(await probe.check(port), 'busy');
      assert.deepEqual([...(await probe.firstFree([port]))], [[port, 'busy']]);
      assert.deepEqual(
        [...(await probe.firstFree([port, next]))],
        [
          [port, 'busy'],
          [next, 'free'],
        ],
      );
      const addresses = await probe.addresses(port);
      assert.equal(addresses.length, 4);
      assert.ok(addresses.some((finding) => finding.result === 'busy'));
    });

    it(`is busy for all who ask at once: ${holder.name}`, async function () {
      if (holder.host === undefined) {
        this.skip();
      }
      const probe = systemPortProbe();
      const [port = 0, next = 0] = await freePorts(2);
      await hold({ ...holder, host: holder.host, port });
      const answers = await Promise.all([
        probe.firstFree([port, next]),
        probe.firstFree([next, port]),
        probe.firstFree([port]),
        probe.firstFree([port, next]),
      ]);
      assert.deepEqual(
        answers.map((findings) => findings.get(port)),
        ['busy', undefined, 'busy', 'busy'],
      );
      assert.deepEqual(
        answers.map((findings) => findings.get(next)),
        ['free', 'free', undefined, 'free'],
      );
      assert.equal(await probe.check(port), 'busy');
    });
  }

  it('is free again when the holder is gone', async () => {
    const probe = systemPortProbe();
    const [port = 0] = await freePorts(1);
    await hold({ port, host: '127.0.0.1' });
    assert.equal(await probe.check(port), 'busy');
    const [server] = servers.splice(0);
    assert.ok(server !== undefined);
    server.close();
    await once(server, 'close');
    assert.equal(await probe.check(port), 'free');
    assert.deepEqual([...(await probe.firstFree([port]))], [[port, 'free']]);
  });

  it('is never answered with a port that was not asked for', async () => {
    const probe = systemPortProbe();
    const ports = await freePorts(3);
    await Promise.all(ports.map((port) => hold({ port, host: '127.0.0.1' })));
    const findings = await probe.firstFree(ports);
    assert.deepEqual(
      [...findings],
      ports.map((port) => [port, 'busy']),
    );
    assert.equal((await probe.firstFree([])).size, 0);
  });

  it('is not mistaken for an own look at it', async () => {
    const probe = systemPortProbe();
    const ports = await freePorts(3);
    const [port = 0] = ports;
    for (let round = 0; round < 20; round++) {
      const looks = await Promise.all([
        ...Array.from({ length: 10 }, () => probe.firstFree(ports)),
        ...Array.from({ length: 10 }, () => probe.firstFree([...ports].reverse())),
        ...ports.map((candidate) => probe.firstFree([candidate])),
      ]);
      for (const findings of looks) {
        assert.deepEqual([...findings.values()], ['free']);
      }
      const checks = await Promise.all([
        ...Array.from({ length: 10 }, () => probe.check(port)),
        probe.addresses(port).then((found) => (found.every(isFree) ? 'free' : 'busy')),
        probe.firstFree([port]).then((findings) => findings.get(port)),
      ]);
      assert.deepEqual(new Set(checks), new Set(['free']));
    }
  });

  it('may be asked for again at once: what was answered before is not remembered', async () => {
    const probe = systemPortProbe();
    const [port = 0] = await freePorts(1);
    for (let round = 0; round < 5; round++) {
      assert.deepEqual([...(await probe.firstFree([port]))], [[port, 'free']]);
    }
  });
});

function isFree(finding: { readonly result: string }): boolean {
  return finding.result === 'free' || finding.result === 'absent';
}
