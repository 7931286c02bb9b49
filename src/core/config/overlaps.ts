/** Ranges that share ports: their types take ports from each other. */
import type { PortRange } from '../domain/catalogue';
import type { Member, Problems } from '../jsonc/json';

export interface NamedRange {
  readonly name: string;
  readonly range: PortRange;
  /** Absent for the range of a built-in type, which no file names. */
  readonly member?: Member;
}

/** A warning for each pair that shares a port, at the range that stands later in the file. */
export function checkOverlaps(ranges: readonly NamedRange[], problems: Problems): void {
  const sorted = [...ranges].sort((a, b) => a.range.first - b.range.first);
  /** Ranges that may reach into the next one. */
  let open: readonly NamedRange[] = [];
  for (const next of sorted) {
    open = open.filter(({ range }) => range.last >= next.range.first);
    for (const before of open) {
      warn(before, next, problems);
    }
    if (!problems.takesWarnings) {
      return;
    }
    open = [...open, next];
  }
}

function warn(one: NamedRange, other: NamedRange, problems: Problems): void {
  const [first, second] = offsetOf(one) <= offsetOf(other) ? [one, other] : [other, one];
  if (second.member === undefined) {
    return;
  }
  const shared = {
    first: Math.max(one.range.first, other.range.first),
    last: Math.min(one.range.last, other.range.last),
  };
  const message =
    `The ranges of "${second.name}" (${textOf(second.range)}) and "${first.name}" ` +
    `(${textOf(first.range)}) share ${textOf(shared)}.`;
  problems.warning(second.member.value, second.member.path, message);
}

function offsetOf({ member }: NamedRange): number {
  return member?.value.offset ?? -1;
}

function textOf({ first, last }: PortRange): string {
  return first === last ? `port ${first}` : `${first}-${last}`;
}
