import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { StateEvent } from '../../../../src/core/state/events';
import { invariants } from '../../../../src/core/state/invariants';
import type { Allocation } from '../../../../src/core/domain/model';
import { apply } from '../../../../src/core/state/apply';
import {
  allocationOf,
  ANSWERED_LIMIT,
  emptyState,
  HISTORY_LIMIT,
  historyOf,
  listAllocations,
  MEMORY_LIMIT,
  needingResync,
  type State,
} from '../../../../src/core/state/state';
import { PersistentMap } from '../../../../src/core/state/persistentMap';
import { A, B, Engine } from '../allocation/support/engine';

const stamp = { at: 1_000, actor: 'window-1', by: 'shop' };

function allocation(id: string, port: number, service = id, workspace = A): Allocation {
  return { id, port, serviceType: 'dev', service, workspace, holders: [], allocatedAt: 1_000 };
}

function grant(id: string, port: number, service = id, workspace = A): StateEvent {
  return { kind: 'granted', stamp, allocation: allocation(id, port, service, workspace) };
}

function release(id: string, at = 1_000, coolUntil = at + 30_000) {
  return { kind: 'released', stamp: { ...stamp, at }, id, coolUntil } as const;
}

function replay(events: readonly StateEvent[], from: State = emptyState()): State {
  const state = events.reduce(apply, from);
  assert.deepEqual(invariants(state), []);
  return state;
}

describe('apply', () => {
  it('leaves the state before an event as it was', () => {
    const before = replay([grant('a', 3000)]);
    const after = apply(before, release('a'));
    assert.equal(before.allocations.size, 1);
    assert.equal(before.cooling.size, 0);
    assert.equal(after.allocations.size, 0);
  });

  it('records history with who, when and why', () => {
    const moved: StateEvent = {
      kind: 'moved',
      stamp: { ...stamp, at: 2_000 },
      id: 'a',
      from: 3000,
      to: 5173,
      coolUntil: 32_000,
      note: 'somebody else listened',
    };
    const state = replay([grant('a', 3000), moved, { ...release('a', 3_000), note: 'orphaned' }]);
    const who = { service: 'a', workspace: A, by: 'shop' };
    assert.deepEqual(historyOf(state, 3000), [
      { at: 1_000, port: 3000, kind: 'granted', ...who },
      { at: 2_000, port: 3000, kind: 'moved-from', ...who, note: 'somebody else listened' },
    ]);
    assert.deepEqual(historyOf(state, 5173), [
      { at: 2_000, port: 5173, kind: 'moved-to', ...who, note: 'somebody else listened' },
      { at: 3_000, port: 5173, kind: 'released', ...who, note: 'orphaned' },
    ]);
  });

  it('finds allocations by pair and lists them by port', () => {
    const state = replay([grant('b', 3001), grant('a', 3000)]);
    assert.equal(allocationOf(state, A, 'b')?.port, 3001);
    assert.equal(allocationOf(state, B, 'b'), undefined);
    assert.deepEqual(
      listAllocations(state).map(({ id }) => id),
      ['a', 'b'],
    );
  });

  it('keeps track of which pairs remember a port', () => {
    let state = replay([grant('a', 3000), release('a'), grant('b', 3000), release('b')]);
    assert.deepEqual(state.rememberedBy.get(3000), [`${A}\0a`, `${A}\0b`]);
    state = replay([grant('a2', 3001, 'a')], state);
    assert.deepEqual(state.rememberedBy.get(3000), [`${A}\0b`]);
    state = replay([grant('b2', 3002, 'b')], state);
    assert.equal(state.rememberedBy.has(3000), false);
  });

  it(`remembers ${MEMORY_LIMIT} pairs, and forgets the oldest`, () => {
    const events = Array.from({ length: MEMORY_LIMIT + 2 }, (_, index) =>
      grant(`s${index}`, 20_000 + index),
    );
    const state = replay([...events, release('s2'), grant('new', 30_000)]);
    assert.equal(state.memory.size, MEMORY_LIMIT);
    const kept = [0, 1, 2, 3, 4].map((index) => state.memory.has(`${A}\0s${index}`));
    assert.deepEqual(kept, [false, false, true, false, true]);
  });

  it('remembers a released pair even if its memory had gone', () => {
    const events = Array.from({ length: MEMORY_LIMIT + 1 }, (_, index) =>
      grant(`s${index}`, 20_000 + index),
    );
    const state = replay([...events, release('s0')]);
    assert.equal(state.memory.get(`${A}\0s0`)?.port, 20_000);
  });

  it('forgets a quarantine once it has ended', () => {
    const state = replay([
      grant('a', 3000),
      grant('b', 3001),
      grant('c', 3002),
      release('a', 1_000),
      release('b', 20_000),
      release('c', 31_000),
    ]);
    assert.deepEqual([...state.cooling.keys()], [3001, 3002]);
  });

  it('ends a quarantine when the port is given', () => {
    assert.equal(replay([grant('a', 3000), release('a'), grant('b', 3000)]).cooling.size, 0);
  });

  it('takes a quarantine of no length', () => {
    assert.equal(replay([grant('a', 3000), release('a', 1_000, 1_000)]).cooling.size, 0);
  });

  it(`keeps the last ${ANSWERED_LIMIT} answers and ${HISTORY_LIMIT} lines of history`, () => {
    const engine = new Engine();
    const answered = Array.from({ length: ANSWERED_LIMIT + 10 }, (_, index): StateEvent => ({
      kind: 'answered',
      requestId: `r${index}`,
      at: index,
      recorded: { kind: 'move', id: 'a', port: 3000, answer: { movedFrom: 3001 } },
    }));
    engine.state = replay(answered, engine.state);
    assert.equal(engine.state.answered.size, ANSWERED_LIMIT);
    assert.equal(engine.state.answered.firstKey(), 'r10');
    for (let index = 0; index < HISTORY_LIMIT; index += 1) {
      engine.state = replay([grant('a', 3000 + index), release('a')], engine.state);
    }
    assert.equal(engine.state.history.length, HISTORY_LIMIT);
    assert.equal(historyOf(engine.state, 3000 + HISTORY_LIMIT - 1).length, 2);
    assert.equal(historyOf(engine.state, 3000).length, 0);
  });

  it('ends suspicion with a trusted event only', () => {
    let state = needingResync(emptyState());
    state = replay([grant('a', 3000)], state);
    assert.equal(state.needsResync, true);
    assert.equal(replay([{ kind: 'trusted', stamp }], state).needsResync, false);
  });

  const impossible: readonly (readonly [string, StateEvent])[] = [
    ['a port given twice', grant('b', 3000)],
    ['an id given twice', grant('a', 3001, 'other')],
    ['a pair given twice', grant('b', 3001, 'a')],
    ['the release of an unknown id', release('x')],
    ['a join of an unknown id', { kind: 'joined', stamp, id: 'x', holder: holder(), replaces: [] }],
    ['a move from another port', moved('a', 3001, 5000)],
    ['a move to a given port', moved('a', 3000, 3005)],
  ];
  for (const [name, event] of impossible) {
    it(`refuses ${name}`, () => {
      const state = replay([grant('a', 3000), grant('c', 3005)]);
      assert.throws(
        () => apply(state, event),
        (error) => error instanceof StyxyError && error.code === 'storage_corrupt',
      );
    });
  }
});

describe('invariants', () => {
  const good = replay([grant('a', 3000), grant('b', 3001), release('b')]);
  const twoOnOne = good.allocations.set('z', allocation('z', 3000));
  const broken: readonly (readonly [string, Partial<State>, RegExp])[] = [
    ['two allocations on a port', { allocations: twoOnOne }, /share a port/],
    [
      'two allocations of a pair',
      { allocations: twoOnOne },
      /"z" in \/home\/me\/a does not lead to z/,
    ],
    ['a lost index of ports', { byPort: PersistentMap.empty() }, /port 3000 does not lead to a/],
    [
      'a lost index of pairs',
      { byPair: PersistentMap.empty() },
      /"a" in \/home\/me\/a does not lead to a/,
    ],
    [
      'a lost index of memory',
      { rememberedBy: PersistentMap.empty() },
      /memory and its index differ/,
    ],
    [
      'memory of another port',
      { rememberedBy: good.rememberedBy.set(9, [`${A}\0a`]) },
      /port 9 is not remembered/,
    ],
    [
      'an allocated port that cools',
      { cooling: good.cooling.set(3000, { port: 3000, until: 1, pair: 'x' }) },
      /allocated and cools/,
    ],
    [
      'an allocation under another id',
      { allocations: PersistentMap.from([['q', allocation('a', 3000)]]) },
      /filed as q/,
    ],
    [
      'a port out of range',
      { allocations: PersistentMap.from([['a', allocation('a', 80)]]) },
      /has port 80/,
    ],
  ];
  for (const [name, change, problem] of broken) {
    it(`notice ${name}`, () => {
      assert.match(invariants({ ...good, ...change }).join('\n'), problem);
    });
  }
});

function holder() {
  return { participant: 'p', kind: 'cli', label: 'l', pid: 1, since: 0 } as const;
}

function moved(id: string, from: number, to: number): StateEvent {
  return { kind: 'moved', stamp, id, from, to, coolUntil: 0 };
}
