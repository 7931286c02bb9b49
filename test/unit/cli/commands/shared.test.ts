import assert from 'node:assert/strict';
import type { Holder } from '../../../../src/core/domain/model';
import { type FakeOptions, FakeWorld, HERE, ID, NOW, OTHER_ID, view } from '../support/fakes';

const THERE = '/home/me/other';

function holder(workspace: string, over: Partial<Holder> = {}): Holder {
  const pid = workspace === HERE ? 41 : 42;
  const common = { participant: `p-${pid}`, kind: 'window', label: 'w', since: NOW } as const;
  return { ...common, pid, workspace, service: 'rag', ...over };
}

function shared(...holders: readonly Holder[]): ReturnType<typeof view> {
  const [first] = holders;
  return view({
    port: 11_430,
    serviceType: 'ai',
    service: 'rag',
    workspace: first?.workspace ?? THERE,
    group: 'ai/rag',
    holders,
  });
}

function world(options: FakeOptions = {}, ...holders: readonly Holder[]): FakeWorld {
  const made = new FakeWorld(options);
  const both = [holder(THERE), holder(HERE)];
  made.coordinator.allocations = [shared(...(holders.length > 0 ? holders : both))];
  return made;
}

function errorOf(run: FakeWorld): { code: string; message: string } {
  return (run.json() as { error: ReturnType<typeof errorOf> }).error;
}

describe('a shared allocation', () => {
  it('says in JSON whose it is, and for which workspace each holds it', async () => {
    const run = world();
    assert.equal(await run.run('list', '--json'), 0);
    const { allocations } = run.json() as { allocations: Record<string, unknown>[] };
    assert.equal(allocations.length, 1);
    const since = '2026-01-31T12:00:00.000Z';
    const held = { kind: 'window', label: 'w', since };
    assert.deepEqual(allocations[0]?.holders, [
      { ...held, pid: 42, workspace: THERE },
      { ...held, pid: 41, workspace: HERE },
    ]);
    assert.deepEqual(allocations[0]?.shared, {
      group: 'ai/rag',
      workspace: THERE,
      service: 'rag',
      holder: { ...held, pid: 42, workspace: THERE },
      since,
      holders: 2,
    });
  });

  it('is one line for people', async () => {
    const run = world();
    await run.run('list');
    assert.equal(run.stdout.length, 2);
    assert.match(run.stdout[1] ?? '', /~\/other, shared by 2$/);
    await run.run('inspect', '11430');
    assert.match(run.stdout.join('\n'), /^Shared +one ai\/rag on this machine, shared by 2$/m);
  });

  it('is left by the pair that was named, and by it alone', async () => {
    const run = world();
    run.coordinator.remainingHolders = 1;
    // What listens is the others' too.
    run.coordinator.listeners = [{ port: 11_430, process: { pid: 9 } }];
    assert.equal(await run.run('release', 'rag'), 0);
    assert.deepEqual(run.coordinator.request('release'), {
      target: { workspace: HERE, service: 'rag' },
      workspaces: [HERE],
    });
    assert.deepEqual(run.stdout, ['Left 11430, rag of ~/shop; others still hold it: 1']);
    assert.match(run.stderr.join('\n'), /Still held by /);
  });

  it('is found under the name that it has here', async () => {
    const run = world({}, holder(THERE), holder(HERE, { service: 'llm' }));
    assert.equal(await run.run('release', 'llm'), 0);
    assert.deepEqual(run.coordinator.request('release'), {
      target: { workspace: HERE, service: 'llm' },
      workspaces: [HERE],
    });
  });

  it('is left by all of the workspace when its port was named', async () => {
    const run = world();
    assert.equal(await run.run('release', '11430'), 0);
    assert.deepEqual(run.coordinator.request('release'), {
      target: { id: ID },
      workspaces: [HERE],
    });
  });

  it('ends with the last one who holds it, after asking about a listener', async () => {
    const run = world({}, holder(HERE));
    run.coordinator.listeners = [{ port: 11_430, process: { pid: 9 } }];
    assert.equal(await run.run('release', 'rag', '--json'), 3);
    assert.equal(errorOf(run).code, 'port_in_use');
  });

  it('cannot be left by who does not hold it', async () => {
    for (const target of ['11430', ID]) {
      const run = world({}, holder(THERE));
      assert.equal(await run.run('release', target, '--yes', '--json'), 4);
      assert.equal(errorOf(run).code, 'not_holder');
      assert.match(errorOf(run).message, new RegExp(`styxy release ${ID} --everyone`));
      assert.equal(run.coordinator.request('release'), undefined);
    }
  });

  it("is asked about when another workspace's part is named", async () => {
    const refused = world({}, holder(THERE));
    assert.equal(await refused.run('release', 'rag', '--json'), 4);
    const agreed = world({}, holder(THERE));
    assert.equal(await agreed.run('release', 'rag', '--yes'), 0);
    assert.deepEqual(agreed.coordinator.request('release'), {
      target: { workspace: THERE, service: 'rag' },
      workspaces: [HERE],
      confirmed: true,
    });
  });

  it('is no ambiguity, however many share it, but two of them are', async () => {
    const one = world({}, holder(THERE), holder('/b'));
    assert.equal(await one.run('release', 'rag', '--json'), 4);
    assert.equal(errorOf(one).code, 'not_holder');
    const two = world({}, holder(THERE));
    two.coordinator.allocations.push(view({ id: OTHER_ID, service: 'rag', workspace: '/b' }));
    assert.equal(await two.run('release', 'rag', '--json'), 2);
  });

  it('may be moved by who holds it', async () => {
    const run = world();
    assert.equal(await run.run('move', 'rag', '11431'), 0);
  });

  describe('for everyone', () => {
    it('is asked about, and says for whom', async () => {
      const run = world();
      assert.equal(await run.run('release', 'rag', '--everyone', '--json'), 4);
      assert.equal(errorOf(run).code, 'not_holder');
      assert.match(errorOf(run).message, /ends for w \(window, pid 42\) of ~\/other too.*--yes/);
      const no = world({ interactive: true, agrees: false });
      assert.equal(await no.run('release', 'rag', '--everyone'), 130);
      assert.equal(no.coordinator.request('release'), undefined);
    });

    for (const how of ['by a person', 'beforehand'] as const) {
      it(`ends when that is agreed to ${how}`, async () => {
        const run = world({ interactive: how === 'by a person', agrees: true });
        const yes = how === 'beforehand' ? ['--yes'] : [];
        assert.equal(await run.run('release', 'rag', '--everyone', ...yes), 0);
        assert.deepEqual(run.coordinator.request('release'), {
          target: { id: ID },
          workspaces: [HERE],
          everyone: true,
        });
        assert.deepEqual(run.stdout, ['Released 11430, rag of ~/shop']);
      });
    }

    it('needs no agreement where nobody else holds it', async () => {
      const run = world({}, holder(HERE));
      assert.equal(await run.run('release', 'rag', '--everyone', '--json'), 0);
    });
  });
});
