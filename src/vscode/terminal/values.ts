import type { AllocationView } from '../../core/domain/model';
import { environmentName } from '../../core/domain/names';

/** Variable name to port. */
export type PortValues = Readonly<Record<string, string>>;

export interface ComputedValues {
  readonly values: PortValues;
  /** Services that lost their variable to an older one of the same name. */
  readonly collided: readonly string[];
}

/** The variables of one workspace. Of services whose names collide, the oldest keeps the variable. */
export function portValues(
  allocations: readonly AllocationView[],
  workspace: string,
): ComputedValues {
  const values: Record<string, string> = {};
  const collided: string[] = [];
  const own = allocations.filter((view) => view.workspace === workspace);
  for (const { service, port } of own.sort((a, b) => a.allocatedAt - b.allocatedAt)) {
    const name = environmentName(service);
    if (name in values) {
      collided.push(service);
    } else {
      values[name] = String(port);
    }
  }
  return { values, collided };
}

/** What must be set: every change makes open terminals ask to be relaunched, so only news count. */
export function newValues(set: PortValues, wanted: PortValues): PortValues {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => set[name] !== value));
}

/** Reads what was kept from an earlier run; anything that is not such a record counts as nothing. */
export function readPortValues(kept: unknown): PortValues {
  if (typeof kept !== 'object' || kept === null) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(kept).filter(
      (entry): entry is [string, string] =>
        /^STYXY_PORT_[A-Z0-9_]+$/.test(entry[0]) && /^\d{1,5}$/.test(String(entry[1])),
    ),
  );
}
