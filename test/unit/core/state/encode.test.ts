import assert from 'node:assert/strict';
import fc from 'fast-check';
import { invariants } from '../../../../src/core/state/invariants';
import { fromBody, toBody } from '../../../../src/core/state/encode';
import {
  ANSWERED_LIMIT,
  emptyState,
  HISTORY_LIMIT,
  MEMORY_LIMIT,
  type State,
} from '../../../../src/core/state/state';
import { A, B, Engine, participant } from '../allocation/support/engine';

/** A state with something of everything in it. */
function lived(): State {
  const engine = new Engine();
  engine.listen(3001, { pid: 12, command: 'node', cwd: '/x', startedAt: 5, workspace: B });
  engine.listen(3002, { pid: 13, command: 'vite', workspace: A });
  engine.port('dev');
  engine.connected.add('window-1');
  engine.caller = participant('run', { kind: 'cli' });
  engine.port('dev');
  engine.port('web', A, { serviceType: 'dev' });
  engine.port('dev', B);
  engine.move({ port: 3000 }, 5173);
  engine.release({ port: 5173 });
  engine.port('last', A, { serviceType: 'dev', port: 3001 });
  engine.port('rag', A, { serviceType: 'ai' });
  engine.port('rag', B, { serviceType: 'ai' });
  engine.port('grafana', A, { serviceType: 'grafana', planned: { port: 11_515 } });
  engine.port('jaeger', A, { serviceType: 'jaeger' });
  engine.release({ service: 'jaeger', workspace: A });
  engine.undo('jaeger', 'undo');
  const stamp = { at: 7, actor: '', by: 'leader' };
  engine.record([{ kind: 'configured', stamp, text: '{}' }]);
  return engine.state;
}

function body(): Record<string, unknown> {
  return JSON.parse(JSON.stringify(toBody(lived()))) as Record<string, unknown>;
}

function decoded(value: unknown): State {
  const read = fromBody(value);
  assert.ok(read.kind === 'state', JSON.stringify(read));
  assert.deepEqual(invariants(read.state), []);
  return read.state;
}

describe('the stored state', () => {
  it('is the same after writing and reading', () => {
    const state = lived();
    const again = decoded(JSON.parse(JSON.stringify(toBody(state))));
    assert.deepEqual(toBody(again), toBody(state));
    assert.deepEqual([...again.byPort.entries()], [...state.byPort.entries()]);
    assert.deepEqual([...again.byPair.entries()], [...state.byPair.entries()]);
    assert.deepEqual([...again.byGroup.entries()], [...state.byGroup.entries()]);
    assert.equal(again.byGroup.size, 1);
    assert.deepEqual(new Map(again.rememberedBy.entries()), new Map(state.rememberedBy.entries()));
  });

  it('is an empty state when nothing happened', () => {
    assert.deepEqual(toBody(decoded(toBody(emptyState()))), toBody(emptyState()));
  });

  it('keeps the mark of suspicion', () => {
    assert.equal(decoded({ ...body(), suspect: true }).needsResync, true);
  });

  it('keeps unknown fields of the body and of records', () => {
    const stored = body();
    const [first, ...others] = stored.allocations as Record<string, unknown>[];
    const allocations = [{ ...first, colour: 'blue' }, ...others];
    const again = toBody(decoded({ ...stored, allocations, ranges: [1, 2] }));
    assert.deepEqual((again as unknown as Record<string, unknown>).ranges, [1, 2]);
    assert.deepEqual(JSON.parse(JSON.stringify(again.allocations)), allocations);
  });

  it('never lets an unknown field stand in for a known one', () => {
    const state = { ...emptyState(), extra: { schema: 7, allocations: 'none' } };
    assert.equal(toBody(state).schema, 1);
    assert.deepEqual(toBody(state).allocations, []);
  });

  for (const schema of [2, 1_000]) {
    it(`a state of schema ${schema} is a newer version's, whatever else is in it`, () => {
      assert.deepEqual(fromBody({ schema }), { kind: 'newer' });
    });
  }

  const replaced = (list: string, index: number, change: object) => {
    const stored = body();
    const records = [...(stored[list] as object[])];
    records[index] = { ...records[index], ...change };
    return { ...stored, [list]: records };
  };
  const twice = (list: string, change: object) => {
    const stored = body();
    const records = stored[list] as object[];
    return { ...stored, [list]: [...records, { ...records[0], ...change }] };
  };
  const invalid: readonly (readonly [string, unknown, RegExp])[] = [
    ['nothing', undefined, /^body: /],
    ['null', null, /^body: /],
    ['an array', [], /^(body|schema): /],
    ['a string', 'state', /^body: /],
    ['no schema', { ...body(), schema: undefined }, /^schema: /],
    ['an old schema', { ...body(), schema: 0 }, /^schema: /],
    ['a schema in words', { ...body(), schema: '1' }, /^schema: /],
    ['a huge schema', { ...body(), schema: 1e300 }, /^schema: /],
    ['no suspicion', { ...body(), suspect: 'no' }, /^suspect: /],
    ['no list', { ...body(), memory: {} }, /^memory: /],
    [
      'a port out of range',
      replaced('allocations', 1, { port: 70_000 }),
      /^allocations\.1\.port: is not a port/,
    ],
    ['a port as a string', replaced('allocations', 0, { port: '3000' }), /^allocations\.0\.port: /],
    ['a bad name', replaced('allocations', 0, { service: '../x' }), /^allocations\.0\.service: /],
    ['a relative workspace', replaced('memory', 0, { workspace: 'x' }), /^memory\.0\.workspace: /],
    [
      'an unknown kind of holder',
      replaced('allocations', 0, { holders: [{ kind: 'ghost' }] }),
      /^allocations\.0\.holders\.0/,
    ],
    [
      'an answer that is none',
      replaced('answered', 0, { recorded: 'x' }),
      /^answered\.0\.recorded/,
    ],
    ['a time that is none', replaced('cooling', 0, { until: 'soon' }), /^cooling\.0\.until: /],
    ['a line of another kind', replaced('history', 0, { kind: 'x' }), /^history\.0\.kind: /],
    [
      'an id twice',
      twice('allocations', { port: 9_999, service: 'x' }),
      /^allocations\.5: has the same id as allocations\.0/,
    ],
    [
      'a port twice',
      twice('allocations', { id: 'x', service: 'x' }),
      /same port as allocations\.0/,
    ],
    ['a pair twice', twice('allocations', { id: 'x', port: 9_999 }), /same pair as allocations\.0/],
    [
      'a group twice',
      twice('allocations', { id: 'x', port: 9_999, service: 'x', group: 'ai/rag' }),
      /same group as allocations\./,
    ],
    ['a type twice', twice('types', {}), /^types\.1: has the same name as types\.0/],
    [
      'a range without an end',
      replaced('types', 0, { range: { first: 3000 } }),
      /^types\.0\.range/,
    ],
    ['an unknown placement', replaced('types', 0, { placement: 'x' }), /^types\.0\.placement/],
    ['a bad undone type', replaced('undone', 0, { name: '' }), /^undone\.0\.name/],
    ['a bad configuration', { ...body(), configuration: 'x' }, /^configuration/],
    ['a memory twice', twice('memory', { port: 9_999 }), /^memory\.\d: has the same pair/],
    ['a quarantine twice', twice('cooling', {}), /^cooling\.\d: has the same port/],
    ['a request twice', twice('answered', {}), /^answered\.\d+: has the same requestId/],
  ];
  for (const [name, value, where] of invalid) {
    it(`a state with ${name} is refused, and says where`, () => {
      const read = fromBody(value);
      assert.equal(read.kind, 'invalid');
      assert.match(read.kind === 'invalid' ? read.where : '', where);
    });
  }

  it('is refused in few words, however long what is wrong is', () => {
    const read = fromBody('x'.repeat(500_000));
    assert.ok(read.kind === 'invalid' && read.where.length < 500);
  });

  it('is refused with a number that could not be written again', () => {
    const text = JSON.stringify(body()).replace(/"pid":\d+/, '"pid":1e309');
    assert.match(text, /1e309/);
    assert.equal(fromBody(JSON.parse(text)).kind, 'invalid');
  });

  it('drops the oldest records beyond the limits', () => {
    const memory = Array.from({ length: MEMORY_LIMIT + 1 }, (_, index) => {
      return { workspace: A, service: `s${index}`, serviceType: 'dev', port: 3000, at: index };
    });
    const recorded = { kind: 'move', id: 'a', port: 3000, answer: { movedFrom: 3001 } };
    const answered = Array.from({ length: ANSWERED_LIMIT + 1 }, (_, index) => {
      return { requestId: `r${index}`, at: index, recorded };
    });
    const line = { port: 3000, kind: 'granted', service: 's', workspace: A, by: 'x' };
    const history = Array.from({ length: HISTORY_LIMIT + 1 }, (_, at) => ({ ...line, at }));
    const state = decoded({ ...body(), memory, answered, history });
    assert.equal(state.memory.firstKey(), `${A}\0s1`);
    assert.equal(state.answered.firstKey(), 'r1');
    assert.equal(state.history[0]?.at, 1);
  });

  it('never throws and never pollutes, whatever is read', () => {
    const text = JSON.stringify(body());
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(text.length - 1), fc.nat(255), (value, at, byte) => {
        fromBody(value);
        fromBody({ ...body(), allocations: value, extra: value });
        const damaged = `${text.slice(0, at)}${String.fromCharCode(byte)}${text.slice(at + 1)}`;
        try {
          fromBody(JSON.parse(damaged));
        } catch (error) {
          assert.ok(error instanceof SyntaxError);
        }
      }),
      { numRuns: 100 },
    );
    fromBody(JSON.parse(`{"__proto__":{"polluted":1},${text.slice(1)}`));
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
