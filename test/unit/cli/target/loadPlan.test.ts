import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import { FakeWorld, HERE } from '../support/fakes';

function errorOf(run: FakeWorld): { code: string; message: string } {
  return (run.json() as { error: ReturnType<typeof errorOf> }).error;
}

describe('styxy allocate with a plan', () => {
  const PLAN = '{ "services": { "web": { "type": "ui", "port": 4005, "exact": true }, "x": {} } }';

  function planned(text: string): FakeWorld {
    const made = new FakeWorld();
    made.plans.set(HERE, text);
    return made;
  }

  it('sends what the plan says of the service', async () => {
    for (const args of [
      ['allocate', '-n', 'web'],
      ['port', 'web'],
    ]) {
      const run = planned(PLAN);
      assert.equal(await run.run(...args), 0);
      assert.deepEqual(run.coordinator.request('allocate'), {
        workspace: HERE,
        service: 'web',
        serviceType: 'ui',
        planned: { port: 4005, exact: true },
      });
    }
  });

  it('prefers the type and the template of the command', async () => {
    const run = planned(PLAN.replace('{ "services"', '{ "template": "dev", "services"'));
    await run.run('allocate', '-n', 'web', '-s', 'dev', '--template', 'staging');
    assert.deepEqual(run.coordinator.request('allocate'), {
      workspace: HERE,
      service: 'web',
      serviceType: 'dev',
      planned: { port: 4005, exact: true },
      template: 'staging',
    });
  });

  it("takes the plan's template for services that it does not declare", async () => {
    const run = planned('{ "template": "dev", "services": {} }');
    await run.run('port', 'docs');
    const expected = { workspace: HERE, service: 'docs', template: 'dev' };
    assert.deepEqual(run.coordinator.request('allocate'), expected);
  });

  it('tells of a broken plan and goes on without it', async () => {
    for (const json of [[], ['--json']]) {
      const run = planned('{ "services": [] }');
      assert.equal(await run.run('allocate', '-s', 'dev', '-n', 'web', ...json), 0);
      const told = run.stderr.join('\n');
      assert.match(told, /The plan .* cannot be used.*goes on without the plan/);
      assert.deepEqual(run.coordinator.request('allocate'), {
        workspace: HERE,
        service: 'web',
        serviceType: 'dev',
      });
    }
  });

  it('refuses with the broken plan where it would have named the type', async () => {
    const run = planned('{ "services": [] }');
    const details = { field: 'serviceType', service: 'web' };
    run.coordinator.refuses.set(
      'allocate',
      new StyxyError('invalid_argument', 'No type.', { details }),
    );
    assert.equal(await run.run('allocate', '-n', 'web', '--json'), 2);
    assert.equal(errorOf(run).code, 'invalid_config');
    const typed = planned('{ "services": [] }');
    typed.coordinator.refuses.set(
      'allocate',
      new StyxyError('invalid_argument', 'No such type.', { details }),
    );
    assert.equal(await typed.run('allocate', '-n', 'web', '-s', 'nope', '--json'), 2);
    assert.equal(errorOf(typed).message, 'No such type.');
  });

  it('prints what was found for an unknown type, and what the plan wished', async () => {
    const run = new FakeWorld();
    const autoAllocated = {
      ...{ serviceType: 'grafana', chunkSize: 10, placement: 'after' as const },
      range: { first: 11_510, last: 11_519 },
    };
    run.coordinator.grant = { autoAllocated, wish: 11_512 };
    await run.run('allocate', '-s', 'grafana', '--json');
    const answer = run.json() as Record<string, unknown>;
    assert.deepEqual([answer.autoAllocated, answer.wish], [autoAllocated, 11_512]);
  });
});
