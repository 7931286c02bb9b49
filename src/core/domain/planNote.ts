/** What is kept of a plan's service with its allocation. */
import type { Planned, PlanNote } from './model';
import type { PlannedService } from './plan';

export function planNoteOf({ port, health, protocol }: PlanNote): PlanNote {
  return {
    ...(port === undefined ? {} : { port }),
    ...(health === undefined ? {} : { health }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

export function isSameNote(before: PlanNote | undefined, after: PlanNote): boolean {
  return (
    before !== undefined &&
    before.port === after.port &&
    before.health === after.health &&
    before.protocol === after.protocol
  );
}

/** What a request says of a service that is planned. */
export function plannedOf(service: Omit<PlannedService, 'name' | 'env'>): Planned {
  const { port, exact } = service;
  return { ...planNoteOf(service), ...(port !== undefined && exact ? { exact } : {}) };
}
