import assert from 'node:assert/strict';
import { homeForEach } from '../support/home';
import { Load, risen } from '../support/load';
import { until } from '../support/until';

/** A few commits: most of the time one epoch or another is just beginning. */
const ROTATE_BYTES = 2 * 1024;

/** Epochs that are kept, and one that is about to go or has just come. */
const MOST_EPOCHS = 10;

describe('a full journal', () => {
  const home = homeForEach();

  it('is followed by the next one under load: the leader stays, and nothing is lost', async () => {
    const [first] = await home.current.gather(4, { rotateBytes: ROTATE_BYTES });
    assert.ok(first);
    const { leader, followers, epoch } = await home.current.leader(first);
    const [asking] = followers;
    assert.ok(asking);
    const load = new Load(followers, 4);
    await until('twenty rotations', async () => (await home.current.epoch()) > epoch + 20);
    await load.stop();
    load.assertKept(await asking.list());
    const after = await home.current.leader(asking);
    assert.equal(after.leader.pid, leader.pid);
    // Everyone is still connected, and knows which epoch it is.
    for (const follower of followers) {
      const { role, snapshot } = await follower.call('see', null);
      assert.deepEqual(role, { kind: 'follower', epoch: after.epoch });
      assert.ok(snapshot);
      load.assertKept(snapshot);
    }

    await leader.kill();
    await risen(asking, after.epoch);
    load.assertKept(await asking.list());
  });

  it('nothing is lost when the leader is killed while its journal is full', async () => {
    const [first] = await home.current.gather(4, { rotateBytes: ROTATE_BYTES });
    assert.ok(first);
    const { leader, followers, epoch } = await home.current.leader(first);
    const [asking] = followers;
    assert.ok(asking);
    const load = new Load(followers, 4);
    await until('five rotations', async () => (await home.current.epoch()) > epoch + 5);
    await leader.kill();
    await load.after(60);
    await load.stop();
    load.assertKept(await asking.list());
  });

  it('leaves a bounded number of files', async () => {
    const [peer] = await home.current.gather(1, { rotateBytes: ROTATE_BYTES });
    assert.ok(peer);
    const { socket } = (await home.current.lock()).record;
    const load = new Load([peer], 8);
    await until('fifteen rotations', async () => (await home.current.epoch()) > 15);
    await load.stop();
    const numbered = async (): Promise<string[]> =>
      (await home.current.files()).filter((name) => /^(lock|journal|state)/.test(name));
    await until('old epochs to be removed', async () => {
      const epochs = (await numbered()).map((name) => /\d{10}/.exec(name)?.[0]);
      return new Set(epochs).size <= MOST_EPOCHS;
    });
    // The socket of the first epoch is the one of the last: it did not go with the first lock.
    assert.equal((await home.current.lock()).record.socket, socket);
    const newcomer = await home.current.start('newcomer');
    await newcomer.joined();
  });
});
