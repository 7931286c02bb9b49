import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { StyxyError } from '../../../../src/core/domain/errors';
import { homeForEach } from '../support/home';
import type { Peer } from '../support/peer';
import { until } from '../support/until';

describe('what a pair remembers', () => {
  const home = homeForEach();

  async function forgotten(asked: Peer): Promise<(string | undefined)[]> {
    const { entries } = await asked.call('audit', { what: 'forgotten' });
    return entries.map(({ workspace }) => workspace);
  }

  /** Whoever leads next looks at all folders at once. */
  async function succeed(): Promise<Peer> {
    const alive = home.current.peers.filter(({ end }) => end === undefined);
    const [first] = alive;
    assert.ok(first);
    const { leader, followers } = await home.current.leader(first);
    await leader.kill();
    const [next] = followers;
    assert.ok(next);
    await next.list();
    return next;
  }

  it('is forgotten with its folder, and only then', async () => {
    const [peer] = await home.current.gather(4);
    assert.ok(peer);
    const [gone, idle, held] = await Promise.all(
      ['gone', 'idle', 'held'].map((name) => home.current.folder(name)),
    );
    assert.ok(gone !== undefined && idle !== undefined && held !== undefined);
    for (const workspace of [gone, idle, held]) {
      await peer.call('allocate', { workspace, service: 'web', serviceType: 'dev' });
    }
    for (const workspace of [gone, idle]) {
      const target = { workspace, service: 'web' };
      await peer.call('release', { target, workspaces: [workspace] });
    }
    await rm(gone, { recursive: true });
    await rm(held, { recursive: true });
    const next = await succeed();
    await until('it to be forgotten', async () => (await forgotten(next)).length > 0);
    assert.deepEqual(await forgotten(next), [gone], 'what is allocated or there is remembered');
  });

  it('is the same port after leaders were killed, and yields to an explicit request', async () => {
    const [peer] = await home.current.gather(3);
    assert.ok(peer);
    const { allocation } = await peer.allocate('web');
    const to = allocation.port + 40;
    const { id } = allocation;
    await peer.call('move', { target: { id }, workspaces: [peer.workspace], port: to });
    await peer.release('web');
    const next = await succeed();
    const workspace = peer.workspace;
    const again = await next.call('allocate', { workspace, service: 'web' });
    assert.equal(again.allocation.port, to);
    await next.call('release', { target: { port: to }, workspaces: [workspace] });
    const other = await next.call('allocate', {
      workspace: next.workspace,
      service: 'docs',
      serviceType: 'docs',
      port: to,
      exact: true,
    });
    assert.equal(other.allocation.port, to);
  });
});

describe('a move', () => {
  const home = homeForEach();

  it('tells every window from where to where, and why', async () => {
    const peers = await home.current.gather(3);
    const [peer, mover] = peers;
    assert.ok(peer && mover);
    const { allocation } = await peer.allocate('web');
    const to = allocation.port + 40;
    await mover.call('move', {
      target: { id: allocation.id },
      workspaces: [],
      port: to,
    });
    for (const each of peers) {
      await until('the move to be shown', async () => {
        const { snapshot } = await each.call('see', null);
        const [shown] = snapshot?.allocations ?? [];
        return (
          shown?.port === to &&
          shown.movedFrom === allocation.port &&
          shown.movedBecause === `window "${mover.label}" asked for it`
        );
      });
    }
  });

  it('gives the old port to nobody else for a while, whoever leads', async () => {
    const [peer, other] = await home.current.gather(3);
    assert.ok(peer && other);
    const { allocation } = await peer.allocate('web');
    const { id, port } = allocation;
    await peer.call('move', { target: { id }, workspaces: [peer.workspace], port: port + 40 });
    const { leader } = await home.current.leader(peer);
    const asked = leader === other ? peer : other;
    await leader.kill();
    const service = { service: 'other', serviceType: 'dev' };
    const chosen = await asked.call('allocate', { workspace: home.current.root, ...service });
    assert.notEqual(chosen.allocation.port, port);
    const exactly = { workspace: home.current.root, service: 'exact', port, exact: true };
    await assert.rejects(
      asked.call('allocate', { ...exactly, serviceType: 'dev' }),
      (error) =>
        error instanceof StyxyError && error.code === 'port_in_use' && /moved/.test(error.message),
    );
  });
});
