import assert from 'node:assert/strict';
import { SerialQueue } from '../../../../src/platform/fs/durableWrite';

describe('steps in a queue', () => {
  it('are done one after the other, also after one that failed', async () => {
    const queue = new SerialQueue();
    const done: string[] = [];
    const step = (name: string) => async () => {
      done.push(`${name} begins`);
      await Promise.resolve();
      done.push(`${name} ends`);
      return name;
    };
    const first = queue.run(step('first'));
    const second = queue.run(() => Promise.reject(new Error('second')));
    const third = queue.run(step('third'));
    assert.equal(await first, 'first');
    await assert.rejects(second, /second/);
    assert.equal(await third, 'third');
    assert.deepEqual(done, ['first begins', 'first ends', 'third begins', 'third ends']);
  });
});
