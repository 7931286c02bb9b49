import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findRange, type RangeSearch } from '../../../../src/core/allocation/autoRange';
import { BROWSER_BLOCKED_PORTS } from '../../../../src/core/domain/browserBlockedPorts';
import type { PortRange } from '../../../../src/core/domain/catalogue';
import { PLACEMENTS, type Placement } from '../../../../src/core/domain/configuration';

/** Crowded places: with refused ports (6566, 6665-6669, 10080), and at both ends of what there is. */
const BASES = [900, 6500, 9950, 20_000, 65_300];

/** Every range, blocker and bound lies within so many ports of the base. */
const SPAN = 260;

const FAMILIES: Readonly<Record<string, number>> = {
  grafana: 1,
  monitoring: 1,
  'jaeger.q': 1,
  'shop-web': 2,
  shop_api: 2,
  other: 3,
};

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const searches = fc.constantFrom(...BASES).chain((base) => {
  const port = fc.nat(SPAN).map((offset) => Math.min(base + offset, 65_535));
  const range = fc.tuple(port, fc.nat(30)).map(([first, more]) => {
    return { first, last: Math.min(first + more, 65_535) };
  });
  const ports = fc.uniqueArray(port, { maxLength: 12 });
  const chunkSize = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 25 }));
  const placement = fc.constantFrom(...PLACEMENTS);
  const rule = fc.record({
    pattern: fc.constantFrom('*', 'g*', 'shop-*', 'nobody'),
    chunkSize: option(chunkSize),
    placement: option(placement),
    preferredRangeStart: option(port),
  });
  return fc.record({
    name: fc.constantFrom('grafana', 'shop-web'),
    types: fc.array(fc.record({ name: fc.constantFrom(...Object.keys(FAMILIES)), range }), {
      maxLength: 7,
    }),
    reserved: ports,
    occupied: ports,
    ephemeral: option(range),
    chunkSize,
    placement,
    bounds: fc.tuple(port, port),
    preserveGaps: fc.boolean(),
    gapSize: fc.nat(15),
    rules: fc.array(rule, { maxLength: 2 }),
  });
});

type Drawn = typeof searches extends fc.Arbitrary<infer T> ? T : never;

/** Without the keys that are undefined, as the types of the product want it. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function searchOf({ name, types, reserved, occupied, ephemeral, ...drawn }: Drawn): RangeSearch {
  const { bounds, rules, ...settings } = drawn;
  return {
    name,
    types,
    settings: {
      ...settings,
      enabled: true,
      minPort: Math.min(...bounds),
      maxPort: Math.max(...bounds),
      rules: rules.map(defined),
    },
    reserved: (port) => reserved.includes(port),
    occupied: (port) => occupied.includes(port),
    ...(ephemeral === undefined ? {} : { ephemeral }),
  };
}

function apart(one: PortRange, other: PortRange, gap: number): boolean {
  return one.first > other.last + gap || other.first > one.last + gap;
}

/** Whether a chunk may lie there, port by port as the rules say, bounds aside. */
function placeable({ first, last }: PortRange, search: RangeSearch): boolean {
  const { types, settings, ephemeral, reserved, occupied } = search;
  const gap = settings.preserveGaps ? settings.gapSize : 0;
  for (let port = first; port <= last; port += 1) {
    if (reserved(port) || occupied(port) || BROWSER_BLOCKED_PORTS.has(port)) {
      return false;
    }
    if (ephemeral !== undefined && port >= ephemeral.first && port <= ephemeral.last) {
      return false;
    }
  }
  return types.every(({ range }) => apart({ first, last }, range, gap));
}

/** The first port that is right, by trying every one; undefined when there is none. */
function byTrying(search: RangeSearch, chunkSize: number, placement: Placement, start?: number) {
  const { name, types, settings } = search;
  const floor = Math.max(settings.minPort, 1024);
  const begin = start === undefined ? floor : Math.max(start, 1024);
  const places: number[] = [];
  for (let first = Math.min(begin, floor); first + chunkSize - 1 <= settings.maxPort; first += 1) {
    if (placeable({ first, last: first + chunkSize - 1 }, search)) {
      places.push(first);
    }
  }
  const inBounds = places.filter((first) => first >= floor);
  const ends = types.map(({ range }) => range.last);
  const wanted = {
    after: () => {
      const highest = Math.max(0, ...ends.filter((end) => end <= settings.maxPort));
      return inBounds.find((first) => first > highest);
    },
    before: () => {
      const starts = types.map(({ range }) => range.first).filter((first) => first >= floor);
      const below = inBounds.filter((first) => starts.every((each) => first < each));
      return starts.length === 0 ? undefined : below.at(-1);
    },
    smart: () => {
      const family = types.filter((type) => FAMILIES[type.name] === FAMILIES[name]);
      const distance = (first: number): number =>
        Math.min(...family.map(({ range }) => first - range.last).filter((each) => each > 0));
      const least = Math.min(...inBounds.map(distance));
      return inBounds.find((first) => least < Infinity && distance(first) === least);
    },
  };
  const preferred = start === undefined ? undefined : places.find((first) => first >= begin);
  return preferred ?? wanted[placement]() ?? inBounds[0];
}

describe('ranges, over random catalogues, settings and machines', () => {
  it('are where trying every port says, keep to all limits, and are the same again', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(searches, (drawn) => {
        const search = searchOf(drawn);
        const { settings } = search;
        const rule = settings.rules.find(({ pattern }) =>
          pattern.endsWith('*') ? search.name.startsWith(pattern.slice(0, -1)) : false,
        );
        const chunkSize = rule?.chunkSize ?? settings.chunkSize;
        const placement = rule?.placement ?? settings.placement;
        const start = rule?.preferredRangeStart;
        const result = findRange(search);
        const kind = `${result.kind} ${start === undefined ? placement : 'preferred'}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        assert.equal(
          result.kind === 'found' ? result.range.first : undefined,
          byTrying(search, chunkSize, placement, start),
        );
        assert.equal(result.chunkSize, chunkSize);
        const reversed = [...search.types].reverse();
        assert.deepEqual(findRange({ ...search, types: reversed }), result);
        if (result.kind === 'none') {
          return;
        }
        const { range } = result;
        assert.equal(result.placement, placement);
        assert.equal(range.last - range.first + 1, chunkSize);
        assert.ok(range.first >= Math.max(1024, Math.min(settings.minPort, start ?? 65_535)));
        assert.ok(range.last <= settings.maxPort);
        assert.ok(placeable(range, search));
      }),
      { interruptAfterTimeLimit: 8_000, numRuns: 2_000 },
    );
    for (const kind of ['found', 'none']) {
      for (const by of [...PLACEMENTS, 'preferred']) {
        assert.ok((seen.get(`${kind} ${by}`) ?? 0) > 20, `${kind} ${by}`);
      }
    }
  });
});
