import assert from 'node:assert/strict';
import type { HealthReport } from '../../../../src/core/domain/model';
import { FakeWorld, HERE, ID, NOW, OTHER_ID, view } from '../support/fakes';

const THERE = '/home/me/other';

function world(...allocations: ReturnType<typeof view>[]): FakeWorld {
  const made = new FakeWorld();
  made.coordinator.allocations = allocations.length > 0 ? allocations : [view()];
  return made;
}

describe('styxy list', () => {
  it('prints every allocation, by workspace, then port', async () => {
    const run = world(
      view({ id: OTHER_ID, port: 8000, service: 'api', workspace: THERE }),
      view({ port: 3001 }),
      view({ port: 3000, service: 'docs' }),
    );
    assert.equal(await run.run('list', '--json'), 0);
    const { allocations } = run.json() as { allocations: { port: number; existing?: boolean }[] };
    assert.deepEqual(
      allocations.map(({ port }) => port),
      [8000, 3000, 3001],
    );
    assert.equal(allocations[0]?.existing, undefined);
  });

  it('aligns, and leaves empty columns out', async () => {
    const run = world(
      view({ allocatedAt: NOW - 7_200_000, state: 'listening' }),
      view({ id: OTHER_ID, port: 12000, service: 'storybook', workspace: THERE }),
    );
    await run.run('list');
    assert.deepEqual(run.stdout, [
      ' PORT  SERVICE    TYPE  STATE      AGE  WORKSPACE',
      '12000  storybook  dev   reserved    1m  ~/other',
      ' 3000  web        dev   listening   2h  ~/shop',
    ]);
    assert.deepEqual(run.stderr, ['2 ports in 2 workspaces']);
  });

  it('has ids and holders on demand', async () => {
    const run = world();
    await run.run('list', '--long');
    assert.match(run.stdout.join('\n'), new RegExp(`window 41 +${ID}`));
  });

  it('says whose a listener is, and what is not well', async () => {
    const run = world(
      view({
        state: 'conflict',
        process: { pid: 7, command: 'node' },
        intruder: { kind: 'sibling', workspace: '/home/me/shop-2', sameRepository: true },
      }),
      view({
        id: OTHER_ID,
        port: 3001,
        state: 'listening',
        health: { ok: false, reason: 'it answered\u001b 500', failures: 3 },
      }),
    );
    await run.run('list');
    assert.match(
      run.stdout.join('\n'),
      / conflict .* node \(pid 7\) +from another checkout, ~\/shop-2 +~\/shop\n/,
    );
    assert.match(
      run.stdout.join('\n'),
      / listening .* unhealthy: it answered\? 500 \(3 times\) +~\/shop$/,
    );
    const json = world(...run.coordinator.allocations);
    await json.run('list', '--json');
    const { allocations } = json.json() as { allocations: Record<string, unknown>[] };
    assert.deepEqual(
      allocations.map(({ intruder, health }) => ({ intruder, health })),
      run.coordinator.allocations.map(({ intruder, health }) => ({ intruder, health })),
    );
  });

  it('says what to do when nothing is allocated', async () => {
    const run = new FakeWorld();
    assert.equal(await run.run('list'), 0);
    assert.deepEqual(run.stdout, []);
    assert.match(run.stderr.join('\n'), /styxy allocate/);
  });

  it('lets no foreign text near the terminal', async () => {
    const run = world(
      view({
        workspace: '/home/me/a\u001b[2Jb',
        process: { pid: 1, command: 'x\r\u009b31mred\u202e' },
      }),
    );
    await run.run('list');
    const text = run.stdout.join('\n');
    assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(text), JSON.stringify(text));
  });
});

describe('styxy inspect', () => {
  it('prints the allocation of a port that has one', async () => {
    const run = world(view({ state: 'listening', process: { pid: 12, cwd: HERE } }));
    await run.run('inspect', '3000', '--json');
    const answer = run.json() as Record<string, unknown>;
    assert.equal(answer.id, ID);
    assert.deepEqual(answer.process, { pid: 12, cwd: HERE });
  });

  it('shows a conflict with the way out, and what was seen lately', async () => {
    const run = world(view({ state: 'conflict', intruder: { kind: 'stranger' } }));
    run.coordinator.inspected = {
      health: [
        { at: NOW - 1_000, state: 'reserved', reason: 'nobody listens' },
        { at: NOW, state: 'conflict' },
      ],
    };
    await run.run('inspect', '3000');
    const text = run.stdout.join('\n');
    assert.match(text, /^Conflict +there before the allocation; asking for the service again /m);
    assert.match(text, /^SEEN +STATE +REASON\n.* reserved +nobody listens\n.* conflict$/m);
    const json = world(...run.coordinator.allocations);
    json.coordinator.inspected = run.coordinator.inspected;
    await json.run('inspect', '3000', '--json');
    assert.deepEqual((json.json() as Record<string, unknown>).observations, [
      { at: '2026-01-31T11:59:59.000Z', state: 'reserved', reason: 'nobody listens' },
      { at: '2026-01-31T12:00:00.000Z', state: 'conflict' },
    ]);
  });

  it('shows what the plan checks, and why a port moved', async () => {
    const planned = { health: '/healthz' };
    const moved = { movedFrom: 2999, movedBecause: 'port 2999 is in use by node (pid 7)' };
    const text = async (health?: HealthReport): Promise<string> => {
      const answered = health === undefined ? {} : { health };
      const run = world(view({ state: 'listening', planned, ...moved, ...answered }));
      await run.run('inspect', '3000');
      return run.stdout.join('\n');
    };
    assert.match(await text(), /^Health +\/healthz$/m);
    assert.match(await text({ ok: true }), /^Health +\/healthz, healthy$/m);
    const failed = await text({ ok: false, reason: 'it hung', failures: 1 });
    assert.match(failed, /^Health +\/healthz, unhealthy: it hung$/m);
    assert.match(failed, /^Moved from +2999: port 2999 is in use by node \(pid 7\)$/m);
  });

  const unallocated = [
    { name: 'free', inspected: {}, expected: { state: 'free' } },
    {
      name: 'in use by a process',
      inspected: { listeners: [{ port: 4321, process: { pid: 9 } }] },
      expected: { state: 'in_use', process: { pid: 9 } },
    },
    {
      name: 'in use by someone unknown',
      inspected: { addresses: [{ address: '::1', result: 'busy' as const }] },
      expected: { state: 'in_use' },
    },
    {
      name: 'never given',
      inspected: { reserved: 'Port 4321 is refused by browsers.' },
      expected: { state: 'refused', reason: 'Port 4321 is refused by browsers.' },
    },
  ];
  for (const { name, inspected, expected } of unallocated) {
    it(`tells a port without allocation: ${name}`, async () => {
      const run = world();
      run.coordinator.inspected = inspected;
      assert.equal(await run.run('inspect', '4321', '--json'), 0);
      assert.deepEqual(run.json(), { port: 4321, ...expected, serviceTypes: ['dev'] });
    });
  }

  it('shows addresses and history to people', async () => {
    const run = world();
    run.coordinator.inspected = {
      addresses: [{ address: '::', result: 'free' }],
      history: [
        { at: NOW, port: 3000, kind: 'granted', service: 'web', workspace: HERE, by: 'shop' },
      ],
    };
    await run.run('inspect', '3000');
    const text = run.stdout.join('\n');
    assert.match(text, /^Addresses {2}:: free$/m);
    assert.match(text, /granted +web +shop +~\/shop$/m);
  });
});
