import assert from 'node:assert/strict';
import { freePort } from '../../ports';
import { grants, homeForEach } from '../support/home';
import { until } from '../support/until';

describe('participants in one home', () => {
  const home = homeForEach();

  for (const count of [2, 5, 8]) {
    it(`have one leader, and everyone follows it (${count})`, async () => {
      const peers = await home.current.gather(count);
      const shown = await Promise.all(peers.map((peer) => peer.call('see', null)));
      const leaders = shown.filter(({ role }) => role.kind === 'leader');
      const followers = shown.filter(({ role }) => role.kind === 'follower');
      assert.equal(leaders.length, 1);
      assert.equal(followers.length, count - 1);
      const statuses = await Promise.all(peers.map((peer) => peer.call('status', {})));
      assert.deepEqual(new Set(statuses.map(({ leader }) => leader.pid)).size, 1);
      assert.deepEqual(new Set(statuses.map(({ epoch }) => epoch)), new Set([1]));
    });
  }

  it('grant, move and release through followers, and everyone sees it', async () => {
    const [first] = await home.current.gather(4);
    assert.ok(first);
    const { leader, followers } = await home.current.leader(first);
    const [one, two] = followers;
    assert.ok(one && two);
    const answer = await one.allocate('web');
    const { id, port } = answer.allocation;
    assert.equal(answer.existing, false);
    assert.equal(
      (await two.call('allocate', { workspace: one.workspace, service: 'web' })).existing,
      true,
    );

    const sees = async (what: string, expected: readonly string[]): Promise<void> => {
      for (const peer of home.current.peers) {
        await until(`${peer.label} to see ${what}`, async () => {
          const { snapshot } = await peer.call('see', null);
          return snapshot !== null && grants(snapshot).join() === expected.join();
        });
      }
    };
    await sees('the grant', [`${one.workspace} web ${port} ${id}`]);

    const target = { service: 'web', workspace: one.workspace };
    const free = await freePort();
    const moved = await one.call('move', { target, workspaces: [one.workspace], port: free });
    assert.equal(moved.movedFrom, port);
    await sees('the move', [`${one.workspace} web ${free} ${id}`]);

    const released = await one.release('web');
    assert.equal(released.released.port, free);
    await sees('the release', []);
    assert.deepEqual((await leader.list()).allocations, []);
  });
});
