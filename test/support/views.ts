import { BUILT_IN_CATALOGUE, type ServiceType } from '../../src/core/domain/catalogue';
import { DEFAULT_CONFIGURATION } from '../../src/core/config/defaults';
import type { AllocationView, Holder } from '../../src/core/domain/model';
import type { ConfigurationView } from '../../src/core/messages/requests';

/** A holder that stands for any window. */
export const A_HOLDER: Holder = {
  participant: 'p1',
  kind: 'window',
  label: 'shop',
  pid: 42,
  since: 1_000,
};

/** An allocation as a face shows it; what a test does not say is ordinary. */
export function allocationView(some: Partial<AllocationView> = {}): AllocationView {
  return {
    id: `id-${some.workspace ?? '/home/me/shop'}-${some.service ?? 'web'}`,
    port: 3000,
    serviceType: 'dev',
    service: 'web',
    workspace: '/home/me/shop',
    holders: [A_HOLDER],
    allocatedAt: 1_000,
    state: 'reserved',
    ...some,
  };
}

/** A type like `dev`; what a test does not say is ordinary. */
export function serviceType(some: Partial<ServiceType> = {}): ServiceType {
  return {
    name: 'dev',
    range: { first: 3000, last: 3099 },
    preferred: [3000, 3001],
    instanceBehavior: 'multi',
    protocol: 'http',
    description: 'Development server',
    examples: ['Vite'],
    origin: 'built-in',
    ...some,
  };
}

/** What is in force without a `config.json`. */
export function configurationView(some: Partial<ConfigurationView> = {}): ConfigurationView {
  const { autoAllocation } = DEFAULT_CONFIGURATION;
  return {
    path: '/home/me/.styxy/config.json',
    types: [...BUILT_IN_CATALOGUE.values()],
    autoAllocation,
    templates: [],
    reservations: [],
    problems: [],
    ...some,
  };
}
