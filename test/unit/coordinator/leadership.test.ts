import assert from 'node:assert/strict';
import { lead } from '../../../src/coordinator/lead';
import { settled, stage } from './support';

describe('a leadership', () => {
  it('watches and looks until it is handed over', async () => {
    const { tools, order, clock } = stage();
    const start = await lead(tools, order);
    assert.equal(start.kind, 'leading');
    assert.ok(clock.repeating > 0);
    const leaving = start.leadership.handOver();
    await clock.advance(5000);
    await leaving;
    assert.equal(clock.repeating, 0);
  });

  it('begins nothing when it ended while it was prepared', async () => {
    const { tools, order, clock, folder, config } = stage();
    config.text = '{}';
    config.onRead = async () => {
      const [record] = [...(await folder.list()).files];
      assert.ok(record);
      const lock = await folder.readLock(1);
      assert.ok(lock.kind === 'read' && lock.value !== 'unreadable');
      await folder.claim(2, lock.value);
    };
    const start = await lead(tools, order);
    assert.equal(start.kind, 'leading');
    await clock.advance(5000);
    await start.leadership.ended;
    await settled();
    assert.equal(clock.repeating, 0, 'it goes on although another one leads');
  });
});
