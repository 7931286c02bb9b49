import type { AllocationView } from '../../../../src/core/domain/model';
import { FakeWorld, HERE, view } from './fakes';

export const PLAN = `{
  "services": {
    "web": { "type": "dev", "port": 5173, "exact": true, "env": ["PORT"] },
    "api": { "type": "api", "port": 8000 },
    "db": {}
  },
  "files": { ".env.local": { "API_URL": "http://localhost:\${api}" } }
}`;

export const RENDERED = [
  '# >>> styxy: written by Styxy, change styxy.json instead',
  'API_URL=http://localhost:8000',
  '# <<< styxy',
  '',
].join('\n');

export function world(plan = PLAN): FakeWorld {
  const made = new FakeWorld();
  made.plans.set(HERE, plan);
  return made;
}

/** What the plan asks for is there. */
export function planned(): AllocationView[] {
  return [
    view({ id: 'id-web', port: 5173, planned: { port: 5173 } }),
    view({ id: 'id-api', port: 8000, service: 'api', serviceType: 'api', planned: {} }),
    view({ id: 'id-db', port: 5430, service: 'db', serviceType: 'database', planned: {} }),
  ];
}
