import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply } from '../../../../src/core/state/apply';
import { fromBody, toBody } from '../../../../src/core/state/encode';
import { emptyState } from '../../../../src/core/state/state';
import { SharingRun } from './support/sharingRun';
import { step } from './support/sharingSteps';

describe('shared ports, unknown types and plans over random histories', () => {
  it('have one allocation for each group, one owner, disjoint ranges, and nothing half done', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50, size: 'max' }), (history) => {
        const run = new SharingRun();
        history.forEach((each) => run.take(each));
        run.seen.forEach((each) => seen.add(each));
        const { state, log } = run.engine;
        const stored = fromBody(JSON.parse(JSON.stringify(toBody(state))));
        assert.ok(stored.kind === 'state', JSON.stringify(stored));
        assert.deepEqual(toBody(stored.state), toBody(state));
        const events = JSON.parse(JSON.stringify(log)) as typeof log;
        assert.deepEqual(toBody(events.reduce(apply, emptyState())), toBody(state));
      }),
      { numRuns: 300, interruptAfterTimeLimit: 8_000 },
    );
    for (const outcome of [
      'ask answered',
      'ask no_port_available',
      'ask port_in_use',
      'plan answered',
      'plan no_port_available',
      'plan port_in_use',
      'partial plan answered',
      'release answered',
      'release allocation_not_found',
      'release-port answered',
      'release-port not_holder',
      'move answered',
      'move port_in_use',
      'crash left',
      'crash released',
      'undo answered',
      'undo port_in_use',
      'undo invalid_argument',
    ]) {
      assert.ok(seen.has(outcome), `no history reached: ${outcome}`);
    }
  });
});
