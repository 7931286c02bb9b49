/** The ports that pairs had last, with the index from port to pairs. */
import { pairKey, type Allocation, type Pair } from '../domain/model';
import { MEMORY_LIMIT, splitPairKey, type State } from './state';

/** Each pair remembers the allocation's port; the oldest memory goes when there are too many. */
export function remember(
  state: State,
  { serviceType, port }: Allocation,
  pairs: readonly Pair[],
  at: number,
): State {
  let { memory, rememberedBy } = state;
  for (const { workspace, service } of pairs) {
    const key = pairKey({ workspace, service });
    const before = memory.get(key);
    memory = memory.set(key, { workspace, service, serviceType, port, at });
    if (before?.port !== port) {
      rememberedBy = before === undefined ? rememberedBy : forget(rememberedBy, before.port, key);
      rememberedBy = rememberedBy.set(port, [...(rememberedBy.get(port) ?? []), key]);
    }
    const oldest = memory.size > MEMORY_LIMIT ? memory.firstKey() : undefined;
    const gone = oldest === undefined ? undefined : memory.get(oldest);
    if (oldest !== undefined && gone !== undefined) {
      memory = memory.delete(oldest);
      rememberedBy = forget(rememberedBy, gone.port, oldest);
    }
  }
  return { ...state, memory, rememberedBy };
}

/** Without what the pairs of these folders remember. */
export function forgetFolders(state: State, workspaces: ReadonlySet<string>): State {
  let { memory, rememberedBy } = state;
  for (const [key, { port }] of state.memory.entries()) {
    if (workspaces.has(splitPairKey(key).workspace)) {
      memory = memory.delete(key);
      rememberedBy = forget(rememberedBy, port, key);
    }
  }
  return { ...state, memory, rememberedBy };
}

/** Folders of remembered pairs that have nothing allocated: what may be forgotten. */
export function idleFolders(state: State): ReadonlySet<string> {
  const folders = new Set([...state.memory.values()].map(({ workspace }) => workspace));
  for (const pair of state.byPair.keys()) {
    folders.delete(splitPairKey(pair).workspace);
  }
  return folders;
}

function forget(
  rememberedBy: State['rememberedBy'],
  port: number,
  pair: string,
): State['rememberedBy'] {
  const others = (rememberedBy.get(port) ?? []).filter((other) => other !== pair);
  return others.length === 0 ? rememberedBy.delete(port) : rememberedBy.set(port, others);
}
