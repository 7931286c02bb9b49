import type { HolderRef, Stamp } from './events';
import {
  pairHeld,
  type Allocation,
  type Holder,
  type Pair,
  type Participant,
  type RequestOrigin,
} from '../domain/model';

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
    ...(caller.startedAt === undefined ? {} : { startedAt: caller.startedAt }),
    ...(caller.identity === undefined ? {} : { identity: caller.identity }),
    since: now,
    ...(pair === undefined ? {} : { workspace: pair.workspace, service: pair.service }),
  };
}

export interface Joining {
  readonly holder: Holder;
  /** `Holder.participant`s, of the same pair. */
  readonly replaces: readonly string[];
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
  const holders = allocation.holders.filter((other) => isSamePair(allocation, other, holder));
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
      !isSamePair(allocation, other, holder) ||
      (other.participant !== holder.participant && !replaces.includes(other.participant)),
  );
  return [...staying, holder];
}

/** The holders after these left. */
export function withoutHolders(
  allocation: Allocation,
  gone: readonly HolderRef[],
): readonly Holder[] {
  return allocation.holders.filter(
    (holder) =>
      !gone.some(
        (other) =>
          other.participant === holder.participant &&
          other.workspace === holder.workspace &&
          other.service === holder.service,
      ),
  );
}

export function refOf({ participant, workspace, service }: Holder): HolderRef {
  return {
    participant,
    ...(workspace === undefined ? {} : { workspace }),
    ...(service === undefined ? {} : { service }),
  };
}

function isSamePair(allocation: Allocation, a: Holder, b: Holder): boolean {
  const [one, other] = [pairHeld(allocation, a), pairHeld(allocation, b)];
  return one.workspace === other.workspace && one.service === other.service;
}
