import type { Holder, Intruder, ListeningProcess, Observation } from '../../core/domain/model';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Makes foreign text (a command line, a label, a path) safe for a terminal: control characters,
 * which could move the cursor or recolour what follows, become visible question marks.
 */
export function plain(text: string): string {
  return text.replace(/\p{Cc}|\p{Bidi_Control}/gu, '?');
}

/** `text` in at most `width` characters, its end cut off. */
export function shorten(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** A path as people write it: `~` for the user's own folder. */
export function shortPath(path: string, userHome: string): string {
  if (userHome.length < 2 || !path.startsWith(userHome)) {
    return plain(path);
  }
  const rest = path.slice(userHome.length);
  return rest === '' || /^[\\/]/.test(rest) ? plain(`~${rest}`) : plain(path);
}

/** How long ago, in one unit: `8s`, `5m`, `3h`, `12d`. */
export function age(since: number, now: number): string {
  const ms = Math.max(0, now - since);
  if (ms < MINUTE_MS) {
    return `${Math.floor(ms / SECOND_MS)}s`;
  }
  if (ms < HOUR_MS) {
    return `${Math.floor(ms / MINUTE_MS)}m`;
  }
  return ms < DAY_MS ? `${Math.floor(ms / HOUR_MS)}h` : `${Math.floor(ms / DAY_MS)}d`;
}

/** A process in a few words: `node server.js (pid 4711)`. */
export function processText(process: ListeningProcess | undefined, width = 60): string {
  if (process === undefined) {
    return '';
  }
  const command = process.command === undefined ? '' : shorten(plain(process.command), width);
  if (process.pid === undefined) {
    return command === '' ? "another user's process" : command;
  }
  return command === '' ? `pid ${process.pid}` : `${command} (pid ${process.pid})`;
}

/** Whose the listener of a conflict is: `from another checkout, ~/shop-2`. */
export function intruderText(intruder: Intruder | undefined, userHome: string): string {
  if (intruder === undefined) {
    return '';
  }
  if (intruder.workspace === undefined) {
    return 'was there before the allocation';
  }
  const place = shortPath(intruder.workspace, userHome);
  return intruder.kind === 'sibling' && intruder.sameRepository
    ? `from another checkout, ${place}`
    : `from another workspace, ${place}`;
}

/** `unhealthy: it answered 500 (3 times)`; `healthy`; nothing for what was not asked. */
export function healthText({ health }: Observation): string {
  if (health === undefined) {
    return '';
  }
  if (health.ok) {
    return 'healthy';
  }
  const times = health.failures > 1 ? ` (${health.failures} times)` : '';
  return `unhealthy: ${plain(health.reason)}${times}`;
}

/** The last ones to come, and how many more there are: `shop (window, pid 41)`. */
export function holdersText(holders: readonly Holder[], shown = 3): string {
  const texts = holders.map(({ kind, label, pid }) => `${plain(label)} (${kind}, pid ${pid})`);
  const more = texts.length - shown;
  return [...texts.slice(-shown), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
