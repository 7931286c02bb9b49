import assert from 'node:assert/strict';
import fc from 'fast-check';
import { catalogueOf, type ServiceType } from '../../../../src/core/domain/catalogue';
import { invariants } from '../../../../src/core/state/invariants';
import { apply } from '../../../../src/core/state/apply';
import { fromBody, toBody } from '../../../../src/core/state/encode';
import { emptyState, listAllocations } from '../../../../src/core/state/state';
import { type Rules } from '../../../../src/core/allocation/rules';
import { Engine, granted, participant, type Outcome } from './support/engine';
import { Model, type Listener } from './support/model';
import { DEFAULT_RULES } from './support/rules';

function type(
  name: string,
  first: number,
  last: number,
  preferred: readonly number[],
): ServiceType {
  return {
    name,
    range: { first, last },
    preferred,
    instanceBehavior: 'multi',
    protocol: 'http',
    description: 'few ports, so that requests meet',
    examples: [],
    origin: 'configured',
  };
}

/** Few ports; some are refused by browsers (6665-6669), some reserved, some preferred and both. */
const TINY = type('tiny', 7000, 7004, [7002, 7003]);
const CHAT = type('chat', 6663, 6671, [6667, 6670]);
const RESERVED = new Map([
  [7001, 'the printer'],
  [6670, 'the scanner'],
]);
const RULES: Rules = {
  ...DEFAULT_RULES,
  catalogue: catalogueOf([TINY, CHAT]),
  reservations: RESERVED,
};

const WORKSPACES = ['/a', '/b', '/c'];

const workspace = fc.constantFrom(...WORKSPACES);
const pair = fc.record({
  workspace,
  service: fc.constantFrom('s1', 's2', 's3', 's4'),
  type: fc.constantFrom(TINY, CHAT),
});
const port = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 6999, max: 7005 }) },
  { weight: 4, arbitrary: fc.integer({ min: 6663, max: 6671 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1024, max: 65_535 }) },
);

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('allocate' as const),
      pair,
      port: fc.option(port, { nil: undefined, freq: 2 }),
      exact: fc.boolean(),
      again: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('release' as const), port }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('move' as const), from: port, to: port }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('listen' as const),
      port,
      owner: fc.option(workspace, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('quiet' as const), port }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40_000) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), workspace }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('caller' as const), number: fc.nat(3) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

/** The engine and the model of it, fed with the same steps and compared after each. */
class Run {
  readonly engine = new Engine();
  private readonly listeners = new Map<number, Listener>();
  private readonly model = new Model(
    new Set(RESERVED.keys()),
    this.listeners,
    this.engine.goneFolders,
  );
  private requests = 0;
  /** Outcomes by kind, to see that the steps reach everything. */
  readonly seen = new Set<string>();

  constructor() {
    this.engine.rules = RULES;
  }

  take(each: Step): void {
    const { engine, listeners } = this;
    switch (each.kind) {
      case 'allocate':
        this.allocate(each);
        break;
      case 'release':
        this.release(each.port);
        break;
      case 'move':
        this.move(each.from, each.to);
        break;
      case 'listen':
        listeners.set(each.port, each.owner === undefined ? {} : { workspace: each.owner });
        engine.listen(each.port, each.owner === undefined ? { pid: 1 } : { workspace: each.owner });
        break;
      case 'quiet':
        listeners.delete(each.port);
        engine.machine.delete(each.port);
        break;
      case 'wait':
        engine.now += each.ms;
        break;
      case 'delete':
        engine.goneFolders.add(each.workspace);
        break;
      case 'caller':
        engine.caller = participant(`window-${each.number}`);
        break;
    }
    assert.deepEqual(invariants(engine.state), []);
    const held = [...this.model.held].sort(([a], [b]) => a - b);
    assert.deepEqual(
      listAllocations(engine.state).map((one) => [one.port, `${one.workspace} ${one.service}`]),
      held,
    );
  }

  private allocate({
    pair: { workspace, service, type },
    port,
    ...more
  }: Extract<Step, { kind: 'allocate' }>): void {
    const { engine, model } = this;
    const exact = more.exact && port !== undefined;
    const key = `${workspace} ${service}`;
    const present = model.portOf(key);
    const refusesOther = exact && present !== undefined && present !== port;
    const expected = refusesOther
      ? 'port_in_use'
      : (present ?? model.choose({ workspace, service, type, port, exact }, engine.now));
    const request = {
      workspace,
      service,
      serviceType: type.name,
      requestId: `r${(this.requests += 1)}`,
      exact,
      ...(port === undefined ? {} : { port }),
    };
    const outcome = engine.allocate(request);
    this.note('allocate', outcome);
    if (outcome.kind === 'refuse') {
      assert.equal(outcome.error.code, expected, outcome.error.message);
      return;
    }
    const { allocation, existing, attempts, movedFrom } = outcome.answer;
    assert.equal(allocation.port, expected);
    assert.equal(existing, present !== undefined);
    assert.equal(attempts, outcome.probed.indexOf(allocation.port) + 1);
    assert.notEqual(movedFrom, allocation.port);
    if (!existing) {
      assert.ok(model.mayBeGiven(allocation.port) && model.isFree(allocation.port, workspace));
      model.give(key, allocation.port);
    }
    if (more.again) {
      this.askAgain(request, outcome);
    }
  }

  /** The same request with the same id, and with another. */
  private askAgain(
    request: Parameters<Engine['allocate']>[0],
    first: Outcome<{ allocation: object }>,
  ): void {
    const { engine } = this;
    const events = engine.log.length;
    const state = engine.state;
    assert.deepEqual(granted(engine.allocate(request)), granted(first));
    const other = granted(engine.allocate({ ...request, requestId: 'other' }));
    assert.deepEqual(other.allocation, granted(first).allocation);
    assert.equal(other.existing, true);
    assert.equal(engine.log.length, events);
    assert.equal(engine.state, state);
  }

  private release(port: number): void {
    const outcome = this.engine.release({ port }, { confirmed: true });
    this.note('release', outcome);
    assert.equal(outcome.kind === 'answer', this.model.held.has(port));
    this.model.takeBack(port, this.engine.now);
  }

  private move(from: number, to: number): void {
    const { engine, model } = this;
    const pair = model.held.get(from);
    const outcome = engine.move({ port: from }, to, { confirmed: true });
    this.note('move', outcome);
    const possible =
      pair !== undefined &&
      (from === to ||
        (model.mayBeGiven(to) &&
          !model.held.has(to) &&
          !model.isLeft(to, pair, engine.now) &&
          model.isFree(to, pair.split(' ')[0] ?? '')));
    assert.equal(outcome.kind === 'answer', possible);
    if (possible && from !== to) {
      model.takeBack(from, engine.now, true);
      model.give(pair, to);
    }
  }

  private note(method: string, outcome: Outcome<unknown>): void {
    this.seen.add(`${method} ${outcome.kind === 'refuse' ? outcome.error.code : 'answered'}`);
  }
}

/** A failure ends with the best example found in this time; a pass takes about two seconds. */
const LIMITS = { interruptAfterTimeLimit: 8_000 };

const steps = fc.array(step, { maxLength: 60, size: 'max' });

describe('the engine, against a model, over random histories', () => {
  it('gives every port by the rules, never two pairs one, and the same answer again', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, (history) => {
        const run = new Run();
        for (const each of history) {
          run.take(each);
        }
        for (const outcome of run.seen) {
          seen.add(outcome);
        }
      }),
      { ...LIMITS, numRuns: 400 },
    );
    for (const outcome of [
      'allocate answered',
      'allocate port_in_use',
      'allocate port_reserved',
      'allocate no_port_available',
      'release answered',
      'release allocation_not_found',
      'move answered',
      'move port_in_use',
      'move port_reserved',
    ]) {
      assert.ok(seen.has(outcome), `no history reached: ${outcome}`);
    }
  });

  it('replays its events to the same state, from any state on the way, written or not', () => {
    fc.assert(
      fc.property(steps, fc.nat(60), (history, at) => {
        const run = new Run();
        history.slice(0, at).forEach((each) => run.take(each));
        const base = run.engine.state;
        const before = run.engine.log.length;
        history.slice(at).forEach((each) => run.take(each));
        const expected = toBody(run.engine.state);
        const stored = fromBody(JSON.parse(JSON.stringify(toBody(base))));
        assert.ok(stored.kind === 'state');
        const events = JSON.parse(JSON.stringify(run.engine.log)) as typeof run.engine.log;
        assert.deepEqual(toBody(events.slice(before).reduce(apply, base)), expected);
        assert.deepEqual(toBody(events.slice(before).reduce(apply, stored.state)), expected);
        assert.deepEqual(toBody(events.reduce(apply, emptyState())), expected);
      }),
      { ...LIMITS, numRuns: 100 },
    );
  });

  it('decides the same for the same history', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const [one, other] = [new Run(), new Run()];
        for (const each of history) {
          one.take(each);
          other.take(each);
        }
        assert.deepEqual(one.engine.log, other.engine.log);
      }),
      { ...LIMITS, numRuns: 50 },
    );
  });
});
