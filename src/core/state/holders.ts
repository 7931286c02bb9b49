import type { HolderRef, Joining, Stamp } from './events';
import {
  isSamePair,
  pairHeld,
  type Allocation,
  type Holder,
  type Pair,
  type Participant,
  type RequestOrigin,
} from '../domain/model';
import { given } from '../domain/schema';

/**
 * Holders of one allocation (of a shared one: for one pair) beyond which those that left go, oldest
 * first: each run of a command is a participant of its own, and a script may run one every second.
 */
export const MAX_HOLDERS = 32;

export function stampOf(caller: Participant, now: number): Stamp {
  const { id, label, kind, pid } = caller;
  return { at: now, actor: id, by: label, kind, pid };
}

/** `pair`: for whom it holds a shared allocation. */
export function holderOf(caller: Participant, now: number, pair?: Pair): Holder {
  return {
    participant: caller.id,
    kind: caller.kind,
    label: caller.label,
    pid: caller.pid,
    ...given({ startedAt: caller.startedAt, identity: caller.identity }),
    since: now,
    ...given({ workspace: pair?.workspace, service: pair?.service }),
  };
}

/**
 * How the caller becomes a holder of an allocation, for `pair` if it is shared; undefined when it
 * is one. It takes the place of those of its kind that are not connected any more: the window
 * before a reload, the earlier run of the same command.
 */
export function joining(
  allocation: Allocation,
  { caller, connected, now }: RequestOrigin,
  pair: Pair,
): Joining | undefined {
  const shared = allocation.group !== undefined;
  const holder = holderOf(caller, now, shared ? pair : undefined);
  const holders = allocation.holders.filter((other) => holdSamePair(allocation, other, holder));
  if (holders.some(({ participant }) => participant === caller.id)) {
    return undefined;
  }
  const left = holders.filter(({ participant }) => !connected.has(participant));
  const followed = left.filter(
    ({ kind, label }) => kind === caller.kind && (kind === 'window' || label === caller.label),
  );
  // A silent window may only be frozen, and goes on holding: room is made at others' expense.
  const others = left.filter((other) => other.kind !== 'window' && !followed.includes(other));
  const surplus = holders.length - followed.length + 1 - MAX_HOLDERS;
  const replaced = [...followed, ...others.slice(0, Math.max(0, surplus))];
  return { holder, replaces: replaced.map(({ participant }) => participant) };
}

/** The holders after somebody joined. */
export function withHolder(
  allocation: Allocation,
  holder: Holder,
  replaces: readonly string[],
): readonly Holder[] {
  const staying = allocation.holders.filter(
    (other) =>
      !holdSamePair(allocation, other, holder) ||
      (other.participant !== holder.participant && !replaces.includes(other.participant)),
  );
  return [...staying, holder];
}

/** The holders after these left. */
export function withoutHolders(
  allocation: Allocation,
  gone: readonly HolderRef[],
): readonly Holder[] {
  const isSame = (a: HolderRef, b: HolderRef): boolean =>
    a.participant === b.participant && a.workspace === b.workspace && a.service === b.service;
  return allocation.holders.filter((holder) => !gone.some((other) => isSame(holder, other)));
}

export function refOf({ participant, workspace, service }: Holder): HolderRef {
  return { participant, ...given({ workspace, service }) };
}

function holdSamePair(allocation: Allocation, a: Holder, b: Holder): boolean {
  return isSamePair(pairHeld(allocation, a), pairHeld(allocation, b));
}
