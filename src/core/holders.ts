import type { Circumstances } from './decision';
import type { Stamp } from './events';
import type { Allocation, Holder, Participant } from './model';

/**
 * Holders of one allocation beyond which those that left go, oldest first: each run of a command
 * is a participant of its own, and a script may run one every second.
 */
export const MAX_HOLDERS = 32;

export function stampOf(caller: Participant, now: number): Stamp {
  return { at: now, actor: caller.id, by: caller.label };
}

export function holderOf(caller: Participant, now: number): Holder {
  return {
    participant: caller.id,
    kind: caller.kind,
    label: caller.label,
    pid: caller.pid,
    since: now,
  };
}

/**
 * How the caller becomes a holder of an allocation; undefined when it is one. It takes the place of
 * those of its kind that are not connected any more: the window before a reload, the earlier run
 * of the same command.
 */
export function joining(
  allocation: Allocation,
  { caller, connected, now }: Circumstances,
): { readonly holder: Holder; readonly replaces: readonly string[] } | undefined {
  const { holders } = allocation;
  if (holders.some(({ participant }) => participant === caller.id)) {
    return undefined;
  }
  const left = holders.filter(({ participant }) => !connected.has(participant));
  const followed = left.filter(
    ({ kind, label }) => kind === caller.kind && (kind === 'window' || label === caller.label),
  );
  // A silent window may only be frozen, and goes on holding: room is made at others' expense.
  const others = left.filter((holder) => holder.kind !== 'window' && !followed.includes(holder));
  const surplus = holders.length - followed.length + 1 - MAX_HOLDERS;
  const replaced = [...followed, ...others.slice(0, Math.max(0, surplus))];
  return {
    holder: holderOf(caller, now),
    replaces: replaced.map(({ participant }) => participant),
  };
}

/** The holders after somebody joined. */
export function withHolder(
  holders: readonly Holder[],
  holder: Holder,
  replaces: readonly string[],
): readonly Holder[] {
  const staying = holders.filter(
    ({ participant }) => participant !== holder.participant && !replaces.includes(participant),
  );
  return [...staying, holder];
}
