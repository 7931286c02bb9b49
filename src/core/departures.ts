/** Holders that left without a word: what becomes of the shared allocations that they held. */
import type { Stamp, StateEvent } from './events';
import { joining, refOf, stampOf, withoutHolders } from './holders';
import { pairHeld, pairsOf, type Allocation, type Holder, type Participant } from './model';
import type { State } from './state';

export interface DeparturesView {
  readonly stamp: Stamp;
  /** Proven: it said so, or its process is gone, or its time is over. */
  isGone(holder: Holder): boolean;
  isListening(allocation: Allocation): boolean;
  readonly quarantineMs: number;
}

/**
 * Holders that are gone leave what they share. The last one ends it, unless somebody listens: a
 * server that runs keeps its port, for whoever asks next.
 */
export function departures(state: State, view: DeparturesView): readonly StateEvent[] {
  const { stamp, quarantineMs } = view;
  const events: StateEvent[] = [];
  for (const allocation of state.allocations.values()) {
    const { id, group, holders } = allocation;
    if (group === undefined) {
      continue;
    }
    const gone = holders.filter((holder) => view.isGone(holder));
    const note = 'its holder is gone';
    if (withoutHolders(allocation, gone).length === 0 && !view.isListening(allocation)) {
      const coolUntil = stamp.at + quarantineMs;
      events.push({ kind: 'released', stamp, id, coolUntil, note: 'its last holder is gone' });
    } else if (gone.length > 0) {
      events.push({ kind: 'left', stamp, id, holders: gone.map(refOf), note });
    }
  }
  return events;
}

/**
 * A window that came holds what the window before it held in its folders: after a reload it is the
 * same to its user, but another participant.
 */
export function successions(
  state: State,
  caller: Participant,
  connected: ReadonlySet<string>,
  now: number,
): readonly StateEvent[] {
  const stamp = stampOf(caller, now);
  const events: StateEvent[] = [];
  for (const allocation of caller.kind === 'window' ? state.allocations.values() : []) {
    for (const pair of pairsOf(allocation)) {
      const left = allocation.holders.some(
        (holder) =>
          holder.kind === 'window' &&
          !connected.has(holder.participant) &&
          samePair(pairHeld(allocation, holder), pair),
      );
      if (left && caller.folders.includes(pair.workspace)) {
        const joined = joining(allocation, { caller, connected, now }, pair);
        if (joined !== undefined) {
          events.push({ kind: 'joined', stamp, id: allocation.id, ...joined });
        }
      }
    }
  }
  return events;
}

function samePair(
  a: { readonly workspace: string; readonly service: string },
  b: { readonly workspace: string; readonly service: string },
): boolean {
  return a.workspace === b.workspace && a.service === b.service;
}
