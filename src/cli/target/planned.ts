import { StyxyError } from '../../core/domain/errors';
import type { Plan } from '../../core/domain/plan';
import { plannedOf } from '../../core/domain/plan';
import type { AllocateRequest } from '../../core/messages/requests';
import { loadPlan } from './loadPlan';
import type { Run } from '../run/run';
import { plain } from '../../core/domain/describe';

/** What a workspace's plan says of one service. */
export interface PlannedService {
  readonly facts: Pick<AllocateRequest, 'serviceType' | 'planned' | 'template'>;
  /** The plan cannot be used; whoever needs what it would have said is refused with this. */
  readonly broken?: StyxyError;
}

/** A broken plan is told, and the request goes on without it. */
export async function plannedService(
  run: Run,
  workspace: string,
  service: string,
): Promise<PlannedService> {
  const loaded = await loadOrError(run, workspace);
  if (loaded instanceof StyxyError) {
    // Also for who reads JSON: another port than the planned one would be a surprise.
    run.terminal.note(plain(`${loaded.message} It goes on without the plan.`));
    return { facts: {}, broken: loaded };
  }
  if (loaded === undefined) {
    return { facts: {} };
  }
  const declared = loaded.services.get(service);
  return {
    facts: {
      ...(loaded.template === undefined ? {} : { template: loaded.template }),
      ...(declared?.type === undefined ? {} : { serviceType: declared.type }),
      ...(declared === undefined ? {} : { planned: plannedOf(declared) }),
    },
  };
}

async function loadOrError(run: Run, workspace: string): Promise<Plan | StyxyError | undefined> {
  try {
    const loaded = await loadPlan(run, workspace);
    switch (loaded.kind) {
      case 'absent':
        return undefined;
      case 'read':
        return loaded.plan;
      case 'broken':
        return loaded.error;
    }
  } catch (error) {
    if (error instanceof StyxyError) {
      return error;
    }
    throw error;
  }
}

/** Whether a refusal would not have been one, had the plan named the service's type. */
export function isForWantOfType(error: unknown): boolean {
  return (
    error instanceof StyxyError &&
    error.code === 'invalid_argument' &&
    error.details.field === 'serviceType'
  );
}
