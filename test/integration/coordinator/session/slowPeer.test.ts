import assert from 'node:assert/strict';
import { homeForEach } from '../support/home';
import { until } from '../support/until';

/** Each change of folders is pushed to everyone with its list: some 300 KiB. */
const MANY_FOLDERS = Array.from({ length: 200 }, (_, index) => `/${index}/${'x'.repeat(1500)}`);

describe('a participant that reads nothing', () => {
  const home = homeForEach();

  it('is dropped when a megabyte waits for it, and comes back when it wakes', async () => {
    const [first] = await home.current.gather(3);
    assert.ok(first);
    const { leader, followers, epoch } = await home.current.leader(first);
    const [sleeper, talker] = followers;
    assert.ok(sleeper && talker);
    const { allocation } = await sleeper.allocate('web');
    sleeper.freeze();
    const pids = async (): Promise<number[]> =>
      (await leader.call('status', {})).participants.map(({ pid }) => pid);
    await until('the leader to drop it', async () => {
      await talker.call('setFolders', MANY_FOLDERS);
      return !(await pids()).includes(sleeper.pid);
    });
    assert.ok((await pids()).includes(talker.pid));

    sleeper.thaw();
    await until('it to come back', async () => (await pids()).includes(sleeper.pid));
    assert.equal((await sleeper.allocate('web')).allocation.id, allocation.id);
    assert.equal((await sleeper.call('status', {})).epoch, epoch);
  });
});
