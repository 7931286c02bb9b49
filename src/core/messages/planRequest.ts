/** What a plan adds to requests. */
import { type Plan, plannedOf } from '../domain/plan';
import { given } from '../domain/schema';
import type { AllocateRequest, PlanRequest } from './requests';

/** What a plan adds to the request for one service of its workspace. */
export type PlanFields = Pick<AllocateRequest, 'serviceType' | 'planned' | 'template'>;

/** `template` is the setting's; the plan's own takes precedence. */
export function planFields(
  plan: Plan | undefined,
  service: string,
  template?: string | undefined,
): PlanFields {
  const planned = plan?.services.get(service);
  return given({
    serviceType: planned?.type,
    planned: planned && plannedOf(planned),
    template: plan?.template ?? template,
  });
}

/** The request for all services of a plan, in the order of the file. */
export function planRequest(
  workspace: string,
  plan: Plan,
  template: string | undefined,
): Omit<PlanRequest, 'requestId'> {
  return {
    workspace,
    services: [...plan.services.values()].map((service) => ({
      service: service.name,
      ...given({ serviceType: service.type }),
      ...plannedOf(service),
    })),
    ...given({ template }),
  };
}
