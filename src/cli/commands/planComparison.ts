/** What a workspace has, against what its plan says. */
import { type Allocation, type AllocationView, pairsOf } from '../../core/domain/model';
import { removedServices } from '../../core/plan/environment';
import type { Plan, PlannedService } from '../../core/domain/plan';
import type { LeftService } from '../render/plan';

export interface Comparison {
  /** Of declared services that have a port, in the order of the plan. */
  readonly present: readonly { readonly service: string; readonly allocation: AllocationView }[];
  /** Names of declared services that have none. */
  readonly missing: readonly string[];
  /** What has a port that is not as the plan demands, with the reason as a sentence. */
  readonly differing: readonly { readonly service: string; readonly message: string }[];
  readonly left: readonly LeftService[];
}

export function compare(
  plan: Plan,
  workspace: string,
  allocations: readonly AllocationView[],
): Comparison {
  const byService = new Map(
    allocations.flatMap((allocation) =>
      pairsOf(allocation)
        .filter((pair) => pair.workspace === workspace)
        .map(({ service }) => [service, allocation] as const),
    ),
  );
  const present = [...plan.services.values()].flatMap((planned) => {
    const allocation = byService.get(planned.name);
    return allocation === undefined ? [] : [{ planned, allocation }];
  });
  return {
    present: present.map(({ planned, allocation }) => ({ service: planned.name, allocation })),
    missing: [...plan.services.keys()].filter((service) => !byService.has(service)),
    differing: present.flatMap(({ planned, allocation }) => {
      const message = difference(planned, allocation);
      return message === undefined ? [] : [{ service: planned.name, message }];
    }),
    left: leftServices(plan, workspace, allocations),
  };
}

/** A port without `exact` is a wish: not having it is as planned. */
function difference(planned: PlannedService, allocation: Allocation): string | undefined {
  const { name, port, exact, type } = planned;
  if (port !== undefined && exact && allocation.port !== port) {
    return (
      `"${name}" has ${allocation.port}, and its plan demands ${port}: ` +
      `styxy move ${name} ${port}`
    );
  }
  if (type !== undefined && allocation.serviceType !== type) {
    return (
      `"${name}" is of type ${allocation.serviceType}, and its plan says ${type}: ` +
      `styxy release ${name}, then styxy plan`
    );
  }
  return undefined;
}

/** A shared allocation belongs to the plan of whoever has held it longest. */
export function leftServices(
  plan: Plan,
  workspace: string,
  allocations: readonly AllocationView[],
): readonly LeftService[] {
  const own = allocations.filter((allocation) => allocation.workspace === workspace);
  return removedServices(plan, own).map(({ service, port, id }) => ({ service, port, id }));
}
