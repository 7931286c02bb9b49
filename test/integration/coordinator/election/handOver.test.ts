import assert from 'node:assert/strict';
import { handedOver } from '../support/handedOver';
import { grants, homeForEach } from '../support/home';
import { Load, risen } from '../support/load';

describe('a leader that leaves', () => {
  const home = homeForEach();

  it('is followed by another one at once, and nothing is lost on the way', async () => {
    const [first] = await home.current.gather(4);
    assert.ok(first);
    const { leader, followers, epoch } = await home.current.leader(first);
    const [asking] = followers;
    assert.ok(asking);
    const load = new Load(followers, 4);
    await load.after(50);
    await leader.close();
    await risen(asking, epoch);
    await load.after(50);
    await load.stop();
    load.assertKept(await asking.list());
  });

  it('a leader that was asked to leave goes on as a follower', async () => {
    const [first] = await home.current.gather(3);
    assert.ok(first);
    const { leader, epoch } = await home.current.leader(first);
    const { allocation } = await leader.allocate('web');
    await handedOver(leader);
    assert.ok((await leader.call('status', {})).epoch > epoch);
    const again = await leader.allocate('web');
    assert.equal(again.allocation.id, allocation.id);
    assert.equal(again.existing, true);
  });

  it('no one waits for a frozen follower at a hand-over', async () => {
    const [first] = await home.current.gather(3);
    assert.ok(first);
    const { leader, followers, epoch } = await home.current.leader(first);
    const [asking, sleeper] = followers;
    assert.ok(asking && sleeper);
    sleeper.freeze();
    const closing = leader.close();
    const { allocation } = await asking.allocate('web');
    assert.equal(allocation.service, 'web');
    assert.ok((await asking.call('status', {})).epoch > epoch);
    await closing;
  });

  it('one after the other, then all anew: the same ports, also of what was released', async () => {
    const peers = await home.current.gather(3);
    const [one, two, three] = peers;
    assert.ok(one && two && three);
    const kept = await one.allocate('web');
    const released = await two.allocate('web');
    await two.release('web');
    const moved = await three.allocate('api', 'api');
    await three.release('api');
    const before = await one.list();
    for (const peer of peers) {
      await peer.close();
    }
    assert.deepEqual(await home.current.sockets(), []);
    assert.deepEqual(
      (await home.current.files()).filter((name) => /claim|tmp/.test(name)),
      [],
    );

    // Names of folders are the same; everything else about these participants is new.
    const again = await Promise.all(peers.map(({ label }) => home.current.start(label)));
    const [uno, dos, tres] = again;
    assert.ok(uno && dos && tres);
    assert.deepEqual(grants(await uno.list()), grants(before));
    // Somebody else asks first, and still gets none of theirs.
    const stranger = await home.current.start('stranger');
    const other = await stranger.allocate('web');
    const ports = [kept, released, moved].map(({ allocation }) => allocation.port);
    assert.ok(!ports.includes(other.allocation.port));
    assert.equal((await uno.allocate('web')).allocation.id, kept.allocation.id);
    assert.equal((await dos.allocate('web')).allocation.port, released.allocation.port);
    assert.equal((await tres.allocate('api', 'api')).allocation.port, moved.allocation.port);
  });
});
