import assert from 'node:assert/strict';
import { StyxyError } from '../../../../src/core/domain/errors';
import { sha256, SystemClock, SystemIds } from '../../../../src/platform/fs/runtime';

const cancelled = (error: unknown) => error instanceof StyxyError && error.code === 'cancelled';

describe('the clock', () => {
  const clock = new SystemClock();

  it('sleeps at least as long as asked, with a signal that never fires too', async () => {
    for (const signal of [undefined, new AbortController().signal]) {
      const before = performance.now();
      await clock.sleep(20, signal);
      // Timers count whole milliseconds, so that they may fire a part of one early.
      assert.ok(performance.now() - before >= 19);
    }
  });

  it('wakes when told to', async () => {
    const abort = new AbortController();
    const asleep = clock.sleep(60_000, abort.signal);
    abort.abort();
    await assert.rejects(asleep, cancelled);
    await assert.rejects(clock.sleep(60_000, abort.signal), cancelled);
  });

  it('ticks until it is disposed', async () => {
    let ticks = 0;
    await new Promise<void>((resolve) => {
      const timer = clock.every(1, () => {
        ticks++;
        if (ticks === 2) {
          timer.dispose();
          resolve();
        }
      });
      // The ticking itself keeps no process alive; this test has to.
      clock.sleep(50).catch(assert.fail);
    });
    const before = ticks;
    await clock.sleep(10);
    assert.equal(ticks, before);
  });
});

describe('ids and digests', () => {
  const ids = new SystemIds();

  it('are random, of the asked length and range', () => {
    assert.match(
      ids.uuid(),
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.match(ids.nonce(16), /^[0-9a-f]{32}$/);
    assert.notEqual(ids.nonce(16), ids.nonce(16));
    for (let round = 0; round < 100; round++) {
      assert.ok([0, 1, 2].includes(ids.below(3)));
    }
    assert.equal(ids.below(1), 0);
    assert.equal(ids.below(0), 0);
  });

  it('are SHA-256', () => {
    assert.equal(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    assert.equal(sha256('ä'), sha256('\u00e4'));
  });
});
