import assert from 'node:assert/strict';
import { CONTROLS, NO_CONTROL } from './controls';
import { replaceGlobals } from './globals';
import { Scheduler } from './scheduler';
import { simulate, type RunResult } from './simulate';

/** Of this lane, and at least of its last test; `npm run simulate` takes as long as you like. */
const SECONDS = 55;
const LAST_SECONDS = 15;

/** A control that is not found by then is none. */
const CONTROL_SEEDS = 2000;

function seconds(): number {
  return performance.now() / 1000;
}

/** What to print of a run that failed: the seed, what was wrong, and how to see it again. */
async function told({ seed, violations }: RunResult): Promise<string> {
  const trace: string[] = [];
  await simulate({ seed, control: NO_CONTROL, onTrace: (line) => trace.push(line) });
  return [
    `seed ${seed}:`,
    ...trace,
    ...violations,
    `Again: npm run simulate -- --seed ${seed}`,
  ].join('\n');
}

describe('the simulation', () => {
  const began = seconds();

  it('does the same again with the same seed, and something else with another', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 5; seed += 1) {
      const first = await simulate({ seed, control: NO_CONTROL });
      const second = await simulate({ seed, control: NO_CONTROL });
      assert.equal(second.fingerprint, first.fingerprint, `seed ${seed}`);
      seen.add(first.fingerprint);
    }
    assert.equal(seen.size, 5);
  });

  it('does the same when it is traced', async () => {
    const trace: string[] = [];
    const plain = await simulate({ seed: 11, control: NO_CONTROL });
    const traced = await simulate({
      seed: 11,
      control: NO_CONTROL,
      onTrace: (line) => trace.push(line),
    });
    assert.equal(traced.fingerprint, plain.fingerprint);
    assert.ok(trace.length > 100);
  });

  it('lets nothing wait, and nothing be decided, outside of the simulated machine', () => {
    const real = { setTimeout, setImmediate, now: Date.now, random: Math.random };
    const restore = replaceGlobals(new Scheduler({ seed: 1 }));
    try {
      assert.throws(() => setTimeout(() => undefined, 1), /nobody/);
      assert.throws(() => setImmediate(() => undefined), /nobody/);
      assert.throws(() => Math.random(), /seed/);
      assert.notEqual(Date.now(), real.now());
    } finally {
      restore();
    }
    assert.deepEqual({ setTimeout, setImmediate, now: Date.now, random: Math.random }, real);
  });

  for (const [name, control] of Object.entries(CONTROLS)) {
    it(`finds what is wrong with "${name}"`, async () => {
      const { from = 1 } = control;
      for (let seed = from; seed < from + CONTROL_SEEDS; seed += 1) {
        const { violations } = await simulate({ seed, control });
        if (violations.length > 0) {
          const { violations: without } = await simulate({ seed, control: NO_CONTROL });
          assert.deepEqual(without, [], `seed ${seed}`);
          return;
        }
      }
      assert.fail(`${CONTROL_SEEDS} seeds found nothing`);
    });
  }

  it('finds both promises kept, and everybody answered', async () => {
    const end = Math.max(began + SECONDS, seconds() + LAST_SECONDS);
    let seed = 1;
    let acknowledged = 0;
    for (; seconds() < end; seed += 1) {
      const result = await simulate({ seed, control: NO_CONTROL });
      acknowledged += result.acknowledged;
      if (result.violations.length > 0) {
        assert.fail(await told(result));
      }
    }
    console.log(`      seeds 1 to ${seed - 1}, ${acknowledged} requests answered`);
    assert.ok(acknowledged > seed, 'almost nothing was answered');
  });
});
