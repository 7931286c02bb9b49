/** More of one kind help nobody; the last one says how many there are. */
const SHOWN = 20;

/** The first of them; where there are more, one that stands for these. */
export function capped<T>(all: readonly T[], rest: (more: number) => T): readonly T[] {
  return all.length <= SHOWN ? all : [...all.slice(0, SHOWN), rest(all.length - SHOWN)];
}
