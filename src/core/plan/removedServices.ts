import type { Plan } from '../domain/plan';

/** What is asked of an allocation: `planned` is there if a plan made it. */
export interface PlannedAllocation {
  readonly service: string;
  readonly planned?: unknown;
}

/**
 * The services of one workspace that a plan allocated and that its plan no longer declares: all of
 * them when there is no plan any more. They are offered for release. A plan that cannot be read
 * says nothing about them, so it must not be passed as `undefined`.
 */
export function removedServices(
  plan: Plan | undefined,
  allocations: readonly PlannedAllocation[],
): readonly string[] {
  return allocations
    .filter(({ service, planned }) => planned !== undefined && plan?.services.has(service) !== true)
    .map(({ service }) => service);
}
