import assert from 'node:assert/strict';
import { deferred } from '../../../../src/coordinator/async/promises';
import { Term } from '../../../../src/coordinator/leader/term';
import { readCheckpointText } from '../../../../src/core/log/records';
import { settled } from '../../../support/world/waiting';
import { participant } from '../../core/allocation/support/engine';
import { stage } from '../support';

describe('a checkpoint', () => {
  const caller = participant('window-1', { folders: ['/home/me/a'] });

  it('never has a commit that the audit log does not have', async () => {
    const { tools, candidacy, clock, folder, trail } = stage();
    const start = await Term.begin(tools, candidacy);
    assert.equal(start.kind, 'leading');
    const { term } = start;
    let asked = 0;
    const allocate = async (): Promise<void> => {
      asked += 1;
      const params = { workspace: '/home/me/a', service: `s${asked}`, serviceType: 'dev' };
      await term.answer('allocate', { ...params, requestId: `request-${asked}` }, caller);
    };
    const checked = async (): Promise<number> => {
      const read = await folder.readCheckpoint(1, 'main');
      assert.equal(read.kind, 'read');
      return readCheckpointText(1, read.value, tools.digest)?.seq ?? assert.fail('no checkpoint');
    };
    /** In the journal. */
    const committed = async (): Promise<number> => {
      const read = await folder.readJournal(1, 'a');
      assert.equal(read.kind, 'read');
      return Math.max(
        ...[...read.value.matchAll(/^\{"seq":(\d+)/gm)].map(([, seq]) => Number(seq)),
      );
    };
    const logged = (): number => Math.max(0, ...trail.entries.map(({ seq }) => seq));
    await clock.advance(1000);
    const [first, second] = [deferred(), deferred()];
    let appended = 0;
    trail.onAppend = () => ((appended += 1) === 1 ? first.promise : second.promise);
    await allocate();
    // The checkpoint waits for the first one's line; the second one is committed meanwhile.
    await clock.advance(150);
    await allocate();
    await clock.advance(50);
    assert.deepEqual([await checked(), logged(), await committed()], [1, 1, 3]);
    first.resolve();
    await settled();
    await clock.advance(150);
    assert.deepEqual([await checked(), logged(), await committed()], [2, 2, 3]);
    second.resolve();
    await clock.advance(500);
    assert.deepEqual([await checked(), logged(), await committed()], [3, 3, 3]);
    const leaving = term.handOver();
    await clock.advance(5000);
    await leaving;
  });
});
