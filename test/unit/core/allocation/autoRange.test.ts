import assert from 'node:assert/strict';
import {
  familyOf,
  findRange,
  matchingRule,
  type RangeSearch,
} from '../../../../src/core/allocation/autoRange';
import { BUILT_IN_CATALOGUE, type PortRange } from '../../../../src/core/domain/catalogue';
import {
  PLACEMENTS,
  type AutoAllocation,
  type AutoAllocationRule,
  type Placement,
} from '../../../../src/core/domain/configuration';

/** Those of the original Styxy. */
const SETTINGS: AutoAllocation = {
  enabled: true,
  chunkSize: 10,
  placement: 'after',
  minPort: 10_000,
  maxPort: 49_151,
  preserveGaps: true,
  gapSize: 10,
  rules: [
    { pattern: 'monitoring-*', chunkSize: 20, placement: 'smart', preferredRangeStart: 9000 },
    { pattern: 'database-*', chunkSize: 5, preferredRangeStart: 5400 },
  ],
};

/** As the kernel's `ip_local_port_range` says unless somebody changed it. */
const LINUX: PortRange = { first: 32_768, last: 60_999 };

type NamedRange = RangeSearch['types'][number];

const BUILT_IN: readonly NamedRange[] = [...BUILT_IN_CATALOGUE.values()];

interface Options extends Partial<AutoAllocation> {
  readonly name?: string;
  readonly types?: readonly NamedRange[];
  readonly reserved?: readonly number[];
  readonly occupied?: readonly number[];
  readonly ephemeral?: PortRange;
}

function searchOf(options: Options = {}): RangeSearch {
  const { name = 'grafana', types = BUILT_IN, reserved, occupied, ephemeral, ...more } = options;
  return {
    name,
    types,
    settings: { ...SETTINGS, ...more },
    reserved: (port) => reserved?.includes(port) ?? false,
    occupied: (port) => occupied?.includes(port) ?? false,
    ...(ephemeral === undefined ? {} : { ephemeral }),
  };
}

function show({ first, last }: PortRange): string {
  return `${first}-${last}`;
}

/** The range that is found, as people see it; else why there is none. */
function found(options: Options = {}): string {
  const result = findRange(searchOf(options));
  return result.kind === 'found' ? show(result.range) : result.why;
}

function type(name: string, first: number, last: number): NamedRange {
  return { name, range: { first, last } };
}

/** Ranges for all the names, each with those before it in force. */
function inTurn(names: readonly string[], options: Options = {}): readonly PortRange[] {
  const types = [...(options.types ?? BUILT_IN)];
  return names.map((name) => {
    const result = findRange(searchOf({ ...options, name, types }));
    assert.ok(result.kind === 'found', name);
    types.push({ name, range: result.range });
    return result.range;
  });
}

function apart(one: PortRange, other: PortRange, gap: number): boolean {
  return one.first > other.last + gap || other.first > one.last + gap;
}

const TEN = Array.from({ length: 10 }, (_, index) => `unknown${index}`);

describe('placement after', () => {
  it('begins a gap above the highest range', () => {
    assert.deepEqual(findRange(searchOf()), {
      kind: 'found',
      range: { first: 11_510, last: 11_519 },
      placement: 'after',
      chunkSize: 10,
    });
  });

  it('does not go below min_port, however low the highest range ends', () => {
    assert.equal(found({ types: [type('dev', 3000, 3099)] }), '10000-10009');
    assert.equal(found({ types: [] }), '10000-10009');
  });

  it('does not count ranges that end above max_port', () => {
    const types = [...BUILT_IN, type('high', 49_100, 49_160)];
    assert.equal(found({ types }), '11510-11519');
  });

  it('goes on behind what is in the way', () => {
    assert.equal(found({ reserved: [11_512] }), '11513-11522');
    assert.equal(found({ occupied: [11_510, 11_519] }), '11520-11529');
    assert.equal(found({ reserved: [11_515], occupied: [11_520] }), '11521-11530');
  });

  it('goes on from min_port when nothing is left above', () => {
    assert.equal(found({ types: [...BUILT_IN, type('high', 49_100, 49_140)] }), '10000-10009');
    const types = [...BUILT_IN, type('high', 32_700, 32_757)];
    assert.equal(found({ types, ephemeral: LINUX }), '10000-10009');
  });
});

describe('placement before', () => {
  it('ends a gap below the lowest range above min_port', () => {
    assert.equal(found({ placement: 'before' }), '11380-11389');
  });

  it('goes on below what is in the way', () => {
    assert.equal(found({ placement: 'before', reserved: [11_385] }), '11375-11384');
    assert.equal(found({ placement: 'before', occupied: [11_380, 11_389] }), '11370-11379');
  });

  it('goes up from min_port when there is nothing below', () => {
    assert.equal(found({ placement: 'before', minPort: 11_385 }), '11510-11519');
    assert.equal(found({ placement: 'before', types: [] }), '10000-10009');
    assert.equal(found({ placement: 'before', types: [type('dev', 3000, 3099)] }), '10000-10009');
  });

  it('stays below max_port when the lowest range lies above it', () => {
    const types = [type('high', 60_000, 60_009)];
    assert.equal(found({ placement: 'before', types, maxPort: 20_000 }), '19991-20000');
  });
});

describe('placement smart', () => {
  const smart = (name: string, ...types: NamedRange[]): string =>
    found({ name, placement: 'smart', types: [...BUILT_IN, ...types] });

  it('takes the first gap in bounds for a family below them, and for one without relatives', () => {
    assert.equal(smart('grafana'), '10000-10009');
    assert.equal(smart('billing'), '10000-10009');
  });

  it('puts a type behind the one that begins with the same word', () => {
    const shop = type('shop-web', 20_000, 20_009);
    assert.equal(smart('shop-api', shop), '20020-20029');
    assert.equal(smart('Shop.worker', shop), '20020-20029');
    assert.equal(smart('shop', shop), '20020-20029');
    assert.equal(smart('shopping', shop), '10000-10009');
  });

  it('puts a type behind the one that does the same work', () => {
    const kafka = type('kafka', 20_000, 20_009);
    assert.equal(smart('rabbitmq', kafka), '20020-20029');
    assert.equal(smart('chroma', kafka), '11510-11519');
  });

  it('takes the place with the least distance to a relative', () => {
    const family = [
      type('kafka', 20_000, 20_009),
      type('other', 20_030, 20_199),
      type('nats', 30_000, 30_009),
      type('another', 30_025, 30_029),
    ];
    // 20210 is 201 above kafka, 30040 is 31 above nats.
    assert.equal(smart('rabbitmq', ...family), '30040-30049');
    // 20020-20029 is not free of the gap; 20210-20219 is nearer to a relative than 30040.
    assert.equal(smart('rabbitmq', ...family, type('mqtt', 20_180, 20_199)), '20210-20219');
  });

  it('takes the first gap in bounds when nothing is left above the family', () => {
    assert.equal(smart('kafka', type('nats', 49_100, 49_140)), '10000-10009');
  });
});

describe('auto-allocation rules', () => {
  it('are taken in order, and only for a whole name', () => {
    const rules: readonly AutoAllocationRule[] = [
      { pattern: 'data-*', chunkSize: 1 },
      { pattern: 'data*', chunkSize: 2 },
      { pattern: '*', chunkSize: 3 },
    ];
    const chunkSize = (name: string) => matchingRule(rules, name)?.chunkSize;
    assert.deepEqual(['data-x', 'database', 'my-data-x'].map(chunkSize), [1, 2, 3]);
    assert.equal(matchingRule(rules.slice(0, 2), 'my-data-x'), undefined);
  });

  it('set how many ports there are', () => {
    assert.equal(found({ rules: [{ pattern: 'graf*', chunkSize: 25 }] }), '11510-11534');
    assert.equal(found({ rules: [{ pattern: 'prom*', chunkSize: 25 }] }), '11510-11519');
  });

  it('set the placement', () => {
    const rules = [{ pattern: 'graf*', placement: 'before' }] as const;
    const result = findRange(searchOf({ rules }));
    assert.ok(result.kind === 'found');
    assert.deepEqual([show(result.range), result.placement], ['11380-11389', 'before']);
  });

  it('set where the search begins, also below min_port', () => {
    assert.equal(found({ name: 'monitoring-prom' }), '9000-9019');
    assert.equal(found({ name: 'database-main' }), '5400-5404');
    // Between 9000-9019 and messaging, which begins at 9050, there is no room with gaps.
    const types = [...BUILT_IN, type('monitoring-prom', 9000, 9019)];
    assert.equal(found({ name: 'monitoring-alerts', types }), '9310-9329');
  });

  it('leave the placement to decide when nothing is left from there upwards', () => {
    const rules = [{ pattern: '*', preferredRangeStart: 49_150 }] as const;
    assert.equal(found({ rules }), '11510-11519');
    assert.equal(found({ rules, placement: 'before' }), '11380-11389');
  });

  it('cannot reach below the ports that anybody may open', () => {
    const rules = [{ pattern: '*', preferredRangeStart: 80 }] as const;
    assert.equal(found({ rules }), '1024-1033');
  });
});

describe('a found range', () => {
  it('touches others when gaps are not preserved', () => {
    assert.equal(found({ preserveGaps: false }), '11500-11509');
    assert.equal(found({ preserveGaps: false, placement: 'before' }), '11390-11399');
    assert.equal(found({ gapSize: 0 }), '11500-11509');
  });

  it('fits into a hole with exactly the gap on both sides, and into none with a port less', () => {
    const between = (last: number): Options => ({
      types: [type('low', 10_000, 10_099), type('high', last, 20_000)],
      placement: 'smart',
    });
    assert.equal(found(between(10_130)), '10110-10119');
    assert.equal(found(between(10_129)), '20011-20020');
  });

  for (const size of [1, 2, 3]) {
    it(`may have ${size} of ports`, () => {
      assert.equal(found({ chunkSize: size }), `11510-${11_509 + size}`);
      assert.equal(found({ chunkSize: size, placement: 'before' }), `${11_390 - size}-11389`);
      assert.equal(found({ chunkSize: size, placement: 'smart' }), `10000-${9_999 + size}`);
    });
  }

  it('has no port that browsers refuse', () => {
    assert.equal(found({ placement: 'smart', minPort: 10_075 }), '10081-10090');
  });

  it('has no port that the operating system hands out, but may come close', () => {
    const types = [type('last', 32_000, 32_747)];
    assert.equal(found({ types, ephemeral: LINUX }), '32758-32767');
    assert.equal(found({ types, ephemeral: LINUX, chunkSize: 11 }), '10000-10010');
    assert.equal(found({ minPort: 50_000, maxPort: 65_535, ephemeral: LINUX }), '61000-61009');
  });

  it('stays among the ports that Styxy gives, whatever the bounds say', () => {
    assert.equal(found({ types: [], minPort: 1, maxPort: 1100 }), '1024-1033');
    const types = [type('low', 65_000, 65_500)];
    assert.equal(found({ types, minPort: 65_000, chunkSize: 25, maxPort: 70_000 }), '65511-65535');
  });

  it('keeps the gap to ports of others out of it: one in the gap is in nobody’s way', () => {
    assert.equal(found({ occupied: [11_505, 11_520], reserved: [11_509] }), '11510-11519');
  });

  for (const placement of PLACEMENTS) {
    it(`is disjoint from the ranges of nine others, with full gaps (${placement})`, () => {
      const ranges = inTurn(TEN, { placement, ephemeral: LINUX });
      const all = [...BUILT_IN.map(({ range }) => range), ...ranges];
      for (const one of ranges) {
        for (const other of all.filter((each) => each !== one)) {
          assert.ok(apart(one, other, 10), `${show(one)} and ${show(other)}`);
        }
      }
    });
  }

  it('ten ranges in turn lie where the placement says', () => {
    const firsts = (placement: Placement) => inTurn(TEN, { placement }).map(({ first }) => first);
    const steps = TEN.map((_, index) => index * 20);
    assert.deepEqual(
      firsts('after'),
      steps.map((step) => 11_510 + step),
    );
    assert.deepEqual(
      firsts('before'),
      steps.map((step) => 11_380 - step),
    );
    // 10080 is for browsers to refuse; from there on everything is a port later.
    assert.deepEqual(
      firsts('smart'),
      steps.map((step) => 10_000 + step + (step < 80 ? 0 : 1)),
    );
  });

  it('takes few questions about single ports, also among many types', () => {
    const types = Array.from({ length: 200 }, (_, index) =>
      type(`shop-${index}`, 10_000 + 100 * index, 10_085 + 100 * index),
    );
    for (const placement of PLACEMENTS) {
      let asked = 0;
      const occupied = (): boolean => {
        asked += 1;
        return false;
      };
      const search = { ...searchOf({ name: 'shop-api', placement, types }), occupied };
      assert.equal(findRange(search).kind, 'found');
      assert.equal(asked, 10);
    }
  });
});

describe('no range at all', () => {
  const small = { types: [], minPort: 20_000, maxPort: 20_030 };

  it('says where it was looked for, and what to change', () => {
    const { kind, ...result } = findRange(searchOf({ ...small, chunkSize: 40 }));
    assert.equal(kind, 'none');
    assert.deepEqual(result, {
      chunkSize: 40,
      bounds: { first: 20_000, last: 20_030 },
      why:
        'there are fewer ports than that; ' +
        'move min_port and max_port apart, or make the chunk size smaller',
    });
  });

  it('names bounds among the ports that Styxy gives', () => {
    const types = [type('all', 1, 65_535)];
    const result = findRange(searchOf({ types, minPort: 1, maxPort: 70_000 }));
    assert.ok(result.kind === 'none');
    assert.deepEqual(result.bounds, { first: 1024, last: 65_535 });
  });

  it('is the gap’s doing when one fits without it', () => {
    const types = [type('mid', 20_012, 20_018)];
    assert.match(found({ ...small, types }), /^nothing there is 10 ports away .* make gap_size/);
    assert.match(found({ ...small, types, occupied: [20_005, 20_025] }), /^everything there is/);
  });

  it('is the operating system’s doing when one fits among its ports', () => {
    assert.match(
      found({ ...small, ephemeral: { first: 15_000, last: 25_000 } }),
      /^the operating system hands out 15000-25000 by itself; move min_port and max_port/,
    );
  });

  it('names the preferred start as the bound when it lies below min_port', () => {
    const rules = [{ pattern: '*', preferredRangeStart: 19_990 }];
    const types = [type('all', 19_000, 21_000)];
    const result = findRange(searchOf({ ...small, types, rules }));
    assert.ok(result.kind === 'none');
    assert.deepEqual(result.bounds, { first: 19_990, last: 20_030 });
    assert.match(result.why, /^everything there is taken; .* undo an auto-allocated type/);
  });
});

describe('families', () => {
  it('are known by the first word', () => {
    const families = ['grafana', 'Loki-2', 'pg_main', 'kafka.eu', 'ollama', 'ai', 'my-redis', 'x'];
    assert.deepEqual(families.map(familyOf), [
      ...['monitoring', 'monitoring', 'database', 'messaging', 'ai', 'ai', 'my', 'x'],
    ]);
    assert.equal(familyOf('constructor'), 'constructor');
  });

  it('have a catalogue type each', () => {
    for (const program of ['grafana', 'postgres', 'kafka', 'ollama']) {
      assert.ok(BUILT_IN_CATALOGUE.has(familyOf(program)), program);
    }
  });
});
