import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import { FakeWorld, HERE, ID, NOW, participant, view } from '../support/fakes';

function methodsOf({ coordinator }: FakeWorld): readonly string[] {
  return coordinator.asked.map(({ method }) => method);
}

describe('styxy allocate', () => {
  it('prints the allocation of product.md as one object', async () => {
    const world = new FakeWorld();
    world.coordinator.grant = {
      conflicts: [
        { port: 3000, process: { pid: 9, command: 'node x.js', startedAt: NOW } },
        { port: 3001, reason: 'allocated', pair: { workspace: '/b', service: 'web' } },
      ],
      attempts: 2,
      movedFrom: 3000,
    };
    assert.equal(await world.run('allocate', '-s', 'dev', '-n', 'web', '--json'), 0);
    assert.deepEqual(world.json(), {
      id: ID,
      port: 3000,
      serviceType: 'dev',
      service: 'web',
      workspace: HERE,
      state: 'reserved',
      existing: false,
      movedFrom: 3000,
      holders: [{ kind: 'window', label: 'shop', pid: 41, since: '2026-01-31T11:59:55.000Z' }],
      allocatedAt: '2026-01-31T11:59:00.000Z',
      conflicts: [
        {
          port: 3000,
          process: { pid: 9, command: 'node x.js', startedAt: '2026-01-31T12:00:00.000Z' },
        },
        { port: 3001, reason: 'allocated', pair: { workspace: '/b', service: 'web' } },
      ],
      attempts: 2,
    });
    assert.deepEqual(world.stderr, []);
  });

  it('names the service by its type when it has no name', async () => {
    const world = new FakeWorld();
    await world.run('allocate', '-s', 'api');
    assert.deepEqual(world.coordinator.request('allocate'), {
      workspace: HERE,
      service: 'api',
      serviceType: 'api',
    });
  });

  it('leaves the type to the engine when only a name is given', async () => {
    const world = new FakeWorld();
    await world.run('allocate', '-n', 'web', '-p', '5173', '--exact');
    assert.deepEqual(world.coordinator.request('allocate'), {
      workspace: HERE,
      service: 'web',
      port: 5173,
      exact: true,
    });
  });

  it('takes the folders of windows, and only of windows, for open', async () => {
    const world = new FakeWorld();
    world.coordinator.participants = [
      participant({ folders: [HERE, '/b'] }),
      participant({ id: 'p-daemon', kind: 'daemon', folders: ['/c'] }),
    ];
    await world.run('allocate', '-s', 'dev');
    assert.deepEqual(world.openFolders, [[HERE, '/b']]);
    assert.match(world.stderr.join('\n'), /Workspace ~\/shop \(a window has it open\)/);
  });

  it('takes a named project at its word', async () => {
    const world = new FakeWorld();
    await world.run('allocate', '-s', 'dev', '--project', 'packages/a', '--json');
    assert.deepEqual(world.openFolders, []);
    assert.deepEqual(world.coordinator.request('allocate'), {
      workspace: `${HERE}/packages/a`,
      service: 'dev',
      serviceType: 'dev',
    });
  });

  it('looks at what an allocation that was there already does', async () => {
    const world = new FakeWorld();
    world.coordinator.grant = { existing: true };
    world.coordinator.allocations = [view({ state: 'listening', process: { pid: 12 } })];
    await world.run('allocate', '-n', 'web', '--json');
    const { state, process, existing } = world.json() as Record<string, unknown>;
    assert.deepEqual(
      { state, process, existing },
      {
        state: 'listening',
        process: { pid: 12 },
        existing: true,
      },
    );
  });

  it('sends one request for a new port', async () => {
    for (const args of [['allocate'], ['allocate', '--json'], ['allocate', '--project', '.']]) {
      const world = new FakeWorld();
      await world.run(...args, '-n', 'web');
      assert.deepEqual(methodsOf(world), ['allocate']);
    }
  });

  it('looks at a known port while the leader decides: one round trip', async () => {
    for (const [command, methods] of [
      [
        ['allocate', '-n', 'web'],
        ['allocate', 'inspect'],
      ],
      [
        ['port', 'web', '--json'],
        ['allocate', 'inspect'],
      ],
      [['port', 'web'], ['allocate']],
    ] as const) {
      const world = new FakeWorld();
      world.coordinator.grant = { existing: true };
      world.coordinator.allocations = [view({ state: 'listening' })];
      assert.equal(await world.run(...command), 0);
      assert.deepEqual(methodsOf(world), methods);
      assert.equal(world.coordinator.roundTrips, 1, command.join(' '));
    }
  });

  it('looks again where what was seen is not so any more', async () => {
    const orphaned = new FakeWorld();
    orphaned.coordinator.grant = { existing: true };
    orphaned.coordinator.allocations = [view({ state: 'orphaned', holders: [] })];
    await orphaned.run('allocate', '-n', 'web');
    assert.deepEqual(methodsOf(orphaned), ['allocate', 'inspect', 'inspect']);

    const moved = new FakeWorld();
    const now = view({ port: 3001, movedFrom: 3000 });
    moved.coordinator.grant = { allocation: now, existing: true, movedFrom: 3000 };
    moved.coordinator.allocations = [view({ state: 'conflict' })];
    await moved.run('allocate', '-n', 'web');
    assert.deepEqual(moved.coordinator.asked.at(-1), {
      method: 'inspect',
      request: { port: 3001 },
    });

    const adopted = new FakeWorld();
    adopted.coordinator.grant = { adopted: true };
    await adopted.run('allocate', '-n', 'web');
    assert.deepEqual(methodsOf(adopted), ['allocate', 'inspect']);
  });

  it('is refused as the request is, whatever became of the look', async () => {
    const world = new FakeWorld();
    world.coordinator.allocations = [view()];
    world.coordinator.refuses.set('allocate', new StyxyError('port_in_use', 'Taken.'));
    world.coordinator.refuses.set('inspect', new StyxyError('internal', 'No look.'));
    assert.equal(await world.run('allocate', '-n', 'web'), 3);
    assert.match(world.stderr.join('\n'), /Taken\./);
  });

  it('prints fields for people, remarks on standard error', async () => {
    const world = new FakeWorld();
    assert.equal(await world.run('allocate', '-n', 'web'), 0);
    assert.deepEqual(world.stdout.slice(0, 4), [
      'Port       3000',
      'Service    web (dev)',
      'Workspace  ~/shop',
      'State      reserved',
    ]);
    assert.deepEqual(world.stderr, [
      'Workspace ~/shop (nearest folder with a .git)',
      'It has a port.',
    ]);
  });

  it('says on standard error from where to where a port healed, and why, and succeeds', async () => {
    const message =
      `"web" in ${HERE} moved from 3000 to 3001: port 3000 is in use by node (pid 7), ` +
      'from another checkout of the same repository.';
    for (const args of [
      ['allocate', '-n', 'web'],
      ['port', 'web'],
    ]) {
      const world = new FakeWorld();
      const allocation = view({ port: 3001, movedFrom: 3000 });
      world.coordinator.grant = { allocation, existing: true, movedFrom: 3000, message };
      world.coordinator.allocations = [allocation];
      assert.equal(await world.run(...args), 0);
      assert.equal(world.stderr.at(-1), message);
      assert.match(world.stdout.join('\n'), args[0] === 'port' ? /^3001$/ : /^Port +3001$/m);
    }
  });

  it('takes part as a command that may lead, and leaves', async () => {
    const world = new FakeWorld();
    await world.run('allocate', '-n', 'web');
    const [options] = world.connected;
    assert.equal(options?.kind, 'cli');
    assert.equal(options?.label, 'styxy allocate -n web');
    assert.deepEqual(options?.leader, { kind: 'inline' });
    assert.equal(world.coordinator.closed, 1);
  });

  it('leaves also when it is refused, with the exit code of the group', async () => {
    const world = new FakeWorld();
    world.coordinator.refusal = new StyxyError('port_in_use', 'Port 3000 is taken.', {
      details: { port: 3000 },
    });
    assert.equal(await world.run('allocate', '-n', 'web', '--json'), 3);
    assert.deepEqual(world.json(), {
      error: {
        code: 'port_in_use',
        message: 'Port 3000 is taken.',
        details: { port: 3000 },
        retryable: false,
      },
    });
    assert.equal(world.coordinator.closed, 1);
  });

  it('wants a name or a type, and a port for --exact', async () => {
    for (const args of [[], ['-n', 'web', '--exact']]) {
      const world = new FakeWorld();
      assert.equal(await world.run('allocate', ...args), 2);
      assert.deepEqual(world.stdout, []);
      assert.match(world.stderr.join('\n'), /For example: styxy allocate/);
      assert.equal(world.connected.length, 0);
    }
  });

  it('is cancelled by a signal', async () => {
    const world = new FakeWorld();
    world.coordinator.hangs = true;
    const running = world.run('allocate', '-n', 'web', '--json');
    await new Promise(setImmediate);
    world.cancel.abort();
    assert.equal(await running, 130);
    assert.equal((world.json() as { error: { code: string } }).error.code, 'cancelled');
    assert.equal(world.coordinator.closed, 1);
  });
});

describe('styxy port', () => {
  it('prints the number alone', async () => {
    const world = new FakeWorld();
    assert.equal(await world.run('port', 'web', '-s', 'dev'), 0);
    assert.deepEqual(world.stdout, ['3000']);
    assert.deepEqual(world.coordinator.request('allocate'), {
      workspace: HERE,
      service: 'web',
      serviceType: 'dev',
    });
  });

  it('prints the allocation as JSON', async () => {
    const world = new FakeWorld();
    await world.run('port', 'web', '--json');
    assert.equal((world.json() as { port: number }).port, 3000);
  });
});
