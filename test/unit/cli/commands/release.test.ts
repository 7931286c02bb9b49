import assert from 'node:assert/strict';
import { type FakeOptions, FakeWorld, HERE, ID, OTHER_ID, view } from '../support/fakes';

const THERE = '/home/me/other';
const LISTENER = { port: 3000, process: { pid: 12, command: 'node server.js' } };

function world(options: FakeOptions = {}, ...allocations: ReturnType<typeof view>[]): FakeWorld {
  const made = new FakeWorld(options);
  made.coordinator.allocations = allocations.length > 0 ? allocations : [view()];
  return made;
}

function errorOf(run: FakeWorld): Record<string, unknown> & { details: Record<string, unknown> } {
  return (run.json() as { error: ReturnType<typeof errorOf> }).error;
}

describe('styxy release', () => {
  it('prints what was released and who still holds it', async () => {
    const run = world();
    run.coordinator.remainingHolders = 2;
    assert.equal(await run.run('release', 'web', '--json'), 0);
    assert.deepEqual(run.json(), {
      released: {
        id: ID,
        port: 3000,
        serviceType: 'dev',
        service: 'web',
        workspace: HERE,
        state: 'reserved',
        holders: [{ kind: 'window', label: 'shop', pid: 41, since: '2026-01-31T11:59:55.000Z' }],
        allocatedAt: '2026-01-31T11:59:00.000Z',
      },
      remainingHolders: 2,
    });
  });

  for (const target of ['web', '3000', ID, ID.toUpperCase()]) {
    it(`understands ${target}`, async () => {
      const run = world();
      assert.equal(await run.run('release', target), 0);
      assert.deepEqual(run.coordinator.request('release'), {
        target: { id: ID },
        workspaces: [HERE],
      });
      assert.deepEqual(run.stdout, ['Released 3000, web of ~/shop']);
    });
  }

  it('takes digits for a port first, then for a name', async () => {
    const run = world({}, view({ service: '8080' }), view({ id: OTHER_ID, port: 3001 }));
    assert.equal(await run.run('release', '8080'), 0);
    assert.deepEqual(run.coordinator.request('release'), {
      target: { id: ID },
      workspaces: [HERE],
    });
  });

  it('prefers a name of its own workspace', async () => {
    const run = world({}, view({ id: OTHER_ID, workspace: THERE }), view({ port: 3001 }));
    assert.equal(await run.run('release', 'web'), 0);
    assert.deepEqual(run.coordinator.request('release'), {
      target: { id: ID },
      workspaces: [HERE],
    });
  });

  it('lists the candidates of a name that several other workspaces use', async () => {
    const both = [view({ workspace: '/b' }), view({ id: OTHER_ID, port: 3001, workspace: THERE })];
    const json = world({}, ...both);
    assert.equal(await json.run('release', 'web', '--json'), 2);
    assert.deepEqual(errorOf(json).details, {
      candidates: [
        { id: ID, port: 3000, service: 'web', workspace: '/b' },
        { id: OTHER_ID, port: 3001, service: 'web', workspace: THERE },
      ],
    });
    const human = world({}, ...both);
    assert.equal(await human.run('release', 'web'), 2);
    assert.deepEqual(human.stderr.slice(-3), [
      'PORT  ID                                    WORKSPACE',
      `3000  ${ID}  /b`,
      `3001  ${OTHER_ID}  ~/other`,
    ]);
  });

  it('says what is not there', async () => {
    for (const target of ['api', '4000', OTHER_ID]) {
      const run = world();
      assert.equal(await run.run('release', target, '--json'), 4);
      assert.equal(errorOf(run).code, 'allocation_not_found');
    }
  });

  describe('of another workspace', () => {
    it('is refused where nobody can be asked', async () => {
      const run = world({}, view({ workspace: THERE }));
      assert.equal(await run.run('release', '3000', '--json'), 4);
      assert.equal(errorOf(run).code, 'not_holder');
      assert.match(
        String(errorOf(run).message),
        /~\/other, held by shop \(window, pid 41\), not of ~\/shop.*--yes/,
      );
      assert.equal(run.coordinator.request('release'), undefined);
    });

    it('is asked for on a terminal', async () => {
      const run = world({ interactive: true, agrees: true }, view({ workspace: THERE }));
      assert.equal(await run.run('release', 'web'), 0);
      assert.equal(run.questions.length, 1);
      assert.deepEqual(run.coordinator.request('release'), {
        target: { id: ID },
        workspaces: [HERE],
        confirmed: true,
      });
    });

    it('is left alone when the answer is no', async () => {
      const run = world({ interactive: true, agrees: false }, view({ workspace: THERE }));
      assert.equal(await run.run('release', 'web'), 130);
      assert.equal(run.coordinator.request('release'), undefined);
    });

    it('is agreed to beforehand with --yes', async () => {
      const run = world({}, view({ workspace: THERE }));
      assert.equal(await run.run('release', 'web', '--yes'), 0);
    });

    it('needs no agreement from who knows the id', async () => {
      const run = world({}, view({ workspace: THERE }));
      assert.equal(await run.run('release', ID), 0);
      assert.deepEqual(run.coordinator.request('release'), {
        target: { id: ID },
        workspaces: [HERE],
      });
    });
  });

  describe('of a port that something listens on', () => {
    it('is refused where nobody can be asked', async () => {
      const run = world();
      run.coordinator.listeners = [LISTENER];
      assert.equal(await run.run('release', 'web', '--json'), 3);
      assert.equal(errorOf(run).code, 'port_in_use');
      assert.equal(errorOf(run).details.pid, 12);
      assert.match(String(errorOf(run).message), /node server\.js \(pid 12\) listens.*--yes/);
    });

    it('is asked for on a terminal, but not in JSON', async () => {
      const asked = world({ interactive: true, agrees: true });
      asked.coordinator.listeners = [LISTENER];
      assert.equal(await asked.run('release', 'web'), 0);
      assert.deepEqual(asked.questions, ['Release port 3000 all the same?']);
      assert.match(asked.stderr.join('\n'), /does not stop it/);

      const json = world({ interactive: true, agrees: true });
      json.coordinator.listeners = [LISTENER];
      assert.equal(await json.run('release', 'web', '--json'), 3);
      assert.deepEqual(json.questions, []);
    });

    it('is agreed to beforehand with --yes', async () => {
      const run = world();
      run.coordinator.listeners = [LISTENER];
      assert.equal(await run.run('release', 'web', '-y'), 0);
    });
  });
});

describe('styxy move', () => {
  it('prints the allocation where it is now', async () => {
    const run = world();
    assert.equal(await run.run('move', 'web', '5173', '--json'), 0);
    const moved = run.json() as Record<string, unknown>;
    assert.equal(moved.port, 5173);
    assert.equal(moved.movedFrom, 3000);
    assert.equal(moved.state, 'reserved');
    assert.deepEqual(run.coordinator.request('move'), {
      target: { id: ID },
      workspaces: [HERE],
      port: 5173,
    });
  });

  it("asks before it moves another workspace's", async () => {
    const refused = world({}, view({ workspace: THERE }));
    assert.equal(await refused.run('move', '3000', '5173'), 4);
    const agreed = world({}, view({ workspace: THERE }));
    assert.equal(await agreed.run('move', '3000', '5173', '--yes'), 0);
  });
});
