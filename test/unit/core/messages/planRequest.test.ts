import assert from 'node:assert/strict';
import type { Plan } from '../../../../src/core/domain/plan';
import { planFields, planRequest } from '../../../../src/core/messages/planRequest';
import { readPlan } from '../../../../src/core/plan/readPlan';

function planOf(value: object): Plan {
  const reading = readPlan(JSON.stringify(value));
  assert.ok(reading.kind === 'read');
  return reading.plan;
}

const PLAN = planOf({ services: { web: { port: 5173 }, api: { type: 'api' }, db: {} } });

describe('planRequest', () => {
  it('names what the plan says of a service, and nothing for others', () => {
    assert.deepEqual(planFields(PLAN, 'web', undefined), { planned: { port: 5173 } });
    assert.deepEqual(planFields(PLAN, 'api', 'dev'), {
      serviceType: 'api',
      planned: {},
      template: 'dev',
    });
    assert.deepEqual(planFields(PLAN, 'other', undefined), {});
    assert.deepEqual(planFields(undefined, 'web', 'dev'), { template: 'dev' });
    assert.deepEqual(planRequest('/w', PLAN, undefined).services, [
      { service: 'web', port: 5173 },
      { service: 'api', serviceType: 'api' },
      { service: 'db' },
    ]);
  });
});
