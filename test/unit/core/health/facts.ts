import type { Allocation } from '../../../../src/core/domain/model';
import { allocation as ordinary } from '../../../support/world/makers';

/** Milliseconds since the Unix epoch. */
export const NOW = 1_795_420_000_000;

/** Made ten minutes ago. */
export function allocation(more: Partial<Allocation>): Allocation {
  return ordinary({ id: 'a', allocatedAt: NOW - 600_000, ...more });
}
