import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { joinedHere } from '../support/here';
import { grants, homeForEach } from '../support/home';
import { Load, risen } from '../support/load';
import { succeedIn } from '../support/succession';
import { until } from '../support/until';

/** Answers before something happens to the leader, and after it. */
const ENOUGH = 60;

describe('a leader that is lost', () => {
  const home = homeForEach();

  it('kill -9 in the middle of a burst loses nothing that was answered', async () => {
    const [first] = await home.current.gather(5);
    assert.ok(first);
    const { leader, followers, epoch } = await home.current.leader(first);
    const [asking] = followers;
    assert.ok(asking);
    const load = new Load(followers, 6);
    await load.after(ENOUGH);
    await leader.kill();
    assert.ok((await risen(asking, epoch)) > epoch);
    await load.after(ENOUGH);
    await load.stop();

    assert.notEqual((await home.current.leader(asking)).leader.pid, leader.pid);
    for (const follower of followers) {
      load.assertKept(await follower.list());
    }
  });

  it('kill -9 a moment before it is asked: the next leader answers', async () => {
    const [first] = await home.current.gather(3);
    assert.ok(first);
    const { leader, epoch } = await home.current.leader(first);
    const here = await joinedHere(home.current);
    try {
      process.kill(leader.pid, 'SIGKILL');
      const killed = leader.kill();
      // Within this turn the process ends; its end of the socket is met by writing to it.
      while (!/\) [ZX] /.test(readFileSync(`/proc/${leader.pid}/stat`, 'utf8'))) {
        // The test is its parent: it stays a zombie until this turn is over.
      }
      const asked = { workspace: '/somewhere', service: 'web', serviceType: 'dev' };
      const asking = [here.allocate(asked), here.list(), here.status()] as const;
      const [answer, , status] = await Promise.all(asking);
      assert.equal(answer.existing, false);
      assert.ok(status.epoch > epoch);
      await killed;
    } finally {
      await here.close();
    }
  });

  it('again and again: the last one knows what the first one answered', async () => {
    let peers = await home.current.gather(5);
    const [one] = peers;
    assert.ok(one);
    let { leader, epoch } = await home.current.leader(one);
    const kept: string[] = [];
    while (peers.length > 1) {
      const asking = peers.find((peer) => peer !== leader);
      assert.ok(asking);
      const { allocation } = await asking.allocate('web');
      kept.push(allocation.id);
      await leader.kill();
      peers = peers.filter((peer) => peer !== leader);
      const next = await home.current.leader(asking);
      assert.ok(next.epoch > epoch);
      assert.ok(peers.includes(next.leader));
      ({ leader, epoch } = next);
    }
    const { allocations } = await leader.list();
    // The first asker may have become the leader and asked again: it got the same.
    assert.deepEqual(new Set(allocations.map(({ id }) => id)), new Set(kept));
  });

  it('another one takes over from a frozen leader, which acknowledges nothing on waking', async () => {
    const [first] = await home.current.gather(3);
    assert.ok(first);
    const { leader, followers, epoch } = await home.current.leader(first);
    const [asking] = followers;
    assert.ok(asking);
    await asking.allocate('before');
    const load = new Load(followers, 4);
    await load.after(ENOUGH);
    leader.freeze();
    // What is in flight at the frozen one is answered by the next one, under the same request id.
    await risen(asking, epoch);
    await load.after(ENOUGH);
    await load.stop();
    const after = await home.current.leader(asking);
    assert.notEqual(after.leader.pid, leader.pid);
    assert.ok(after.epoch > epoch);
    const before = grants(await asking.list());
    assert.equal(before.length, load.held.size + 1);

    leader.thaw();
    const woken = await leader.allocate('woken');
    await until('the woken one to follow', async () => {
      const { role } = await leader.call('see', null);
      return role.kind === 'follower' && role.epoch === after.epoch;
    });
    const status = await leader.call('status', {});
    assert.equal(status.leader.pid, after.leader.pid);
    const listed = grants(await asking.list());
    assert.equal(listed.length, before.length + 1);
    assert.deepEqual(
      listed.filter((grant) => !grant.includes(woken.allocation.id)),
      before,
    );
  });
});

describe('a leader that is taken for dead and is not', () => {
  const home = homeForEach();

  it('acknowledges nothing from the moment in which somebody else has the next number', async () => {
    const [first] = await home.current.gather(3);
    assert.ok(first);
    const { leader, followers, epoch } = await home.current.leader(first);
    const load = new Load(followers, 4);
    await load.after(ENOUGH);
    const { epoch: next } = await succeedIn(await home.current.hostFolder());
    assert.ok(next > epoch);
    // It lives, and everyone asks it; its own look at the folder each second comes too late.
    await load.after(ENOUGH);
    await load.stop();
    const after = await risen(leader, next);
    assert.ok(after > next);
    for (const peer of home.current.peers) {
      load.assertKept(await peer.list());
    }
  });
});

describe('a follower that is frozen', () => {
  const home = homeForEach();

  it('keeps what it holds, and goes on when it wakes', async () => {
    const [first] = await home.current.gather(3);
    assert.ok(first);
    const { followers } = await home.current.leader(first);
    const [sleeper, other] = followers;
    assert.ok(sleeper && other);
    const { allocation } = await sleeper.allocate('web');
    sleeper.freeze();
    for (let index = 0; index < 10; index += 1) {
      await other.allocate(`other-${index}`);
    }
    const port = (await other.allocate('web')).allocation.port;
    assert.notEqual(port, allocation.port);
    assert.ok((await other.list()).allocations.some(({ id }) => id === allocation.id));

    sleeper.thaw();
    const again = await sleeper.allocate('web');
    assert.equal(again.allocation.id, allocation.id);
    assert.equal((await sleeper.list()).allocations.length, 12);
  });
});
