import type { Allocation } from '../../../../src/core/domain/model';

/** Milliseconds since the Unix epoch. */
export const NOW = 1_795_420_000_000;

/** Made ten minutes ago. */
export function allocation(more: Partial<Allocation>): Allocation {
  return {
    id: 'a',
    port: 3000,
    serviceType: 'dev',
    service: 'web',
    workspace: '/home/me/shop',
    holders: [],
    allocatedAt: NOW - 600_000,
    ...more,
  };
}
