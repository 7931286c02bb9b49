import assert from 'node:assert/strict';
import type { AllocateAnswer } from '../../../../src/core/messages/requests';
import { homeForEach } from '../support/home';
import type { Peer } from '../support/peer';
import { until } from '../support/until';

/** Long enough for a request in between, short enough for a test. */
const GRACE_MS = 300;

describe('a retrieval service that five windows share', () => {
  const home = homeForEach();
  let peers: Peer[];

  beforeEach(async () => {
    peers = await home.current.gather(5, { graceMs: GRACE_MS });
  });

  function ask(peer: Peer): Promise<AllocateAnswer> {
    return peer.allocate('rag', 'ai');
  }

  async function holders(asked: Peer): Promise<string[]> {
    const { allocations } = await asked.list();
    return allocations.flatMap((each) => each.holders.map(({ label }) => label)).sort();
  }

  it('has one port, whoever asks first', async () => {
    const answers = await Promise.all(peers.map(ask));
    const [first] = answers;
    assert.ok(first);
    assert.deepEqual(new Set(answers.map(({ allocation }) => allocation.id)).size, 1);
    assert.equal(answers.filter(({ existing }) => !existing).length, 1);
    const owner = answers.find(({ existing }) => !existing)?.allocation.workspace;
    for (const { allocation, shared } of answers) {
      assert.equal(allocation.port, first.allocation.port);
      assert.equal(shared?.group, 'ai/rag');
      assert.equal(shared.workspace, owner);
    }
    const [asked] = peers;
    assert.ok(asked);
    assert.deepEqual(
      await holders(asked),
      peers.map(({ label }) => label),
    );
  });

  it('outlives whoever leaves, crashes or releases, and ends with its last holder', async () => {
    const [first, second, third, fourth, fifth] = peers;
    assert.ok(first && second && third && fourth && fifth);
    const { allocation } = await ask(first);
    for (const peer of [second, third, fourth, fifth]) {
      assert.equal((await ask(peer)).allocation.id, allocation.id);
    }
    await first.close();
    await until('the first to have left', async () => (await holders(fifth)).length === 4);
    const [kept] = (await fifth.list()).allocations;
    assert.equal(kept?.id, allocation.id);
    assert.equal(kept.workspace, second.workspace, 'it belongs to who has held it longest');

    await second.kill();
    await until('the second to be gone', async () => (await holders(fifth)).length === 3);

    const released = await third.release('rag');
    assert.equal(released.remainingHolders, 2);
    assert.deepEqual(await holders(fifth), [fourth.label, fifth.label]);
    assert.equal((await fourth.release('rag')).remainingHolders, 1);
    assert.equal((await fifth.release('rag')).remainingHolders, 0);
    assert.deepEqual((await fifth.list()).allocations, []);

    const anew = await ask(third);
    assert.equal(anew.existing, false);
    assert.notEqual(anew.allocation.id, allocation.id);
  });

  it('is kept by its holders when the leader is killed', async () => {
    const answers = await Promise.all(peers.map(ask));
    const [{ allocation }] = answers as [AllocateAnswer];
    const { leader, followers } = await home.current.leader(peers[0] as Peer);
    await leader.kill();
    const [asked] = followers;
    assert.ok(asked);
    assert.equal((await ask(asked)).allocation.id, allocation.id);
    await until('the killed one to have left', async () => (await holders(asked)).length === 4);
  });

  it('keeps its port while it listens, even if nobody holds it', async () => {
    const [first, second] = peers;
    assert.ok(first && second);
    const { allocation } = await ask(first);
    await second.call('listen', { port: allocation.port });
    await first.kill();
    await until('the holder to be gone', async () => {
      const [kept] = (await second.list()).allocations;
      assert.equal(kept?.id, allocation.id, 'a port that is listened on was given back');
      return kept.holders.length === 0;
    });
    assert.equal((await ask(second)).allocation.id, allocation.id);
  });

  it('is taken over by the window after a reload', async () => {
    const [first, second] = peers;
    assert.ok(first && second);
    const { allocation } = await ask(first);
    await first.kill();
    const again = await home.current.start('again', {
      folders: [first.workspace],
      graceMs: 60_000,
    });
    await again.joined();
    await until('the new window to hold it', async () => {
      const [kept] = (await second.list()).allocations;
      return kept?.id === allocation.id && kept.holders.some(({ label }) => label === 'again');
    });
  });

  it('is shared with commands, agents and HTTP clients, and the log says who they are', async () => {
    const [first] = peers;
    assert.ok(first);
    const { allocation } = await ask(first);
    for (const kind of ['cli', 'agent', 'http'] as const) {
      const visitor = await home.current.start(kind, { kind });
      const { existing, shared, allocation: its } = await ask(visitor);
      assert.ok(existing);
      assert.equal(its.id, allocation.id);
      assert.equal(shared?.holder?.label, first.label);
    }
    const { entries } = await first.call('audit', { what: 'joined' });
    assert.deepEqual(
      entries.map(({ actor }) => `${actor.kind} ${actor.label}`),
      ['cli cli', 'agent agent', 'http http'],
    );
    const [agent] = home.current.peers.filter(({ label }) => label === 'agent');
    assert.ok(agent);
    await agent.release('rag');
    assert.ok(!(await holders(first)).includes('agent'));
  });
});
