/**
 * Whether promises 1 and 2 were kept, from what participants wrote down and what was there in the
 * end. Pure: the same diaries give the same verdict.
 */
import type { Grant, Line } from './diary';
import { Life, nameOf, violation, type Hold, type Violation } from './lives';
import { operationsOf, type Operation } from './operations';

export type { Violation };

export function check(lines: readonly Line[], final: readonly Grant[]): readonly Violation[] {
  const operations = operationsOf(lines);
  const lives = livesOf(operations, lines);
  const all = [...lives.values()];
  const shown = new Map(final.map(({ id, port }) => [id, { port }]));
  for (const life of all) {
    life.settle(shown);
  }
  const holds = all.flatMap((life) => life.holds);
  return [
    ...all.flatMap((life) => life.violations),
    ...together(holds, 'one port, two holders', ({ port }) => String(port)),
    ...together(holds, 'one pair, two allocations', ({ group, workspace, service }) =>
      group === undefined ? `${workspace} ${service}` : undefined,
    ),
    ...together(holds, 'two singletons', ({ group }) => group),
    ...twiceIn(final),
    ...unexplained(final, lives, operations),
    ...bugs(lines),
  ];
}

interface Moment {
  readonly at: number;
  happen(): void;
}

function livesOf(
  operations: readonly Operation[],
  lines: readonly Line[],
): ReadonlyMap<string, Life> {
  const lives = new Map<string, Life>();
  const moments: Moment[] = operations.flatMap((operation) => momentsOf(operation, lives));
  for (const { ev, who, t: at } of lines) {
    if (ev === 'killed') {
      moments.push({ at, happen: () => lives.forEach((life) => life.killed(who, at)) });
    }
  }
  for (const moment of moments.sort((a, b) => a.at - b.at)) {
    moment.happen();
  }
  return lives;
}

function momentsOf(operation: Operation, lives: Map<string, Life>): readonly Moment[] {
  const { call, askedAt, endedAt, outcome, grants } = operation;
  const moments: Moment[] = [];
  const then = (at: number, happen: () => void): void => void moments.push({ at, happen });
  if (call.kind === 'allocate') {
    then(endedAt, () => {
      for (const grant of grants) {
        const life = lives.get(grant.id) ?? new Life(grant);
        lives.set(grant.id, life);
        life.granted(grant, operation);
      }
    });
    return moments;
  }
  then(askedAt, () => lives.get(call.id)?.asked(operation));
  if (outcome === 'refused') {
    then(endedAt, () => lives.get(call.id)?.refused(operation));
  } else if (outcome === 'ok' && call.kind === 'release') {
    then(endedAt, () => lives.get(call.id)?.released(operation));
  } else if (outcome === 'ok' && call.kind === 'move') {
    then(endedAt, () => lives.get(call.id)?.moved(call.to, operation));
  }
  return moments;
}

/** What two different allocations must never have at the same time. */
function together(
  holds: readonly Hold[],
  rule: string,
  keyOf: (grant: Grant) => string | undefined,
): readonly Violation[] {
  const found: Violation[] = [];
  const byKey = new Map<string, Hold[]>();
  for (const hold of holds) {
    const key = keyOf(hold.grant);
    const same = key === undefined ? undefined : byKey.get(key);
    if (same !== undefined) {
      same.push(hold);
    } else if (key !== undefined) {
      byKey.set(key, [hold]);
    }
  }
  for (const same of byKey.values()) {
    let active: Hold[] = [];
    for (const hold of same.sort((a, b) => a.from - b.from)) {
      active = active.filter(({ to }) => to > hold.from);
      const other = active.find(({ grant }) => grant.id !== hold.grant.id);
      if (other !== undefined) {
        const what = `${nameOf(hold.grant)} while there is ${nameOf(other.grant)}.`;
        found.push(violation(rule, what, other.trace, hold.trace));
      }
      active.push(hold);
    }
  }
  return found;
}

function twiceIn(final: readonly Grant[]): readonly Violation[] {
  const found: Violation[] = [];
  for (const [rule, keyOf] of [
    ['one port, two holders', ({ port }: Grant) => String(port)],
    ['one pair, two allocations', ({ workspace, service }: Grant) => `${workspace} ${service}`],
    ['two singletons', ({ group, id }: Grant) => group ?? id],
  ] as const) {
    const seen = new Map<string, Grant>();
    for (const grant of final) {
      const other = seen.get(keyOf(grant));
      if (other !== undefined) {
        found.push(violation(rule, `In the end: ${nameOf(other)} and ${nameOf(grant)}.`));
      }
      seen.set(keyOf(grant), grant);
    }
  }
  return found;
}

/** What is there in the end was asked for: answered, or lost on the way. */
function unexplained(
  final: readonly Grant[],
  lives: ReadonlyMap<string, Life>,
  operations: readonly Operation[],
): readonly Violation[] {
  const maybe = new Set<string>();
  for (const { call, outcome } of operations) {
    if (call.kind === 'allocate' && outcome === 'unknown') {
      call.services.forEach((service) => maybe.add(`${call.workspace} ${service}`));
    }
  }
  return final
    .filter(({ id, group }) => group === undefined && !lives.has(id))
    .filter(({ workspace, service }) => !maybe.has(`${workspace} ${service}`))
    .map((grant) => violation('unexplained', `${nameOf(grant)} was granted to nobody.`));
}

/** `internal` is never an answer. One of each kind is shown. */
function bugs(lines: readonly Line[]): readonly Violation[] {
  const found = new Map<string, Violation>();
  for (const line of lines) {
    if (line.ev === 'no' && line.code === 'internal') {
      found.set(line.message, violation('internal error', line.message, [line]));
    }
  }
  return [...found.values()];
}
