import { StyxyError } from '../domain/errors';
import { planNoteOf } from '../domain/plan';
import type { Stamp, StateEvent } from './events';
import { withHolder, withoutHolders } from './holders';
import { forgetFolders, remember } from './rememberedPorts';
import {
  pairKey,
  pairsOf,
  type Allocation,
  type CoolingPort,
  type HistoryEntry,
  type HistoryKind,
  type Pair,
} from '../domain/model';
import { given } from '../domain/schema';
import { ANSWERED_LIMIT, HISTORY_LIMIT, type State } from './state';
import type { PersistentMap } from './persistentMap';
import { configured, projected, typeAdded, typeRemoved } from './autoTypes';

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
    case 'joined':
      return joined(state, event);
    case 'left':
      return left(state, event);
    case 'released':
      return released(state, event);
    case 'moved':
      return moved(state, event);
    case 'planned':
      return replace(state, { ...known(state, event.id), planned: planNoteOf(event) });
    case 'type-added':
      return typeAdded(state, event.type);
    case 'type-removed':
      return typeRemoved(state, event.name, event.stamp.at);
    case 'projected':
      return projected(state, event);
    case 'configured':
      return configured(state, event.text, event.stamp.at);
    case 'forgot':
      return forgetFolders(state, new Set(event.workspaces));
    case 'answered': {
      const { requestId, at, recorded } = event;
      const answered = state.answered.set(requestId, { requestId, at, recorded });
      return { ...state, answered: bounded(answered, ANSWERED_LIMIT) };
    }
    case 'trusted':
      return { ...state, needsResync: false };
  }
}

type Event<Kind extends StateEvent['kind']> = Extract<StateEvent, { kind: Kind }>;

function granted(state: State, stamp: Stamp, allocation: Allocation): State {
  const { id, group, service, workspace } = allocation;
  if (state.allocations.has(id)) {
    throw contradiction(`${id} is allocated already`);
  }
  if (group !== undefined && state.byGroup.has(group)) {
    throw contradiction(`there is a "${group}" already`);
  }
  const paired = claimPairs(state, id, pairsOf(allocation));
  const byGroup = group === undefined ? state.byGroup : state.byGroup.set(group, id);
  const placed = place({ ...paired, byGroup }, allocation, stamp.at);
  return withHistory(placed, entry('granted', allocation.port, { service, workspace }, stamp));
}

function joined(state: State, { stamp, id, holder, replaces }: Event<'joined'>): State {
  const before = known(state, id);
  const holders = withHolder(before, holder, replaces);
  const after = reowned({ ...before, holders });
  const pairs = newPairs(before, after);
  const freed = freePairs(state, newPairs(after, before));
  const joining = replace(claimPairs(freed, id, pairs), after);
  const lines = pairs.map((pair) => entry('joined', after.port, pair, stamp));
  return withHistory(remember(joining, after, pairs, stamp.at), ...lines);
}

function left(state: State, { stamp, id, holders, note }: Event<'left'>): State {
  const before = known(state, id);
  const after = reowned({ ...before, holders: withoutHolders(before, holders) });
  const gone = newPairs(after, before);
  const lines = gone.map((pair) => entry('left', after.port, pair, stamp, note));
  return withHistory(replace(freePairs(state, gone), after), ...lines);
}

function released(state: State, { stamp, id, coolUntil, note }: Event<'released'>): State {
  const allocation = known(state, id);
  const { port, group } = allocation;
  const pairs = pairsOf(allocation);
  const ended = {
    ...freePairs(state, pairs),
    allocations: state.allocations.delete(id),
    byPort: state.byPort.delete(port),
    byGroup: group === undefined ? state.byGroup : state.byGroup.delete(group),
  };
  const cooling = { port, until: coolUntil, pair: pairKey(allocation), ...given({ group }) };
  const line = entry('released', port, allocation, stamp, note);
  return remember(withHistory(cool(ended, cooling, stamp.at), line), allocation, pairs, stamp.at);
}

function moved(state: State, { stamp, id, from, to, coolUntil, note }: Event<'moved'>): State {
  const { movedBecause, ...before } = known(state, id);
  if (before.port !== from) {
    throw contradiction(`${id} is on port ${before.port}, not on ${from}`);
  }
  const because = given({ movedBecause: note });
  const after: Allocation = { ...before, port: to, movedFrom: from, ...because };
  const placed = place({ ...state, byPort: state.byPort.delete(from) }, after, stamp.at);
  const group = given({ group: after.group });
  const cooling = { port: from, until: coolUntil, pair: pairKey(after), strict: true, ...group };
  return withHistory(
    cool(placed, cooling, stamp.at),
    entry('moved-from', from, after, stamp, note),
    entry('moved-to', to, after, stamp, note),
  );
}

/** Puts an allocation on its port, which thereby is free no longer and cools no longer. */
function place(state: State, allocation: Allocation, at: number): State {
  if (state.byPort.has(allocation.port)) {
    throw contradiction(`port ${allocation.port} is given already`);
  }
  const placed = {
    ...replace(state, allocation),
    byPort: state.byPort.set(allocation.port, allocation.id),
    cooling: state.cooling.delete(allocation.port),
  };
  return remember(placed, allocation, pairsOf(allocation), at);
}

/** A shared allocation whose first pair is gone belongs to the one that has held it longest. */
function reowned(allocation: Allocation): Allocation {
  const { group, holders, workspace, service } = allocation;
  const own = holders.some(
    (holder) =>
      (holder.workspace ?? workspace) === workspace && (holder.service ?? service) === service,
  );
  const [oldest] = holders;
  if (group === undefined || own || oldest === undefined) {
    return allocation;
  }
  return {
    ...allocation,
    workspace: oldest.workspace ?? workspace,
    service: oldest.service ?? service,
  };
}

/** Pairs that have it after and did not before. */
function newPairs(before: Allocation, after: Allocation): readonly Pair[] {
  const had = new Set(pairsOf(before).map(pairKey));
  return pairsOf(after).filter((pair) => !had.has(pairKey(pair)));
}

function claimPairs(state: State, id: string, pairs: readonly Pair[]): State {
  let { byPair } = state;
  for (const pair of pairs) {
    if (byPair.has(pairKey(pair))) {
      throw contradiction(`"${pair.service}" in ${pair.workspace} is allocated already`);
    }
    byPair = byPair.set(pairKey(pair), id);
  }
  return { ...state, byPair };
}

function freePairs(state: State, pairs: readonly Pair[]): State {
  const byPair = pairs.reduce((index, pair) => index.delete(pairKey(pair)), state.byPair);
  return { ...state, byPair };
}

function replace(state: State, allocation: Allocation): State {
  return { ...state, allocations: state.allocations.set(allocation.id, allocation) };
}

function cool(state: State, cold: CoolingPort, now: number): State {
  let cooling = state.cooling.set(cold.port, cold);
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
  { service, workspace }: Pair,
  stamp: Stamp,
  note?: string,
): HistoryEntry {
  return { at: stamp.at, port, kind, service, workspace, by: stamp.by, ...given({ note }) };
}

function bounded<K, V extends NonNullable<unknown>>(table: PersistentMap<K, V>, limit: number) {
  const oldest = table.size > limit ? table.firstKey() : undefined;
  return oldest === undefined ? table : table.delete(oldest);
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
