import { StyxyError } from './errors';
import type { Stamp, StateEvent } from './events';
import { withHolder } from './holders';
import { pairKey, type Allocation, type HistoryEntry, type HistoryKind } from './model';
import { ANSWERED_LIMIT, HISTORY_LIMIT, MEMORY_LIMIT, type State } from './state';
import type { Table } from './table';

/**
 * The state after an event. Pure, and independent of how the event came about: a decision, a
 * journal line.
 *
 * Throws `storage_corrupt` for an event that contradicts the state (a port given twice, an unknown
 * id): only a journal that does not belong to its base can hold one.
 */
export function apply(state: State, event: StateEvent): State {
  switch (event.kind) {
    case 'granted':
      return granted(state, event.stamp, event.allocation);
    case 'joined': {
      const allocation = known(state, event.id);
      const holders = withHolder(allocation.holders, event.holder, event.replaces);
      return { ...state, allocations: state.allocations.set(event.id, { ...allocation, holders }) };
    }
    case 'released': {
      const allocation = known(state, event.id);
      const ended = {
        ...state,
        allocations: state.allocations.delete(allocation.id),
        byPort: state.byPort.delete(allocation.port),
        byPair: state.byPair.delete(pairOf(allocation)),
      };
      const cooled = cool(ended, allocation, allocation.port, event.coolUntil, event.stamp.at);
      const line = entry('released', allocation.port, allocation, event.stamp, event.note);
      return remember(withHistory(cooled, line), allocation, event.stamp.at);
    }
    case 'moved': {
      const before = known(state, event.id);
      if (before.port !== event.from) {
        throw contradiction(`${event.id} is on port ${before.port}, not on ${event.from}`);
      }
      const after: Allocation = { ...before, port: event.to, movedFrom: event.from };
      const placed = place(
        { ...state, byPort: state.byPort.delete(event.from) },
        after,
        event.stamp.at,
      );
      const cooled = cool(placed, after, event.from, event.coolUntil, event.stamp.at);
      return withHistory(
        cooled,
        entry('moved-from', event.from, after, event.stamp, event.note),
        entry('moved-to', event.to, after, event.stamp, event.note),
      );
    }
    case 'answered': {
      const { requestId, at, recorded } = event;
      const answered = state.answered.set(requestId, { requestId, at, recorded });
      return { ...state, answered: bounded(answered, ANSWERED_LIMIT) };
    }
    case 'trusted':
      return { ...state, suspect: false };
  }
}

function granted(state: State, stamp: Stamp, allocation: Allocation): State {
  const pair = pairOf(allocation);
  if (state.allocations.has(allocation.id) || state.byPair.has(pair)) {
    throw contradiction(`"${allocation.service}" in ${allocation.workspace} is allocated already`);
  }
  const added = { ...state, byPair: state.byPair.set(pair, allocation.id) };
  const line = entry('granted', allocation.port, allocation, stamp);
  return withHistory(place(added, allocation, stamp.at), line);
}

/** Puts an allocation on its port, which thereby is free no longer and cools no longer. */
function place(state: State, allocation: Allocation, at: number): State {
  if (state.byPort.has(allocation.port)) {
    throw contradiction(`port ${allocation.port} is given already`);
  }
  const placed = {
    ...state,
    allocations: state.allocations.set(allocation.id, allocation),
    byPort: state.byPort.set(allocation.port, allocation.id),
    cooling: state.cooling.delete(allocation.port),
  };
  return remember(placed, allocation, at);
}

function remember(state: State, allocation: Allocation, at: number): State {
  const { workspace, service, serviceType, port } = allocation;
  const key = pairOf(allocation);
  const before = state.memory.get(key);
  let memory = state.memory.set(key, { workspace, service, serviceType, port, at });
  let rememberedBy = state.rememberedBy;
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
  return { ...state, memory, rememberedBy };
}

function forget(
  rememberedBy: State['rememberedBy'],
  port: number,
  pair: string,
): State['rememberedBy'] {
  const others = (rememberedBy.get(port) ?? []).filter((other) => other !== pair);
  return others.length === 0 ? rememberedBy.delete(port) : rememberedBy.set(port, others);
}

function cool(
  state: State,
  allocation: Allocation,
  port: number,
  until: number,
  now: number,
): State {
  let cooling = state.cooling.set(port, { port, until, pair: pairOf(allocation) });
  // The oldest ones end first, so that looking at the front is enough to keep the table short.
  for (const oldest of cooling.values()) {
    if (oldest.until > now) {
      break;
    }
    cooling = cooling.delete(oldest.port);
  }
  return { ...state, cooling };
}

function withHistory(state: State, ...entries: readonly HistoryEntry[]): State {
  // Copying 512 references takes less time than any cleverer ring.
  const history = [...state.history, ...entries];
  return { ...state, history: history.slice(-HISTORY_LIMIT) };
}

function entry(
  kind: HistoryKind,
  port: number,
  { service, workspace }: Allocation,
  stamp: Stamp,
  note?: string,
): HistoryEntry {
  const line = { at: stamp.at, port, kind, service, workspace, by: stamp.by };
  return note === undefined ? line : { ...line, note };
}

function bounded<K, V extends NonNullable<unknown>>(table: Table<K, V>, limit: number) {
  const oldest = table.size > limit ? table.firstKey() : undefined;
  return oldest === undefined ? table : table.delete(oldest);
}

function pairOf({ workspace, service }: Allocation): string {
  return pairKey(workspace, service);
}

function known(state: State, id: string): Allocation {
  const allocation = state.allocations.get(id);
  if (allocation === undefined) {
    throw contradiction(`there is no allocation ${id}`);
  }
  return allocation;
}

function contradiction(what: string): StyxyError {
  return new StyxyError(
    'storage_corrupt',
    `A recorded event does not fit the state before it: ${what}. The files are kept; the windows recover from another copy.`,
    { details: { what } },
  );
}
