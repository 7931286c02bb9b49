import type { AllocationView, Holder } from '../../src/core/model';

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
