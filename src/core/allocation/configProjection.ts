/**
 * Auto-allocated types and `config.json`: the events in the journal are the truth, the file shows
 * them. What a person changes there afterwards is followed.
 */
import type { AutoType, Configuration } from '../domain/configuration';
import type { Stamp, StateEvent } from '../state/events';
import type { State } from '../state/state';

/** What has to be written into the file. */
export interface Projection {
  readonly set: readonly AutoType[];
  readonly remove: readonly string[];
}

/** The events that follow from what a file without errors says. */
export function projectFile(
  state: State,
  { projected, catalogue }: Configuration,
  stamp: Stamp,
): readonly StateEvent[] {
  const shown = new Map(projected.map((type) => [type.name, type]));
  const events: StateEvent[] = [];
  for (const { name, range } of projected) {
    const known = state.types.get(name);
    const same = known?.range.first === range.first && known.range.last === range.last;
    const isNews = known === undefined ? !state.undone.has(name) : known.projected && !same;
    if (isNews && !catalogue.has(name)) {
      const { at, by } = stamp;
      const placement = known?.placement ?? 'after';
      const type: AutoType = { name, range, placement, at, by, projected: true };
      events.push({ kind: 'type-added', stamp, type });
    }
  }
  const gone = [...state.types.values()].filter((type) => type.projected && !shown.has(type.name));
  for (const { name } of gone) {
    const note = catalogue.has(name)
      ? 'config.json declares it now'
      : 'it was deleted in config.json';
    events.push({ kind: 'type-removed', stamp, name, note });
  }
  const removed = [
    ...gone.map(({ name }) => name),
    ...[...state.undone.keys()].filter((name) => !shown.has(name)),
  ];
  if (removed.length > 0) {
    events.push({ kind: 'projected', at: stamp.at, added: [], removed });
  }
  return events;
}

/** What the file does not show yet; undefined when it shows all. */
export function toProject(state: State): Projection | undefined {
  const set = [...state.types.values()].filter(({ projected }) => !projected);
  const remove = [...state.undone.keys()];
  return set.length === 0 && remove.length === 0 ? undefined : { set, remove };
}

/**
 * Of what was written into the file, what the state still says: meanwhile a type may have been
 * undone, and found again elsewhere.
 */
export function stillSo(
  state: State,
  { set, remove }: Projection,
): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  const added = set.filter(({ name, range }) => {
    const known = state.types.get(name)?.range;
    return known?.first === range.first && known.last === range.last;
  });
  const removed = remove.filter((name) => state.undone.has(name));
  return { added: added.map(({ name }) => name), removed };
}
