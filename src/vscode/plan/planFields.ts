import type { Plan } from '../../core/domain/plan';
import { plannedOf } from '../../core/domain/plan';
import type { PlanRequestService } from '../../core/messages/requests';
import type { PlanFields } from '../window/plans';

/** `template` is the setting's; the plan's own goes before it. */
export function planFields(
  plan: Plan | undefined,
  service: string,
  template: string | undefined,
): PlanFields {
  const planned = plan?.services.get(service);
  const chosen = plan?.template ?? template;
  return {
    ...(planned?.type === undefined ? {} : { serviceType: planned.type }),
    ...(planned === undefined ? {} : { planned: plannedOf(planned) }),
    ...(chosen === undefined ? {} : { template: chosen }),
  };
}

/** The services of a plan as a request names them, in the order of the file. */
export function planServices(plan: Plan): readonly PlanRequestService[] {
  return [...plan.services.values()].map((service) => ({
    service: service.name,
    ...(service.type === undefined ? {} : { serviceType: service.type }),
    ...plannedOf(service),
  }));
}
