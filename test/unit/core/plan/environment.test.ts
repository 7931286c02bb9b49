import assert from 'node:assert/strict';
import type { Plan } from '../../../../src/core/domain/plan';
import { planEnvironment, removedServices } from '../../../../src/core/plan/environment';
import { planOf } from './plans';

describe('planEnvironment', () => {
  const plan = planOf({
    services: { web: { env: ['PORT', 'VITE_PORT'] }, 'a.b': {}, db: { env: ['PGPORT'] } },
  });

  it('has every port under its own name and under those that the plan gives', () => {
    const ports = new Map([
      ['web', 3000],
      ['extra', 4000],
    ]);
    assert.deepEqual(Object.fromEntries(planEnvironment(plan, ports)), {
      STYXY_PORT_WEB: '3000',
      STYXY_PORT_EXTRA: '4000',
      PORT: '3000',
      VITE_PORT: '3000',
    });
  });

  it('lets the plan win over a service beside it', () => {
    const ports = new Map([
      ['a.b', 1111],
      ['a-b', 2222],
    ]);
    assert.deepEqual(Object.fromEntries(planEnvironment(plan, ports)), { STYXY_PORT_A_B: '1111' });
  });
});

describe('removedServices', () => {
  const allocations = [
    { service: 'web', planned: {} },
    { service: 'old', planned: { port: 3000 } },
    { service: 'mine' },
  ];
  const namesOf = (plan: Plan | undefined): string[] =>
    removedServices(plan, allocations).map(({ service }) => service);

  it('names what a plan allocated and does not declare any more', () => {
    assert.deepEqual(namesOf(planOf({ services: { web: {} } })), ['old']);
  });

  it('names all of it when the plan is gone', () => {
    assert.deepEqual(namesOf(undefined), ['web', 'old']);
  });
});
