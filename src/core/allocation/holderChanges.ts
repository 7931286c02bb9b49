/** Holders that came or left without saying so: what becomes of the allocations they held. */
import type { Stamp, StateEvent } from '../state/events';
import { joining, refOf, stampOf, withoutHolders } from '../state/holders';
import {
  type Allocation,
  type Holder,
  isSamePair,
  type Pair,
  pairHeld,
  pairsOf,
  type Participant,
  type ConnectedSet,
  type RequestOrigin,
} from '../domain/model';
import type { State } from '../state/state';

export interface HolderChangesView {
  readonly stamp: Stamp;
  /** Proven: it said so, or its process is gone, or its time is over. */
  isGone(holder: Holder): boolean;
  isListening(allocation: Allocation): boolean;
  readonly cooldownMs: number;
}

/**
 * Holders that are gone leave what they held. The last one of a shared allocation ends it, unless
 * somebody listens: a server that runs keeps its port, for whoever asks next. One that is not
 * shared becomes an orphan, which is left to the health checks.
 */
export function holdersLeft(state: State, view: HolderChangesView): readonly StateEvent[] {
  const { stamp, cooldownMs } = view;
  const events: StateEvent[] = [];
  for (const allocation of state.allocations.values()) {
    const { id, group, holders } = allocation;
    const gone = holders.filter((holder) => view.isGone(holder));
    const isOver = group !== undefined && withoutHolders(allocation, gone).length === 0;
    if (isOver && !view.isListening(allocation)) {
      const coolUntil = stamp.at + cooldownMs;
      events.push({ kind: 'released', stamp, id, coolUntil, note: 'its last holder is gone' });
    } else if (gone.length > 0) {
      const note = 'its holder is gone';
      events.push({ kind: 'left', stamp, id, holders: gone.map(refOf), note });
    }
  }
  return events;
}

/** Ends those of these allocations that still have no holder and no listener. */
export function orphansReleased(
  state: State,
  ids: ReadonlySet<string>,
  { stamp, isListening, cooldownMs }: Omit<HolderChangesView, 'isGone'>,
): readonly StateEvent[] {
  const orphans = [...state.allocations.values()].filter(
    (allocation) =>
      ids.has(allocation.id) && allocation.holders.length === 0 && !isListening(allocation),
  );
  return orphans.map(({ id }) => ({
    kind: 'released',
    stamp,
    id,
    coolUntil: stamp.at + cooldownMs,
    note: 'nobody held it, and nobody listened',
  }));
}

/**
 * A window that came holds what the window before it held in its folders: after a reload it is the
 * same to its user, but another participant. It also holds what has no holder any more in these folders.
 */
export function successions(
  state: State,
  caller: Participant,
  connected: ConnectedSet,
  now: number,
): readonly StateEvent[] {
  const allocations = state.allocations.values();
  return holding(allocations, { caller, connected, now }, (allocation, pair) => {
    const ofPair = allocation.holders.filter((holder) =>
      isSamePair(pairHeld(allocation, holder), pair),
    );
    return (
      ofPair.length === 0 ||
      ofPair.some(({ kind, participant }) => kind === 'window' && !connected.has(participant))
    );
  });
}

/**
 * What listens from a window's folders is held by it too. `own`: the workspace whose own server
 * listens, by allocation id.
 */
export function adoptions(
  state: State,
  caller: Participant,
  connected: ConnectedSet,
  now: number,
  own: ReadonlyMap<string, string>,
): readonly StateEvent[] {
  const ids = [...own.keys()];
  const allocations = ids.flatMap((id) => state.allocations.get(id) ?? []);
  const isOwn = ({ id }: Allocation, { workspace }: Pair): boolean => own.get(id) === workspace;
  return holding(allocations, { caller, connected, now }, isOwn);
}

/** A window becomes a holder of pairs of its folders. */
function holding(
  allocations: Iterable<Allocation>,
  context: RequestOrigin,
  applies: (allocation: Allocation, pair: Pair) => boolean,
): readonly StateEvent[] {
  const { caller, now } = context;
  const events: StateEvent[] = [];
  const stamp = stampOf(caller, now);
  for (const allocation of caller.kind === 'window' ? allocations : []) {
    for (const pair of pairsOf(allocation)) {
      if (caller.folders.includes(pair.workspace) && applies(allocation, pair)) {
        const joined = joining(allocation, context, pair);
        if (joined !== undefined) {
          events.push({ kind: 'joined', stamp, id: allocation.id, ...joined });
        }
      }
    }
  }
  return events;
}
