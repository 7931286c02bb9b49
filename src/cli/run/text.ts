import { plain } from '../../core/domain/describe';
import type { Holder } from '../../core/domain/model';
import { ageOf } from '../../core/domain/text';

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
  const { count, unit } = ageOf(since, now);
  return `${count}${unit}`;
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

/** ISO 8601 in UTC, for programs. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
