import fc from 'fast-check';
import {
  catalogueOf,
  type InstanceBehavior,
  type ServiceType,
} from '../../../../../src/core/domain/catalogue';
import { pairKey, type Pair } from '../../../../../src/core/domain/model';
import type { PlanRequestService } from '../../../../../src/core/messages/requests';
import { type Rules } from '../../../../../src/core/allocation/rules';
import { DEFAULT_RULES } from './rules';

function type(name: string, first: number, instanceBehavior: InstanceBehavior): ServiceType {
  return {
    name,
    range: { first, last: first + 2 },
    preferred: [first + 1],
    instanceBehavior,
    protocol: 'http',
    description: 'few ports, so that requests meet',
    examples: [],
    origin: 'configured',
  };
}

export const GAP = 4;
export const DECLARED = [
  type('many', 7000, 'multi'),
  type('solo', 7010, 'single'),
  type('each', 7020, 'single_per_service'),
];
/** Room for three of the four types that nobody declared. */
export const RULES: Rules = {
  ...DEFAULT_RULES,
  catalogue: catalogueOf(DECLARED),
  autoAllocation: {
    ...DEFAULT_RULES.autoAllocation,
    chunkSize: 3,
    minPort: 7030,
    maxPort: 7047,
    gapSize: GAP,
  },
};

const workspace = fc.constantFrom('/a', '/b', '/c');
const service = fc.constantFrom('s1', 's2', 's3');
const window = fc.constantFrom('w1', 'w2', 'w3', 'w4');
const serviceType = fc.constantFrom('many', 'solo', 'solo', 'each', 'each', 'u1', 'u2', 'u3', 'u4');
const port = fc.integer({ min: 6999, max: 7040 });
const wish = fc.record({ port, exact: fc.boolean() }, { requiredKeys: ['port'] });

export const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      window,
      workspace,
      service,
      serviceType,
      wish: fc.option(wish, { nil: undefined, freq: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('plan' as const),
      window,
      workspace,
      partial: fc.boolean(),
      services: fc.uniqueArray(
        fc.record({ service, serviceType, wish: fc.option(wish, { nil: undefined }) }),
        { selector: (each) => each.service, maxLength: 3 },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('release' as const), window, workspace, service }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('release-port' as const),
      window,
      workspace,
      nth: fc.nat(9),
      everyone: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('move' as const), nth: fc.nat(9), to: port }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      window,
      listening: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), serviceType }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('listen' as const), port }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
);

export type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;
export type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

export function keyOf({ workspace, service }: Pair): string {
  return pairKey({ workspace, service });
}

/** In which order the services of a plan are decided: lowest first. */
export function urgency({ port, exact }: PlanRequestService): number {
  return port === undefined ? 2 : exact === true ? 0 : 1;
}
