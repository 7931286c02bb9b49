import assert from 'node:assert/strict';
import { homeForEach, type Home } from '../support/home';
import type { Peer } from '../support/peer';
import { RawClient, type RawAnswer } from '../support/rawClient';
import { freePort } from '../../ports';

describe('a request that is asked again with the same id', () => {
  const home = homeForEach();

  /** Asks the leader of this moment. */
  async function ask(method: string, params: object): Promise<RawAnswer> {
    const client = await RawClient.introduced((await home.current.lock()).record);
    try {
      const { result, error } = await client.ask(method, params);
      return error === undefined ? { result } : { error };
    } finally {
      client.end();
    }
  }

  async function killLeader(current: Home): Promise<void> {
    const [asked] = current.peers.filter((peer) => peer.end === undefined);
    assert.ok(asked);
    const { leader, followers } = await current.leader(asked);
    await leader.kill();
    const [survivor] = followers as [Peer];
    await survivor.list();
  }

  it('is answered as before by whoever leads then, and not carried out again', async () => {
    await home.current.gather(3);
    const workspace = '/somewhere';
    const target = { service: 'web', workspace };
    const requests: [string, object][] = [
      ['allocate', { requestId: 'allocate-1', workspace, service: 'web', serviceType: 'dev' }],
      [
        'move',
        { requestId: 'request-move', target, workspaces: [workspace], port: await freePort() },
      ],
      ['release', { requestId: 'release-1', target, workspaces: [workspace] }],
      ['allocate', { requestId: 'allocate-2', workspace, service: 'web', serviceType: 'dev' }],
    ];
    const answers: RawAnswer[] = [];
    for (const [method, params] of requests) {
      const answer = await ask(method, params);
      assert.equal(answer.error, undefined);
      assert.deepEqual(await ask(method, params), answer, 'asked the same leader again');
      answers.push(answer);
    }
    for (let round = 0; round < 2; round += 1) {
      await killLeader(home.current);
      // Those that were overtaken are a thing of the past: the last two are as they were.
      for (const index of [2, 3]) {
        const [method, params] = requests[index] ?? ['', {}];
        assert.deepEqual(await ask(method, params), answers[index], `${method}, round ${round}`);
      }
    }
    const [survivor] = home.current.peers.filter((peer) => peer.end === undefined);
    assert.equal((await survivor?.list())?.allocations.length, 1);
  });

  it('an id that is used again for another request is refused', async () => {
    await home.current.gather(1);
    const asked = { requestId: 'request-1', workspace: '/somewhere', service: 'web' };
    assert.equal((await ask('allocate', { ...asked, serviceType: 'dev' })).error, undefined);
    const other = await ask('allocate', { ...asked, service: 'api', serviceType: 'api' });
    assert.equal((other.error?.data as { code?: string }).code, 'invalid_argument');
    const release = { requestId: 'request-1', target: { port: 3000 }, workspaces: [] };
    const another = await ask('release', release);
    assert.equal((another.error?.data as { code?: string }).code, 'invalid_argument');
  });
});
