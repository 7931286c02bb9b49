/** Types of which a machine has one: who shares it, and whose it is. */
import type { ServiceType } from './catalogue';
import type { Allocation, Shared } from './model';

/** What there is one of: the type, or the service of that name; undefined for ordinary types. */
export function groupOf(type: ServiceType, service: string): string | undefined {
  switch (type.instanceBehavior) {
    case 'multi':
      return undefined;
    case 'single':
      return type.name;
    case 'single_per_service':
      // No name has a slash: the two kinds of groups cannot meet.
      return `${type.name}/${service}`;
  }
}

/** Undefined for an allocation that is not shared. */
export function sharedOf(allocation: Allocation): Shared | undefined {
  const { group, workspace, service, holders, allocatedAt } = allocation;
  if (group === undefined) {
    return undefined;
  }
  const [holder] = holders;
  return {
    group,
    workspace,
    service,
    ...(holder === undefined ? {} : { holder }),
    since: holder?.since ?? allocatedAt,
    holders: holders.length,
  };
}
