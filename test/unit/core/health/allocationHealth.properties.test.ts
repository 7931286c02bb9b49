import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HealthAnswer } from '../../../../src/core/host/interfaces';
import {
  HEALTH_HISTORY_LIMIT,
  observe,
  type Health,
  type HealthEffect,
  type Look,
} from '../../../../src/core/health/allocationHealth';
import type { Ownership } from '../../../../src/core/health/ownership';

const process = fc.record({
  pid: fc.constantFrom(7, 8),
  startMark: fc.constantFrom('100', '200'),
  startedAt: fc.integer({ min: 0, max: 1e12 }),
});

const ownership = fc.constantFrom<Ownership>(
  { kind: 'own' },
  { kind: 'unknown' },
  { kind: 'stranger' },
  { kind: 'sibling', workspace: '/b', sameRepository: true },
);

const answer = fc.constantFrom<HealthAnswer>(
  { ok: true, status: 200, ms: 1 },
  { ok: false, reason: 'it answered 500' },
);

const listener = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'none' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'unchanged' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('listener' as const), process, ownership }),
  },
);

/** The clock goes where it likes. */
const sight: fc.Arbitrary<Look> = fc.record(
  {
    kind: fc.constantFrom('check' as const, 'check' as const, 'glance' as const),
    at: fc.integer(),
    listener,
    held: fc.boolean(),
    answer,
  },
  { requiredKeys: ['kind', 'at', 'listener', 'held'] },
);

const settings = fc.record({
  enabled: fc.constantFrom(true, true, false),
  maxFailures: fc.integer({ min: 1, max: 4 }),
  cleanupStaleAllocations: fc.constantFrom(true, true, false),
});

const isOrphan = ({ listener, held }: Look): boolean => listener.kind === 'none' && !held;

describe('the health of an allocation over random sights', () => {
  it('releases exactly what was orphaned for so many checks in a row, and nothing else', () => {
    let released = 0;
    fc.assert(
      fc.property(fc.array(sight, { maxLength: 30 }), settings, (sights, rules) => {
        let health: Health | undefined;
        sights.forEach((each, index) => {
          const outcome = observe(health, each, 3000, rules);
          health = outcome.health;
          const broken = sights.slice(0, index + 1).findLastIndex((other) => !isOrphan(other));
          const row = sights.slice(broken + 1, index + 1).filter(({ kind }) => kind === 'check');
          const due =
            rules.enabled &&
            rules.cleanupStaleAllocations &&
            each.kind === 'check' &&
            isOrphan(each) &&
            row.length >= rules.maxFailures;
          assert.equal(outcome.effect?.kind === 'release', due);
          released += due ? 1 : 0;
        });
      }),
      { numRuns: 1500 },
    );
    assert.ok(released > 50, `only ${released} releases`);
  });

  it('announces each intruder once in a row, and only intruders', () => {
    let announced = 0;
    fc.assert(
      fc.property(fc.array(sight, { maxLength: 30 }), settings, (sights, rules) => {
        let health: Health | undefined;
        let last: string | undefined;
        for (const each of sights) {
          const { effect, ...outcome } = observe(health, each, 3000, rules);
          health = outcome.health;
          const expected = intruderOf(each);
          const news = rules.enabled && expected !== undefined && expected !== last;
          assert.equal(effect?.kind === 'announce-conflict', news);
          last = news ? expected : last;
          announced += news ? 1 : 0;
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(announced > 50, `only ${announced} announcements`);
  });

  it('says what is seen, keeps its history short, and tells of every change', () => {
    fc.assert(
      fc.property(fc.array(sight, { maxLength: 60, size: 'max' }), settings, (sights, rules) => {
        let health: Health | undefined;
        let checks = 0;
        for (const each of sights) {
          const before = health?.observation ?? { state: 'reserved' };
          const outcome: { health: Health; changed: boolean; effect?: HealthEffect } = observe(
            health,
            each,
            3000,
            rules,
          );
          health = outcome.health;
          checks += each.kind === 'check' ? 1 : 0;
          const { state } = health.observation;
          assert.equal(state === 'orphaned', isOrphan(each));
          assert.equal(
            state === 'listening' || state === 'conflict',
            each.listener.kind !== 'none',
          );
          if (intruderOf(each) !== undefined) {
            assert.equal(state, 'conflict');
          }
          assert.ok(outcome.changed || before.state === state);
          assert.ok(health.history.length <= HEALTH_HISTORY_LIMIT);
          assert.ok(health.history.length >= Math.min(checks, HEALTH_HISTORY_LIMIT));
          assert.equal(health.observation.health !== undefined && state !== 'listening', false);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Names the process of an intruder that was looked up. */
function intruderOf({ listener }: Look): string | undefined {
  return listener.kind === 'listener' &&
    (listener.ownership.kind === 'sibling' || listener.ownership.kind === 'stranger')
    ? `${listener.process?.pid}/${listener.process?.startMark}`
    : undefined;
}
