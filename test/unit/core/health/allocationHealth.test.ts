import assert from 'node:assert/strict';
import type { HealthCounters, ListeningProcess } from '../../../../src/core/domain/model';
import type { HealthAnswer } from '../../../../src/core/host/interfaces';
import {
  countReleased,
  countLook,
  type Health,
  HEALTH_HISTORY_LIMIT,
  type HealthOutcome,
  type HealthSettings,
  NO_COUNTS,
  observe,
  type Look,
} from '../../../../src/core/health/allocationHealth';
import type { Ownership } from '../../../../src/core/health/ownership';

const SETTINGS: HealthSettings = { enabled: true, maxFailures: 3, cleanupStaleAllocations: true };
const SERVER: ListeningProcess = {
  pid: 7,
  startMark: '100',
  command: 'node server.js',
  workspace: '/a',
};
const OTHER: ListeningProcess = {
  pid: 8,
  startMark: '200',
  command: 'node other.js',
  workspace: '/b',
};
const WELL: HealthAnswer = { ok: true, status: 200, ms: 3 };
const UNWELL: HealthAnswer = { ok: false, reason: 'it answered 500' };
const INTRUDER = { kind: 'sibling', workspace: '/b', sameRepository: true } as const;

describe('the health of an allocation', () => {
  let health: Health | undefined;
  let counters: HealthCounters;
  let settings: HealthSettings;
  let now: number;
  let port: number;

  beforeEach(() => {
    health = undefined;
    counters = NO_COUNTS;
    settings = SETTINGS;
    now = 1_000;
    port = 3000;
  });

  function look(sight: Partial<Look>): HealthOutcome {
    now += 1_000;
    const whole: Look = {
      kind: 'check',
      at: now,
      listener: { kind: 'none' },
      held: true,
      ...sight,
    };
    const outcome = observe(health, whole, port, settings);
    health = outcome.health;
    counters = countLook(counters, whole, outcome);
    return outcome;
  }

  const nobody = (more: Partial<Look> = {}) => look(more);
  const orphan = (more: Partial<Look> = {}) => look({ held: false, ...more });
  const unchanged = (more: Partial<Look> = {}) =>
    look({ listener: { kind: 'unchanged' }, ...more });
  const listens = (
    process = SERVER,
    ownership: Ownership = { kind: 'own' },
    more: Partial<Look> = {},
  ) => look({ listener: { kind: 'listener', process, ownership }, ...more });
  const intrudes = (process = OTHER, more: Partial<Look> = {}) => listens(process, INTRUDER, more);

  const state = (): string | undefined => health?.observation.state;

  describe('its states', () => {
    it('reserved until somebody listens, down when nobody does any more', () => {
      const first = nobody();
      assert.equal(state(), 'reserved');
      assert.ok(!first.changed);
      assert.ok(listens().changed);
      assert.equal(state(), 'listening');
      assert.deepEqual(health?.observation.process, SERVER);
      assert.equal(health?.listenedAt, now);
      assert.ok(!listens().changed);
      assert.ok(nobody().changed);
      assert.deepEqual(health?.observation, { state: 'down' });
      assert.ok(!nobody().changed);
      assert.equal(health?.listenedAt, now - 2_000);
    });

    it('listening with an owner that nobody can tell', () => {
      look({ listener: { kind: 'listener', ownership: { kind: 'unknown' } } });
      assert.deepEqual(health?.observation, { state: 'listening' });
      nobody();
      assert.equal(state(), 'down');
    });

    it('conflict with a proven stranger, who leaves no trace of having listened', () => {
      assert.ok(intrudes().changed);
      assert.deepEqual(health?.observation, {
        state: 'conflict',
        process: OTHER,
        intruder: INTRUDER,
      });
      nobody();
      assert.equal(state(), 'reserved');
      listens();
      intrudes();
      nobody();
      assert.equal(state(), 'down');
    });

    it('conflict also when nobody holds it', () => {
      intrudes(OTHER, { held: false });
      assert.equal(state(), 'conflict');
    });

    it('orphaned without holder and listener, until there is one', () => {
      orphan();
      assert.equal(state(), 'orphaned');
      nobody();
      assert.equal(state(), 'reserved');
      orphan();
      listens(SERVER, { kind: 'unknown' }, { held: false });
      assert.equal(state(), 'listening');
      orphan();
      nobody();
      assert.equal(state(), 'down');
    });

    it('stays as it was when only a listener was seen, and not whose', () => {
      listens();
      assert.ok(!unchanged().changed);
      assert.deepEqual(health?.observation.process, SERVER);
      intrudes();
      const glance = unchanged({ kind: 'glance' });
      assert.ok(!glance.changed && glance.effect === undefined);
      assert.equal(state(), 'conflict');
      nobody();
      unchanged();
      assert.deepEqual(health?.observation, { state: 'listening' });
    });

    it('changes with the process, and not with the clock', () => {
      listens();
      const dated = { ...SERVER, startedAt: 5 };
      assert.ok(!listens(dated).changed);
      assert.ok(!listens({ ...SERVER, startedAt: 9 }).changed);
      assert.ok(listens({ ...SERVER, startMark: '101' }).changed);
      assert.ok(listens({ ...SERVER, startMark: '101', workspace: '/c' }).changed);
    });

    it('changes when an intruder turns out to be another’s', () => {
      intrudes();
      const found = { kind: 'stranger', workspace: '/b' } as const;
      const outcome = listens(OTHER, found);
      assert.ok(outcome.changed && outcome.effect === undefined);
      assert.deepEqual(health?.observation.intruder, found);
      assert.ok(listens(OTHER, { kind: 'own' }).changed);
      assert.equal(state(), 'listening');
    });

    it('begins anew on another port', () => {
      listens();
      orphan();
      orphan();
      port = 3001;
      const outcome = orphan();
      assert.equal(outcome.effect, undefined);
      assert.equal(health?.orphaned, 1);
      assert.equal(health?.history.length, 1);
      nobody();
      assert.equal(state(), 'reserved');
    });
  });

  describe('the health check of its plan', () => {
    it('shows in what listens, with how often it failed', () => {
      listens(SERVER, { kind: 'own' }, { answer: WELL });
      assert.deepEqual(health?.observation.health, { ok: true });
      const first = unchanged({ answer: UNWELL });
      assert.ok(first.changed);
      assert.equal(state(), 'listening');
      assert.deepEqual(health?.observation.health, { ...UNWELL, failures: 1 });
      const second = unchanged({ answer: UNWELL });
      assert.ok(!second.changed);
      assert.deepEqual(health?.observation.health, { ...UNWELL, failures: 2 });
      assert.ok(unchanged({ answer: { ok: false, reason: 'it answered 404' } }).changed);
      assert.ok(unchanged({ answer: WELL }).changed);
      unchanged({ answer: UNWELL });
      assert.deepEqual(health?.observation.health, { ...UNWELL, failures: 1 });
    });

    it('releases nothing, however often it fails and whoever holds it', () => {
      for (let round = 0; round < 10; round++) {
        const sight: Partial<Look> = { held: false, answer: UNWELL };
        assert.equal(listens(SERVER, { kind: 'own' }, sight).effect, undefined);
      }
    });

    it('is kept between the checks, and forgotten by a check without one', () => {
      listens(SERVER, { kind: 'own' }, { answer: UNWELL });
      assert.ok(!unchanged({ kind: 'glance' }).changed);
      assert.deepEqual(health?.observation.health, { ...UNWELL, failures: 1 });
      assert.ok(unchanged().changed);
      assert.equal(health?.observation.health, undefined);
    });

    it('is another process’s after a restart', () => {
      listens(SERVER, { kind: 'own' }, { answer: UNWELL });
      listens({ ...SERVER, pid: 9 }, { kind: 'own' }, { kind: 'glance' });
      assert.equal(health?.observation.health, undefined);
      listens({ ...SERVER, pid: 9 }, { kind: 'own' }, { answer: UNWELL });
      assert.deepEqual(health?.observation.health, { ...UNWELL, failures: 1 });
    });

    it('is not asked of a stranger, nor of nobody', () => {
      intrudes(OTHER, { answer: WELL });
      assert.equal(health?.observation.health, undefined);
      nobody({ answer: UNWELL });
      assert.equal(health?.observation.health, undefined);
    });
  });

  describe('an orphan', () => {
    const release = (checks: number) => ({ kind: 'release', checks });

    it('is to be released after max_failures checks in a row, and again until it is', () => {
      const effects = [1, 2, 3, 4].map(() => orphan().effect);
      assert.deepEqual(effects, [undefined, undefined, release(3), release(4)]);
    });

    it('is to be released at the first check when that is enough', () => {
      settings = { ...SETTINGS, maxFailures: 1 };
      assert.deepEqual(orphan().effect, release(1));
    });

    it('is not hurried by the looks in between', () => {
      for (let round = 0; round < 10; round++) {
        assert.equal(orphan({ kind: 'glance' }).effect, undefined);
      }
      assert.equal(health?.orphaned, 0);
      orphan();
      orphan();
      assert.deepEqual(orphan().effect, release(3));
      assert.equal(orphan({ kind: 'glance' }).effect, undefined);
    });

    for (const [name, interrupt] of [
      ['a holder', () => nobody()],
      ['a holder between two checks', () => nobody({ kind: 'glance' })],
      ['a listener', () => listens(SERVER, { kind: 'unknown' }, { held: false })],
      ['a stranger', () => intrudes(OTHER, { held: false })],
      ['a listener between two checks', () => unchanged({ kind: 'glance', held: false })],
    ] as const) {
      it(`begins anew after ${name}`, () => {
        orphan();
        orphan();
        interrupt();
        assert.equal(health?.orphaned, 0);
        const effects = [1, 2, 3].map(() => orphan().effect?.kind);
        assert.deepEqual(effects, [undefined, undefined, 'release']);
      });
    }

    for (const off of [{ enabled: false }, { cleanupStaleAllocations: false }]) {
      it(`is kept with ${JSON.stringify(off)}`, () => {
        settings = { ...SETTINGS, ...off };
        for (let round = 0; round < 5; round++) {
          assert.equal(orphan().effect, undefined);
        }
        assert.equal(state(), 'orphaned');
      });
    }
  });

  describe('a conflict is announced', () => {
    const announcement = (process = OTHER) => {
      return { kind: 'announce-conflict', intruder: INTRUDER, process };
    };

    it('once, and again for another process', () => {
      assert.deepEqual(intrudes().effect, announcement());
      assert.equal(intrudes().effect, undefined);
      const next = { ...OTHER, pid: 9 };
      assert.deepEqual(intrudes(next).effect, announcement(next));
      const reused = { ...next, startMark: '201' };
      assert.deepEqual(intrudes(reused).effect, announcement(reused));
      assert.equal(intrudes(reused).effect, undefined);
    });

    it('is not announced again when the same process comes back, whatever the clock says', () => {
      intrudes();
      nobody();
      listens();
      const back = intrudes({ ...OTHER, workspace: '/b' });
      assert.ok(back.changed);
      assert.equal(back.effect, undefined);
    });

    it('is announced at a look between two checks, too', () => {
      assert.deepEqual(intrudes(OTHER, { kind: 'glance' }).effect, announcement());
    });

    it('is announced when health monitoring is on again, not while it is off', () => {
      settings = { ...SETTINGS, enabled: false };
      assert.equal(intrudes().effect, undefined);
      assert.equal(state(), 'conflict');
      settings = SETTINGS;
      assert.deepEqual(intrudes().effect, announcement());
    });
  });

  describe('its history', () => {
    it('says when, what and why', () => {
      nobody();
      listens();
      unchanged({ answer: UNWELL });
      intrudes();
      orphan();
      assert.deepEqual(health?.history, [
        { at: 2_000, state: 'reserved', reason: 'nobody listens' },
        { at: 3_000, state: 'listening', reason: 'node server.js (pid 7, in /a)' },
        { at: 4_000, state: 'listening', reason: 'it answered 500' },
        {
          at: 5_000,
          state: 'conflict',
          reason: 'node other.js (pid 8, in /b), from another checkout of the same repository',
        },
        {
          at: 6_000,
          state: 'orphaned',
          reason: 'nobody holds it, nobody listens: check 1 of 3',
        },
      ]);
      listens(OTHER, { kind: 'stranger' });
      assert.match(health?.history.at(-1)?.reason ?? '', /, which was there before the alloc/);
      listens(OTHER, { kind: 'stranger', workspace: '/b' });
      assert.match(health?.history.at(-1)?.reason ?? '', /, from another workspace$/);
      listens(OTHER, { ...INTRUDER, sameRepository: false });
      assert.match(health?.history.at(-1)?.reason ?? '', /, from another workspace$/);
    });

    it('has the last ones, each check one', () => {
      for (let round = 0; round < HEALTH_HISTORY_LIMIT + 5; round++) {
        nobody();
      }
      const history = health?.history ?? [];
      assert.equal(history.length, HEALTH_HISTORY_LIMIT);
      assert.equal(history.at(-1)?.at, now);
      assert.equal(history[0]?.at, now - (HEALTH_HISTORY_LIMIT - 1) * 1_000);
    });

    it('has of the looks in between only those that changed something', () => {
      nobody({ kind: 'glance' });
      listens(SERVER, { kind: 'own' }, { kind: 'glance' });
      unchanged({ kind: 'glance' });
      assert.deepEqual(
        health?.history.map(({ state }) => state),
        ['listening'],
      );
    });
  });

  it('is counted for doctor', () => {
    nobody();
    nobody({ kind: 'glance' });
    listens(SERVER, { kind: 'own' }, { answer: UNWELL });
    unchanged({ answer: WELL });
    intrudes();
    intrudes();
    orphan({ kind: 'glance' });
    orphan();
    assert.deepEqual(counters, { checks: 6, failures: 4, conflicts: 1, released: 0 });
    assert.deepEqual(countReleased(counters, 2), { ...counters, released: 2 });
  });
});
