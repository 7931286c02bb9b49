/** What a plan and the allocations of its workspace mean for each other. */
import type { Allocation } from '../domain/model';
import { environmentName } from '../domain/names';
import type { Plan } from '../domain/plan';

/**
 * What a process of the workspace gets: `STYXY_PORT_<SERVICE>` for every service that has a port,
 * planned or not, and the names that the plan gives its services. What the plan says wins over the
 * variable of a service that it does not declare.
 */
export function planEnvironment(
  plan: Plan,
  ports: ReadonlyMap<string, number>,
): Map<string, string> {
  const own = [...ports].map(([name, port]) => [environmentName(name), String(port)] as const);
  const environment = new Map(own);
  for (const { name, env } of plan.services.values()) {
    const port = ports.get(name);
    if (port !== undefined) {
      for (const variable of [environmentName(name), ...env]) {
        environment.set(variable, String(port));
      }
    }
  }
  return environment;
}

/**
 * The allocations of one workspace that a plan made and that its plan no longer declares: all of
 * them when there is no plan any more. They are offered for release. A plan that cannot be read
 * says nothing about them, so it must not be passed as `undefined`.
 */
export function removedServices<Given extends Pick<Allocation, 'service' | 'planned'>>(
  plan: Plan | undefined,
  allocations: readonly Given[],
): readonly Given[] {
  return allocations.filter(
    ({ service, planned }) => planned !== undefined && plan?.services.has(service) !== true,
  );
}
