/** Sentences' parts that several messages share. English, for people and agents alike. */
import type { PortRange } from './catalogue';
import type { Allocation, Conflict, Holder, Intruder, ListeningProcess, Pair } from './model';

/** Those sentences that apply, as one text. */
export function sentences(...all: readonly (string | false | undefined)[]): string {
  return all.filter((each) => each !== false && each !== undefined).join(' ');
}

/** `"web" in /home/me/shop`. */
export function describePair({ service, workspace }: Pair): string {
  return `"${service}" in ${workspace}`;
}

/** What is said of an allocation when nothing is special about it. */
export function allocatedMessage(allocation: Allocation, existing: boolean): string {
  return `${describePair(allocation)} has port ${allocation.port}${existing ? ' already' : ''}.`;
}

export function releasedMessage(released: Allocation): string {
  return `Port ${released.port} of ${describePair(released)} is released.`;
}

export function movedMessage(allocation: Allocation, from: number, to: number): string {
  return `${describePair(allocation)} moved from ${from} to ${to}. Restart what listens on ${from}.`;
}

/** `node server.js (pid 4242, in /home/me/shop)`, as far as it is known. */
export function describeProcess(process: ListeningProcess | undefined): string {
  const { pid, command, workspace, cwd } = process ?? {};
  const place = workspace ?? cwd;
  const facts = [
    ...(pid === undefined ? [] : [`pid ${pid}`]),
    ...(place === undefined ? [] : [`in ${place}`]),
  ];
  if (command === undefined && facts.length === 0) {
    return 'a process that the system does not name';
  }
  const name = command ?? 'a process';
  return facts.length === 0 ? name : `${name} (${facts.join(', ')})`;
}

/** `node server.js (pid 7, in /home/me/b), from another checkout of the same repository`. */
export function describeIntruder(
  process: ListeningProcess | undefined,
  intruder: Intruder | undefined,
): string {
  const who = describeProcess(process);
  if (intruder === undefined) {
    return who;
  }
  if (intruder.workspace === undefined) {
    return `${who}, which was there before the allocation`;
  }
  return intruder.kind === 'sibling' && intruder.sameRepository
    ? `${who}, from another checkout of the same repository`
    : `${who}, from another workspace`;
}

/** `port 3000 is in use by node (pid 12)`: why a port could not be given. */
export function describeConflict(conflict: Conflict): string {
  const { reason } = conflict;
  if (reason === undefined) {
    return `port ${conflict.port} is in use by ${describeProcess(conflict.process)}`;
  }
  const pair = conflict.pair === undefined ? 'another service' : describePair(conflict.pair);
  switch (reason) {
    case 'allocated':
      return `port ${conflict.port} is allocated to ${pair}`;
    case 'released':
      return `${pair} gave port ${conflict.port} up a moment ago`;
    case 'reserved':
      return `port ${conflict.port} is reserved`;
    case 'forbidden':
      return `the system lets nobody listen on port ${conflict.port}`;
  }
}

/** `window "shop" (pid 12), cli "styxy port web" (pid 13)`. */
export function describeHolders(
  holders: readonly Pick<Holder, 'kind' | 'label' | 'pid'>[],
): string {
  return holders.length === 0
    ? 'nobody'
    : holders.map(({ kind, label, pid }) => `${kind} "${label}" (pid ${pid})`).join(', ');
}

/** `"web" in /a, held by window "a" (pid 12)`. */
export function describeAllocation(allocation: Allocation): string {
  return `${describePair(allocation)}, held by ${describeHolders(allocation.holders)}`;
}

/** `3000-3099`, or one number. */
export function rangeText({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/**
 * Text from outside (a command line, a label, a path) that can neither move a cursor, recolour what
 * follows nor begin a line: control characters become visible question marks.
 */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '?');
}

/** The first few of a list, and how many more there are. */
export function describeSome(items: readonly string[], shown = 3): string {
  const more = items.length - shown;
  const some = items.slice(0, shown).join('; ');
  return more > 0 ? `${some}; and ${more} more` : some;
}

/** A message that quotes what came from outside, however long that is. */
export function brief(message: string): string {
  return message.length > 256 ? `${message.slice(0, 256)}...` : message;
}

/** A value from outside, short and harmless on a terminal. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    const text = value.length > 64 ? `${value.slice(0, 64)}...` : value;
    return JSON.stringify(text.replace(/\p{Cc}/gu, '?'));
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
