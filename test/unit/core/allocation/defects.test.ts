import assert from 'node:assert/strict';
import { auditEntries } from '../../../../src/core/audit/fromEvents';
import { emptyState } from '../../../../src/core/state/state';
import type { AutoAllocation } from '../../../../src/core/domain/configuration';
import { A, B, Engine, granted, participant, refused } from './support/engine';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** What the original got wrong and no other test says by itself: see `test/contract/defects.ts`. */
describe('the engine, where the original failed', () => {
  let engine: Engine;

  beforeEach(() => {
    engine = new Engine();
  });

  function configure(settings: Partial<AutoAllocation>): void {
    const { rules } = engine;
    engine.rules = { ...rules, autoAllocation: { ...rules.autoAllocation, ...settings } };
  }

  it('grants no privileged port, planned or asked for', () => {
    for (const port of [22, 80, 1023]) {
      refused(engine.allocate({ service: 'dev', port }), 'invalid_argument');
      refused(engine.allocate({ service: 'dev', planned: { port } }), 'invalid_argument');
    }
    assert.equal(engine.port('dev', A, { port: 65_535 }), 65_535);
  });

  it('records who asked, with process and kind', () => {
    engine.caller = participant('run-7', { kind: 'cli', label: 'styxy port dev', pid: 4711 });
    const { allocation } = granted(engine.allocate({ service: 'dev' }));
    assert.deepEqual(
      allocation.holders.map(({ kind, pid }) => [kind, pid]),
      [['cli', 4711]],
    );
  });

  it('leaves an allocation alone however old it is', () => {
    const { allocation } = granted(engine.allocate({ service: 'dev' }));
    engine.now += YEAR_MS;
    assert.equal(engine.port('dev', B), 3001);
    const again = granted(engine.allocate({ service: 'dev' }));
    assert.deepEqual([again.existing, again.allocation.id], [true, allocation.id]);
  });

  it('finds no range for a bad name', () => {
    const names = ['../../etc/passwd', 'a b c', 'a\u0007b', '<script>', 'x'.repeat(5_000), ''];
    for (const serviceType of names) {
      refused(engine.allocate({ service: 'web', serviceType }), 'invalid_argument');
    }
    assert.equal(engine.state.types.size, 0);
    assert.deepEqual(engine.log, []);
  });

  it('works with ranges of one, two and three ports', () => {
    for (const chunkSize of [1, 2, 3]) {
      configure({ chunkSize });
      const serviceType = `small-${chunkSize}`;
      const ports = Array.from({ length: chunkSize }, (_, index) =>
        engine.port(`${serviceType}-${index}`, A, { serviceType }),
      );
      const range = engine.state.types.get(serviceType)?.range;
      assert.deepEqual(range, { first: Math.min(...ports), last: Math.max(...ports) });
      refused(engine.allocate({ service: 'more', serviceType }), 'no_port_available');
    }
  });

  it('tells the placement of the rule that counted', () => {
    configure({ placement: 'after', rules: [{ pattern: 'graf*', placement: 'before' }] });
    engine.port('grafana', A, { serviceType: 'grafana' });
    const entries = auditEntries(emptyState(), engine.log, { epoch: 1, seq: 1 });
    const added = entries.find(({ what }) => what === 'type-added');
    assert.deepEqual(added?.after, { range: { first: 11_380, last: 11_389 }, placement: 'before' });
  });
});
