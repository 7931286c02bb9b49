import type { AutoType } from '../domain/configuration';
import {
  pairKey,
  type Allocation,
  type CoolingPort,
  type HistoryEntry,
  type Pair,
  type RememberedPort,
} from '../domain/model';
import { PersistentMap } from './persistentMap';
import type { Answered, StoredConfiguration, UndoneType } from './schema';

/** Pairs whose port is remembered; the oldest memory goes first. */
export const MEMORY_LIMIT = 2_000;
/** Requests whose answer is kept for a repetition; far more than any client retries. */
export const ANSWERED_LIMIT = 4_096;
/** Lines of history over all ports; what Inspect shows, not an audit. */
export const HISTORY_LIMIT = 512;

/** Everything that Styxy knows. Immutable; only `apply` makes the next one. */
export interface State {
  /** By id. */
  readonly allocations: PersistentMap<string, Allocation>;
  /** Port to id. */
  readonly byPort: PersistentMap<number, string>;
  /** `pairKey` to id; several pairs have one id where an allocation is shared. */
  readonly byPair: PersistentMap<string, string>;
  /** `Allocation.group` to id. */
  readonly byGroup: PersistentMap<string, string>;
  /** The port that each pair had last, by `pairKey`; at most `MEMORY_LIMIT`. */
  readonly memory: PersistentMap<string, RememberedPort>;
  /** Port to the `pairKey`s that remember it. */
  readonly rememberedBy: PersistentMap<number, readonly string[]>;
  /** By port. */
  readonly cooling: PersistentMap<number, CoolingPort>;
  /** By request id; at most `ANSWERED_LIMIT`. */
  readonly answered: PersistentMap<string, Answered>;
  /** Auto-allocated service types, by name. */
  readonly types: PersistentMap<string, AutoType>;
  /** By name. */
  readonly undone: PersistentMap<string, UndoneType>;
  /** Undefined until a leader looked for the first time. */
  readonly configuration: StoredConfiguration | undefined;
  /** Oldest first; at most `HISTORY_LIMIT`. */
  readonly history: readonly HistoryEntry[];
  /**
   * All copies of the last state were damaged: nothing may be granted until the windows reported what
   * they hold, and a `trusted` event says so. `suspect` in the files.
   */
  readonly needsResync: boolean;
  /** Fields of the stored body that this version does not know; they are written back. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export function emptyState(): State {
  return {
    allocations: PersistentMap.empty(),
    byPort: PersistentMap.empty(),
    byPair: PersistentMap.empty(),
    byGroup: PersistentMap.empty(),
    memory: PersistentMap.empty(),
    rememberedBy: PersistentMap.empty(),
    cooling: PersistentMap.empty(),
    answered: PersistentMap.empty(),
    types: PersistentMap.empty(),
    undone: PersistentMap.empty(),
    configuration: undefined,
    history: [],
    needsResync: false,
    extra: {},
  };
}

/** The same state, incomplete: see `State.needsResync`. */
export function needingResync(state: State): State {
  return { ...state, needsResync: true };
}

export function allocationAt(state: State, port: number): Allocation | undefined {
  const id = state.byPort.get(port);
  return id === undefined ? undefined : state.allocations.get(id);
}

export function allocationOf(
  state: State,
  workspace: string,
  service: string,
): Allocation | undefined {
  const id = state.byPair.get(pairKey({ workspace, service }));
  return id === undefined ? undefined : state.allocations.get(id);
}

/** The allocation of a singleton's group. */
export function allocationOfGroup(state: State, group: string): Allocation | undefined {
  const id = state.byGroup.get(group);
  return id === undefined ? undefined : state.allocations.get(id);
}

/** All allocations, by port. */
export function listAllocations(state: State): readonly Allocation[] {
  return [...state.allocations.values()].sort((a, b) => a.port - b.port);
}

/** The past of one port, oldest first. */
export function historyOf(state: State, port: number): readonly HistoryEntry[] {
  return state.history.filter((entry) => entry.port === port);
}

/** The cooling port at a time, unless the pair or the group itself may have it back. */
export function coolingFor(
  state: State,
  port: number,
  pair: string,
  now: number,
  group?: string,
): CoolingPort | undefined {
  const cooling = state.cooling.get(port);
  if (cooling === undefined || cooling.until <= now || cooling.pair === pair) {
    return undefined;
  }
  return group !== undefined && cooling.group === group ? undefined : cooling;
}

/** The two halves of a `pairKey`. */
export function splitPairKey(pair: string): Pair {
  const [workspace = '', service = ''] = pair.split('\0');
  return { workspace, service };
}
