import type { ServiceType } from '../core/catalogue';
import { BUILT_IN_CATALOGUE } from '../core/catalogue';
import type { AllocationView } from '../core/model';

/** The types that can be asked for, in the order in which people see them. */
export function serviceTypes(): readonly ServiceType[] {
  return [...BUILT_IN_CATALOGUE.values()];
}

/** Where a browser finds the service; undefined for what speaks no HTTP. */
export function urlOf(view: Pick<AllocationView, 'port' | 'serviceType'>): string | undefined {
  const protocol = BUILT_IN_CATALOGUE.get(view.serviceType)?.protocol ?? 'http';
  return protocol === 'tcp' ? undefined : `${protocol}://localhost:${view.port}`;
}

/** `4 of 100 used`: how many ports of the type's range are allocated, and how many there are. */
export function usage(
  type: ServiceType,
  allocations: readonly AllocationView[],
): { readonly used: number; readonly size: number } {
  const { first, last } = type.range;
  return {
    used: allocations.filter(({ port }) => port >= first && port <= last).length,
    size: last - first + 1,
  };
}

/** The name a new service gets: its type, or `type-2`, `type-3` when that is taken. */
export function defaultServiceName(type: string, taken: ReadonlySet<string>): string {
  let name = type;
  for (let n = 2; taken.has(name); n += 1) {
    name = `${type}-${n}`;
  }
  return name;
}
