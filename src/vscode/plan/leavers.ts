import type { AllocationView } from '../../core/domain/model';
import { removedServices } from '../../core/plan/environment';
import type { PlanState } from '../window/plans';

/**
 * The allocations of a workspace that its plan made and does not declare any more. None while the
 * plan is unread or cannot be read: that says nothing about its services.
 */
export function leaversOf(
  state: PlanState,
  workspace: string,
  allocations: readonly AllocationView[],
): readonly AllocationView[] {
  if (state.kind !== 'read' && state.kind !== 'absent') {
    return [];
  }
  const own = allocations.filter((view) => view.workspace === workspace);
  const left = new Set(removedServices(state.kind === 'read' ? state.plan : undefined, own));
  return own.filter(({ service, planned }) => planned !== undefined && left.has(service));
}
