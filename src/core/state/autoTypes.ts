/** Service types in force, and what events do to those that Styxy found ranges for. */
import type { Catalogue, ServiceType } from '../domain/catalogue';
import { serviceTypeOfAuto, type AutoType } from '../domain/configuration';
import type { StateEvent } from './events';
import type { State } from './state';

/** The type of that name: declared by the user or built in, else auto-allocated. */
export function typeInForce(
  catalogue: Catalogue,
  state: State,
  name: string,
): ServiceType | undefined {
  const auto = state.types.get(name);
  return catalogue.get(name) ?? (auto && serviceTypeOfAuto(auto));
}

/** All of them: those of the catalogue in its order, then the auto-allocated ones by range. */
export function typesInForce(catalogue: Catalogue, state: State): readonly ServiceType[] {
  const auto = [...state.types.values()]
    .filter(({ name }) => !catalogue.has(name))
    .sort((a, b) => a.range.first - b.range.first)
    .map(serviceTypeOfAuto);
  return [...catalogue.values(), ...auto];
}

export function typeAdded(state: State, type: AutoType): State {
  return {
    ...state,
    types: state.types.set(type.name, type),
    undone: state.undone.delete(type.name),
  };
}

/** One that `config.json` may show stays known as undone until it does not. */
export function typeRemoved(state: State, name: string, at: number): State {
  return {
    ...state,
    types: state.types.delete(name),
    undone: state.undone.set(name, { name, at }),
  };
}

export function projected(
  state: State,
  { added, removed }: Extract<StateEvent, { kind: 'projected' }>,
): State {
  let { types, undone } = state;
  for (const name of added) {
    const type = types.get(name);
    types = type === undefined ? types : types.set(name, { ...type, projected: true });
  }
  for (const name of removed) {
    undone = undone.delete(name);
  }
  return { ...state, types, undone };
}

export function configured(state: State, text: string | undefined, at: number): State {
  return { ...state, configuration: text === undefined ? { at } : { text, at } };
}
