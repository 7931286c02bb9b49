import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PersistentMap } from '../../../../src/core/state/persistentMap';

type Step = readonly ['set', number, string] | readonly ['delete', number];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('set' as const), fc.nat(120), fc.string()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('delete' as const), fc.nat(120)) },
);

function change(table: PersistentMap<number, string>, step: Step): PersistentMap<number, string> {
  return step[0] === 'set' ? table.set(step[1], step[2]) : table.delete(step[1]);
}

/** A Map in which a key that is set again comes last. */
function changeMap(map: Map<number, string>, step: Step): void {
  map.delete(step[1]);
  if (step[0] === 'set') {
    map.set(step[1], step[2]);
  }
}

function assertSame(table: PersistentMap<number, string>, map: ReadonlyMap<number, string>): void {
  assert.equal(table.size, map.size);
  assert.deepEqual([...table.entries()], [...map.entries()]);
  assert.deepEqual([...table.keys()], [...map.keys()]);
  assert.deepEqual([...table.values()], [...map.values()]);
  assert.equal(table.firstKey(), [...map.keys()][0]);
  for (let key = 0; key <= 120; key += 1) {
    assert.equal(table.get(key), map.get(key));
    assert.equal(table.has(key), map.has(key));
  }
}

describe('Table', () => {
  it('does what a Map does, over merges of its overlay', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        let table = PersistentMap.empty<number, string>();
        const map = new Map<number, string>();
        for (const each of steps) {
          table = change(table, each);
          changeMap(map, each);
        }
        assertSame(table, map);
      }),
      { numRuns: 60 },
    );
  });

  it('never changes an earlier version', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 250 }), (steps) => {
        const versions: [PersistentMap<number, string>, Map<number, string>][] = [];
        let table = PersistentMap.empty<number, string>();
        const map = new Map<number, string>();
        for (const each of steps) {
          table = change(table, each);
          changeMap(map, each);
          versions.push([table, new Map(map)]);
        }
        for (const [version, expected] of versions) {
          assert.deepEqual([...version.entries()], [...expected.entries()]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('is made of entries, the last of a key counting', () => {
    const table = PersistentMap.from([
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const);
    assert.deepEqual(
      [...table.entries()],
      [
        ['b', 2],
        ['a', 3],
      ],
    );
  });

  it('is the same table when there is nothing to delete', () => {
    const table = PersistentMap.empty<string, number>().set('a', 1);
    assert.equal(table.delete('b'), table);
    assert.equal(table.delete('a').delete('a').size, 0);
    assert.equal(PersistentMap.empty<string, number>().firstKey(), undefined);
  });

  it('takes a constant number of steps for a change, amortised', () => {
    const filled = PersistentMap.from(
      Array.from({ length: 4_000 }, (_, index) => [index, index] as const),
    );
    let steps = 0;
    const counted = new Proxy(Map, {
      construct: (target, [source]: [Map<unknown, unknown>?]) => {
        steps += source?.size ?? 0;
        return new target(source ?? []);
      },
    });
    const original = globalThis.Map;
    globalThis.Map = counted;
    try {
      let table = filled;
      for (let key = 4_000; key < 5_000; key += 1) {
        table = table.set(key, key).delete(key - 4_000);
      }
      assert.equal(table.size, 4_000);
    } finally {
      globalThis.Map = original;
    }
    // 4,000 / 65 for the merges, at most 65 twice for the overlay.
    assert.ok(steps / 1_000 < 250, `${steps / 1_000} entries copied a change`);
  });
});
