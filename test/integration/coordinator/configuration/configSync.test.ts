import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PortRange } from '../../../../src/core/domain/catalogue';
import { StyxyError } from '../../../../src/core/domain/errors';
import { freeBlock } from '../../ports';
import { homeForEach } from '../support/home';
import type { Peer } from '../support/peer';
import { until } from '../support/until';

describe('config.json', () => {
  const home = homeForEach();

  function path(): string {
    return join(home.current.path, 'config.json');
  }

  async function write(value: unknown): Promise<void> {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    await writeFile(path(), text, { mode: 0o600 });
  }

  async function read(): Promise<string> {
    return readFile(path(), 'utf8');
  }

  async function rangeOf(peer: Peer, name: string): Promise<PortRange | undefined> {
    const { snapshot } = await peer.call('see', null);
    return snapshot?.configuration?.types.find((type) => type.name === name)?.range;
  }

  async function problems(peer: Peer): Promise<string[]> {
    const { snapshot } = await peer.call('see', null);
    return (snapshot?.configuration?.problems ?? []).map(({ severity, path: at }) =>
      [severity, ...at].join(' '),
    );
  }

  it('a file that is there is in force for the first request', async () => {
    const first = await freeBlock(10);
    await write({ service_types: { dev: { port_range: [first, first + 9] } } });
    const peer = await home.current.start('peer');
    assert.equal((await peer.allocate('web')).allocation.port, first);
  });

  it('reaches every window when it is edited, and is the defaults again when it is deleted', async () => {
    const peers = await home.current.gather(3);
    const first = await freeBlock(10);
    await write({
      service_types: { dev: { port_range: [first, first + 9] } },
      reservations: [{ port: first + 1, name: 'the printer' }],
    });
    for (const peer of peers) {
      await until('the edit', async () => (await rangeOf(peer, 'dev'))?.first === first);
    }
    const ports = await Promise.all(peers.map((peer) => peer.allocate('web')));
    assert.deepEqual(
      ports.map(({ allocation }) => allocation.port - first).sort((x, y) => x - y),
      [0, 2, 3],
    );
    await rm(path());
    for (const peer of peers) {
      await until('the defaults', async () => (await rangeOf(peer, 'dev'))?.first === 3000);
    }
  });

  it('a file with an error changes nothing, says where, and does so for the next leader too', async () => {
    const first = await freeBlock(10);
    await write({ service_types: { dev: { port_range: [first, first + 9] } } });
    const peers = await home.current.gather(3);
    await write('{ "service_types": { "dev": { "port_range": [3000, "many"] } } }');
    for (const peer of peers) {
      await until('the problem', async () =>
        (await problems(peer)).includes('error service_types dev port_range 1'),
      );
      assert.deepEqual(await rangeOf(peer, 'dev'), { first, last: first + 9 });
    }
    const { leader, followers } = await home.current.leader(peers[0] as Peer);
    await leader.kill();
    const [asked] = followers;
    assert.ok(asked);
    assert.equal((await asked.allocate('web')).allocation.port, first);
    assert.deepEqual(await problems(asked), ['error service_types dev port_range 1']);
    await write('{}');
    await until('the mended one', async () => (await rangeOf(asked, 'dev'))?.first === 3000);
  });

  it('shows ten ranges that were found at once, disjoint, and its own comments', async () => {
    await write('{\n  // mine\n  "mine": { "unknown": true }\n}\n');
    const peers = await home.current.gather(5);
    const names = Array.from({ length: 10 }, (_, index) => `unknown-${index}`);
    await Promise.all(
      names.map((name, index) => (peers[index % peers.length] as Peer).allocate(name, name)),
    );
    const shown = async (): Promise<Record<string, { port_range: [number, number] }>> => {
      const text = await read();
      assert.match(text, /\/\/ mine\n {2}"mine": \{ "unknown": true \}/);
      return JSON.parse(text.replace('// mine', '')).service_types ?? {};
    };
    await until('all to be shown', async () => Object.keys(await shown()).length === names.length);
    const ranges = Object.values(await shown()).map(({ port_range: range }) => range);
    ranges.sort(([a], [b]) => a - b);
    assert.equal(ranges[0]?.[0], 11_510);
    for (const [index, [first, last]] of ranges.entries()) {
      assert.equal(last - first, 9);
      const next = ranges[index + 1];
      assert.ok(next === undefined || next[0] - last > 10, 'the gap is not kept');
    }
  });

  it('shows a range although whoever found it was killed at once', async () => {
    const [asked] = await home.current.gather(3);
    const { leader, followers } = await home.current.leader(asked as Peer);
    const [other] = followers;
    assert.ok(other);
    const { autoAllocated } = await other.allocate('grafana', 'grafana');
    await leader.kill();
    await until('it to be shown', async () => (await read().catch(() => '')).includes('"grafana"'));
    assert.deepEqual(await rangeOf(other, 'grafana'), autoAllocated?.range);
    assert.deepEqual(autoAllocated?.range, { first: 11_510, last: 11_519 });
  });

  it('undoes a range by hand or by request, unless ports of it are held', async () => {
    const peer = await home.current.start('peer');
    await peer.allocate('grafana', 'grafana');
    await until('it to be shown', async () => (await read().catch(() => '')).includes('"grafana"'));
    await assert.rejects(
      peer.call('undoAutoAllocation', { serviceType: 'grafana' }),
      (error) => error instanceof StyxyError && error.code === 'port_in_use',
    );
    await peer.release('grafana');
    await peer.call('undoAutoAllocation', { serviceType: 'grafana' });
    await until('it to be gone', async () => !(await read()).includes('"grafana"'));
    assert.equal(await rangeOf(peer, 'grafana'), undefined);
    const backups = await readdir(join(home.current.path, 'backups'));
    assert.ok(backups.length > 0);

    await peer.allocate('grafana', 'grafana');
    await until('it to be shown again', async () => (await read()).includes('"grafana"'));
    await write('{}');
    await until('it to be undone', async () => (await rangeOf(peer, 'grafana')) === undefined);
    assert.equal((await peer.list()).allocations.length, 1, 'what was given stays');
  });

  it('a file of the original keeps the ranges that it had found, and follows what is edited', async () => {
    await write({
      service_types: {
        grafana: {
          port_range: [11_600, 11_609],
          preferred_ports: [11_600],
          auto_allocated: true,
          auto_allocated_at: '2025-09-30T10:00:00.000Z',
        },
      },
    });
    const peer = await home.current.start('peer');
    assert.equal((await peer.allocate('grafana', 'grafana')).allocation.port, 11_600);
    await write((await read()).replace('11609', '11619'));
    await until('the edit', async () => (await rangeOf(peer, 'grafana'))?.last === 11_619);
  });

  it('switches auto-allocation off and on, and keeps the rest', async () => {
    await write('{\n  // mine\n  "recovery": {}\n}\n');
    const peer = await home.current.start('peer');
    await peer.call('setAutoAllocation', { enabled: false });
    assert.match(await read(), /\/\/ mine/);
    await assert.rejects(peer.allocate('grafana', 'grafana'), (error) => {
      assert.ok(error instanceof StyxyError);
      assert.equal(error.code, 'invalid_argument');
      assert.match(error.message, /auto-allocation enable/);
      return true;
    });
    await peer.call('setAutoAllocation', { enabled: true });
    assert.equal((await peer.allocate('grafana', 'grafana')).existing, false);
  });

  it('a file that cannot be read is not written either', async () => {
    await write('{ broken');
    const peer = await home.current.start('peer');
    await peer.allocate('grafana', 'grafana');
    await assert.rejects(
      peer.call('setAutoAllocation', { enabled: false }),
      (error) => error instanceof StyxyError && error.code === 'invalid_config',
    );
    assert.equal(await read(), '{ broken');
    await write('{}');
    await until('it to be shown', async () => (await read()).includes('"grafana"'));
  });

  it('decides where ranges for unknown types go, by placement and by rule', async () => {
    await write({
      auto_allocation: { placement: 'before', min_port: 5000, default_chunk_size: 20 },
      auto_allocation_rules: {
        'near-*': { placement: 'smart' },
        'small-*': { chunk_size: 5, preferred_range_start: 20000 },
      },
    });
    const peer = await home.current.start('peer');
    const found = async (name: string): Promise<PortRange | undefined> =>
      (await peer.allocate(name, name)).autoAllocated?.range;
    const before = await found('queue');
    assert.ok(before !== undefined && before.last - before.first === 19);
    assert.ok(before.first >= 5000 && before.last < 5430, 'it lies before what begins there');
    assert.deepEqual(await found('small-one'), { first: 20_000, last: 20_004 });
    assert.deepEqual(await found('small-two'), { first: 20_015, last: 20_019 });
    const smart = await found('near-docs');
    assert.ok(smart !== undefined && smart.last - smart.first === 19);
    const { snapshot } = await peer.call('see', null);
    const others = snapshot?.configuration?.types ?? [];
    for (const { name, range } of others) {
      const apart = range.last < smart.first || range.first > smart.last;
      assert.ok(name === 'near-docs' || apart, `it overlaps ${name}`);
    }
  });
});
