import {
  pairKey,
  type Allocation,
  type Conflict,
  type Cooling,
  type HistoryEntry,
  type Remembered,
} from './model';
import type { RecordedAnswer } from './recordedAnswer';
import { Table } from './table';

/** Pairs whose port is remembered; the oldest memory goes first. */
export const MEMORY_LIMIT = 2_000;
/** Requests whose answer is kept for a repetition; far more than any client retries. */
export const ANSWERED_LIMIT = 4_096;
/** Lines of history over all ports; what Inspect shows, not an audit. */
export const HISTORY_LIMIT = 512;

/** The answer to a request, as the state keeps it. */
export interface Answered {
  readonly requestId: string;
  readonly at: number;
  readonly recorded: RecordedAnswer;
}

/** Everything that Styxy knows. Immutable; only `apply` makes the next one. */
export interface State {
  /** By id. */
  readonly allocations: Table<string, Allocation>;
  /** Port to id. */
  readonly byPort: Table<number, string>;
  /** `pairKey` to id. */
  readonly byPair: Table<string, string>;
  /** The port that each pair had last, by `pairKey`; at most `MEMORY_LIMIT`. */
  readonly memory: Table<string, Remembered>;
  /** Port to the `pairKey`s that remember it. */
  readonly rememberedBy: Table<number, readonly string[]>;
  /** By port. */
  readonly cooling: Table<number, Cooling>;
  /** By request id; at most `ANSWERED_LIMIT`. */
  readonly answered: Table<string, Answered>;
  /** Oldest first; at most `HISTORY_LIMIT`. */
  readonly history: readonly HistoryEntry[];
  /** All copies of the last state were damaged: nothing may be granted until a `trusted` event. */
  readonly suspect: boolean;
  /** Fields of the stored body that this version does not know; they are written back. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export function emptyState(): State {
  return {
    allocations: Table.empty(),
    byPort: Table.empty(),
    byPair: Table.empty(),
    memory: Table.empty(),
    rememberedBy: Table.empty(),
    cooling: Table.empty(),
    answered: Table.empty(),
    history: [],
    suspect: false,
    extra: {},
  };
}

/** The same state, not to be trusted: see `State.suspect`. */
export function suspected(state: State): State {
  return { ...state, suspect: true };
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
  const id = state.byPair.get(pairKey(workspace, service));
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

/** The quarantine of a port at a time, unless the pair itself may have it back. */
export function coolingFor(
  state: State,
  port: number,
  pair: string,
  now: number,
): Cooling | undefined {
  const cooling = state.cooling.get(port);
  return cooling !== undefined && cooling.until > now && cooling.pair !== pair
    ? cooling
    : undefined;
}

/** The two halves of a `pairKey`. */
export function splitPairKey(pair: string): NonNullable<Conflict['pair']> {
  const [workspace = '', service = ''] = pair.split('\0');
  return { workspace, service };
}
