import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RETRY_BUDGET_MS, retryDelays } from '../../../../src/coordinator/leader/busyRetries';
import { DEFAULT_CONFIGURATION } from '../../../../src/core/config/defaults';

const DEFAULTS = DEFAULT_CONFIGURATION.recovery.portConflict;

const total = (delays: readonly number[]): number => delays.reduce((sum, each) => sum + each, 0);

describe('how often an allocation is tried again', () => {
  const schedules = [
    ['by default', {}, [100, 200, 400]],
    ['never', { maxRetries: 0 }, []],
    ['not when the layer is off', { enabled: false }, []],
    ['evenly', { backoffMultiplier: 1, maxRetries: 4 }, [100, 100, 100, 100]],
    ['in whole milliseconds', { backoffMs: 5, backoffMultiplier: 1.5 }, [5, 8, 11]],
    ['at once', { backoffMs: 0 }, [0, 0, 0]],
    [
      'until the budget is spent',
      { backoffMs: 1_000, maxRetries: 20 },
      [1_000, 2_000, 4_000, 1_000],
    ],
    ['once, when the first wait is too long', { backoffMs: 60_000 }, [RETRY_BUDGET_MS]],
    [
      'no more when it is spent exactly',
      { backoffMs: 4_000, backoffMultiplier: 1 },
      [4_000, 4_000],
    ],
  ] as const;
  for (const [name, settings, delays] of schedules) {
    it(name, () => {
      assert.deepEqual(retryDelays({ ...DEFAULTS, ...settings }), delays);
    });
  }

  it('takes what is left of the request for its budget', () => {
    assert.deepEqual(retryDelays(DEFAULTS, 250.9), [100, 150]);
    assert.deepEqual(retryDelays(DEFAULTS, 0), []);
    assert.deepEqual(retryDelays(DEFAULTS, -1), []);
  });

  it('stays below the deadline of a request, whatever the settings', () => {
    const settings = fc.record({
      enabled: fc.boolean(),
      maxRetries: fc.integer({ min: 0, max: 20 }),
      backoffMs: fc.integer({ min: 0, max: 60_000 }),
      backoffMultiplier: fc.double({ min: 1, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(settings, (portConflict) => {
        const delays = retryDelays(portConflict);
        assert.ok(total(delays) <= RETRY_BUDGET_MS && RETRY_BUDGET_MS < 10_000);
        assert.ok(delays.length <= portConflict.maxRetries);
        assert.ok(delays.every((each) => Number.isInteger(each) && each >= 0));
        assert.equal(delays.length === 0, !portConflict.enabled || portConflict.maxRetries === 0);
        const grown = delays.slice(0, -1);
        assert.deepEqual(
          grown,
          [...grown].sort((a, b) => a - b),
        );
      }),
    );
  });
});
