/** Layer 3: what a new leader checks and repairs, as decisions over the state that it took over. */
import type { Stamp, StateEvent } from '../state/events';
import { invariants } from '../state/invariants';
import type { Allocation } from '../domain/model';
import type { Rules } from './rules';
import { groupOf } from '../domain/singleton';
import { fromBody, toBody } from '../state/encode';
import type { State } from '../state/state';
import { typeInForce } from '../state/autoTypes';

export interface RepairView {
  readonly stamp: Stamp;
  /** Of the listener table, read now. */
  isListening(allocation: Allocation): boolean;
  /** Workspaces that were deleted. */
  readonly deleted: ReadonlySet<string>;
  readonly cooldownMs: number;
}

/**
 * Ends allocations without a holder whose folder was deleted. Everything else that has no
 * holder and no listener is counted by the health checks first.
 */
export function lostFolders(state: State, view: RepairView): readonly StateEvent[] {
  return [...state.allocations.values()]
    .filter(
      (allocation) =>
        allocation.holders.length === 0 &&
        view.deleted.has(allocation.workspace) &&
        !view.isListening(allocation),
    )
    .map(({ id }) => ending(id, view, 'its folder was deleted'));
}

/**
 * A type became a singleton while several had ports of it: the one that listens is kept, else the
 * newest. The others end unless they have a holder or a listener.
 */
export function surplusSingletons(
  state: State,
  rules: Rules,
  view: RepairView,
): readonly StateEvent[] {
  const groups = new Map<string, Allocation[]>();
  for (const allocation of state.allocations.values()) {
    const type = typeInForce(rules.catalogue, state, allocation.serviceType);
    const group = type === undefined ? undefined : groupOf(type, allocation.service);
    if (group !== undefined) {
      groups.set(group, [...(groups.get(group) ?? []), allocation]);
    }
  }
  const events: StateEvent[] = [];
  for (const [group, members] of groups) {
    const [kept] = [...members].sort(
      (a, b) =>
        Number(view.isListening(b)) - Number(view.isListening(a)) || b.allocatedAt - a.allocatedAt,
    );
    for (const allocation of members) {
      const isFree = allocation.holders.length === 0 && !view.isListening(allocation);
      if (allocation !== kept && isFree) {
        events.push(ending(allocation.id, view, `there is one "${group}" on a machine`));
      }
    }
  }
  return events;
}

/** The state with its indices made anew from its records; the same one if nothing is wrong. */
export function withSoundIndices(state: State): {
  readonly state: State;
  /** What was wrong before; empty for a sound state. */
  readonly problems: readonly string[];
  /** Whether it is sound now. */
  readonly sound: boolean;
} {
  const problems = invariants(state);
  if (problems.length === 0) {
    return { state, problems, sound: true };
  }
  const rebuilt = fromBody(JSON.parse(JSON.stringify(toBody(state))));
  return rebuilt.kind === 'state' && invariants(rebuilt.state).length === 0
    ? { state: rebuilt.state, problems, sound: true }
    : { state, problems, sound: false };
}

function ending(id: string, { stamp, cooldownMs }: RepairView, note: string): StateEvent {
  return { kind: 'released', stamp, id, coolUntil: stamp.at + cooldownMs, note };
}
