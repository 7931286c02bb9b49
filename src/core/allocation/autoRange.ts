/** Where the range of an unknown service type goes. */
import { BROWSER_BLOCKED_PORTS } from '../domain/browserBlockedPorts';
import type { PortRange } from '../domain/catalogue';
import type { AutoAllocation, AutoAllocationRule, Placement } from '../domain/configuration';
import { matches } from '../domain/glob';
import { MAX_PORT, MIN_PORT } from '../domain/names';

export interface RangeSearch {
  /** The unknown type. */
  readonly name: string;
  /** Whether they are `enabled` is the caller's business. */
  readonly settings: AutoAllocation;
  /** Every type in force: built-in, configured, auto-allocated; in any order. */
  readonly types: readonly { readonly name: string; readonly range: PortRange }[];
  /** Reservations and Styxy's own ports. */
  readonly reserved: (port: number) => boolean;
  /** Something listens on it, or it is allocated though no range has it. */
  readonly occupied: (port: number) => boolean;
  /** What the OS hands out by itself; undefined where that is unknown. */
  readonly ephemeral?: PortRange;
}

export type FoundRange =
  | {
      readonly kind: 'found';
      readonly range: PortRange;
      /** That of the rule, else that of the settings. */
      readonly placement: Placement;
      readonly chunkSize: number;
    }
  | {
      readonly kind: 'none';
      readonly chunkSize: number;
      /** Where it was looked for. */
      readonly bounds: PortRange;
      /** The reason and what to change, as the end of a sentence without its full stop. */
      readonly why: string;
    };

/** The first rule, in the order of the file, whose pattern matches the whole name. */
export function matchingRule(
  rules: readonly AutoAllocationRule[],
  name: string,
): AutoAllocationRule | undefined {
  return rules.find(({ pattern }) => matches(pattern, name));
}

/**
 * A range for an unknown type: clear of every other range with the gap on both sides, of
 * reservations, listeners, ports that browsers refuse and those that the OS hands out, inside
 * `minPort`-`maxPort`. The same search always has the same answer.
 *
 * A rule's `preferredRangeStart` comes first, and is the lower bound where it lies below
 * `minPort`: the first place that fits from there upwards. Else the placement decides:
 * - `after`: the first place above the highest range that ends at or below `maxPort`;
 * - `before`: the last place below the lowest range that begins at or above `minPort`;
 * - `smart`: the place with the least distance above a range of the same family.
 *
 * Where that leaves nothing, the first place that fits from `minPort` upwards: a port that works
 * is worth more than a range in its place. `none` only if nothing fits anywhere.
 */
export function findRange(search: RangeSearch): FoundRange {
  const { settings } = search;
  const rule = matchingRule(settings.rules, search.name);
  const chunkSize = rule?.chunkSize ?? settings.chunkSize;
  const placement = rule?.placement ?? settings.placement;
  const bounds = {
    first: Math.max(settings.minPort, MIN_PORT),
    last: Math.min(settings.maxPort, MAX_PORT),
  };
  const begin = Math.max(rule?.preferredRangeStart ?? bounds.first, MIN_PORT);
  const room = roomFor(search, chunkSize, gapOf(settings));
  const first =
    (rule?.preferredRangeStart === undefined ? undefined : lowest(room, begin, bounds.last)) ??
    PLACES[placement](room, search, bounds) ??
    lowest(room, bounds.first, bounds.last);
  if (first !== undefined) {
    return { kind: 'found', range: rangeAt(first, chunkSize), placement, chunkSize };
  }
  const searched = { first: Math.min(begin, bounds.first), last: bounds.last };
  return { kind: 'none', chunkSize, bounds: searched, why: whyNone(search, chunkSize, searched) };
}

/** The first port of the place that a placement means; undefined where it leaves nothing. */
type Place = (room: Room, search: RangeSearch, bounds: PortRange) => number | undefined;

const PLACES: Readonly<Record<Placement, Place>> = {
  after: (room, { types }, { first, last }) => {
    const ends = types.map(({ range }) => range.last).filter((end) => end <= last);
    return lowest(room, Math.max(first, ...ends.map((end) => end + 1)), last);
  },
  before: (room, { types }, { first, last }) => {
    const starts = types.map(({ range }) => range.first).filter((start) => start >= first);
    return starts.length === 0
      ? undefined
      : highest(room, first, Math.min(last, ...starts.map((start) => start - 1)));
  },
  smart: (room, { types, name }, { first, last }) => {
    const family = familyOf(name);
    const ends = types
      .filter((type) => familyOf(type.name) === family)
      .map(({ range }) => range.last)
      .sort((a, b) => a - b);
    let place: number | undefined;
    let best: { readonly start: number; readonly distance: number } | undefined;
    for (const end of ends) {
      // A place above the last end is the first one above this end, too.
      if (place === undefined || place <= end) {
        place = lowest(room, Math.max(first, end + 1), last);
      }
      if (place === undefined) {
        break;
      }
      if (best === undefined || place - end < best.distance) {
        best = { start: place, distance: place - end };
      }
    }
    return best?.start;
  },
};

function gapOf({ preserveGaps, gapSize }: AutoAllocation): number {
  return preserveGaps ? gapSize : 0;
}

function rangeAt(first: number, size: number): PortRange {
  return { first, last: first + size - 1 };
}

/** Where chunks of one size may begin, all settings of bounds aside. */
interface Room {
  readonly size: number;
  /** First ports of chunks with nothing known in their way, in ascending order, apart. */
  readonly openings: readonly PortRange[];
  /** What is known only by asking, port by port. */
  readonly blocked: (port: number) => boolean;
}

/** Turns what is in the way of ports into what is in the way of a chunk's first port. */
function roomFor(search: RangeSearch, size: number, gap: number): Room {
  const { types, ephemeral, reserved, occupied } = search;
  const closed = (range: PortRange, clearance: number): PortRange => {
    return { first: range.first - clearance - size + 1, last: range.last + clearance };
  };
  const obstacles = [
    ...types.map(({ range }) => closed(range, gap)),
    ...[...BROWSER_BLOCKED_PORTS.keys()].map((port) => closed({ first: port, last: port }, 0)),
    ...(ephemeral === undefined ? [] : [closed(ephemeral, 0)]),
  ].sort((a, b) => a.first - b.first);
  const openings: PortRange[] = [];
  const open = (first: number, last: number): void => {
    if (first <= last) {
      openings.push({ first, last });
    }
  };
  let next = MIN_PORT;
  const end = MAX_PORT - size + 1;
  for (const { first, last } of obstacles) {
    open(next, Math.min(first - 1, end));
    next = Math.max(next, last + 1);
  }
  open(next, end);
  return { size, openings, blocked: (port) => reserved(port) || occupied(port) };
}

/** The lowest first port of a chunk within `from`-`to`; looks at no port of an opening twice. */
function lowest({ size, openings, blocked }: Room, from: number, to: number): number | undefined {
  for (const opening of openings) {
    let start = Math.max(opening.first, from);
    const end = Math.min(opening.last, to - size + 1);
    for (let port = start; start <= end; port += 1) {
      if (blocked(port)) {
        start = port + 1;
      } else if (port - start === size - 1) {
        return start;
      }
    }
  }
  return undefined;
}

/** The same from above. */
function highest({ size, openings, blocked }: Room, from: number, to: number): number | undefined {
  for (const opening of [...openings].reverse()) {
    const end = Math.max(opening.first, from);
    let start = Math.min(opening.last, to - size + 1);
    for (let port = start + size - 1; start >= end; port -= 1) {
      if (blocked(port)) {
        start = port - size;
      } else if (port === start) {
        return start;
      }
    }
  }
  return undefined;
}

/** The first of the things in the way without which something would fit. */
function whyNone(search: RangeSearch, size: number, { first, last }: PortRange): string {
  if (last - first + 1 < size) {
    return (
      'there are fewer ports than that; ' +
      'move min_port and max_port apart, or make the chunk size smaller'
    );
  }
  const { ephemeral, ...others } = search;
  const fits = (without: RangeSearch, gap: number): boolean =>
    lowest(roomFor(without, size, gap), first, last) !== undefined;
  const gap = gapOf(search.settings);
  if (ephemeral !== undefined && fits(others, gap)) {
    return (
      `the operating system hands out ${ephemeral.first}-${ephemeral.last} by itself; ` +
      'move min_port and max_port away from there'
    );
  }
  return gap > 0 && fits(search, 0)
    ? `nothing there is ${gap} ports away from every other range; ` +
        'make gap_size smaller, or move min_port and max_port apart'
    : 'everything there is taken; move min_port and max_port apart, ' +
        'make the chunk size smaller, or undo an auto-allocated type that nobody needs';
}

/** Which service types belong together: `smart` puts the range of a new one near its relatives. */

/** Words that many programs of one kind are called by, by the catalogue type of that kind. */
const RELATIVES: Readonly<Record<string, readonly string[]>> = {
  monitoring: [
    'alertmanager',
    'grafana',
    'jaeger',
    'kibana',
    'loki',
    'metrics',
    'otel',
    'prometheus',
    'tempo',
    'zipkin',
  ],
  database: [
    'cassandra',
    'clickhouse',
    'cockroach',
    'db',
    'mariadb',
    'mongo',
    'mongodb',
    'mysql',
    'neo4j',
    'pg',
    'postgres',
    'postgresql',
    'redis',
  ],
  messaging: ['activemq', 'kafka', 'mqtt', 'nats', 'pulsar', 'queue', 'rabbitmq', 'redpanda'],
  ai: [
    'chroma',
    'embedding',
    'llama',
    'llm',
    'milvus',
    'ollama',
    'qdrant',
    'rag',
    'vector',
    'vllm',
  ],
};

const FAMILY_BY_WORD: ReadonlyMap<string, string> = new Map(
  Object.entries(RELATIVES).flatMap(([family, words]) => words.map((word) => [word, family])),
);

/**
 * The family of a type: what its first word is known for, else that word itself, so that
 * `shop-web` and `shop.api` are relatives. Words end at `-`, `_` and `.`; case does not count.
 */
export function familyOf(name: string): string {
  const word = name.toLowerCase().replace(/[-_.].*$/, '');
  return FAMILY_BY_WORD.get(word) ?? word;
}
