import assert from 'node:assert/strict';
import type { AuditEntry } from '../../../../src/core/domain/audit';
import { homeForEach } from '../support/home';
import type { Peer } from '../support/peer';
import { until } from '../support/until';

describe('the audit log', () => {
  const home = homeForEach();

  async function entries(peer: Peer): Promise<readonly AuditEntry[]> {
    return (await peer.call('audit', {})).entries;
  }

  function brief({ what, service, port }: AuditEntry): string {
    return [what, service, port].filter((part) => part !== undefined).join(' ');
  }

  it('tells every change in the order of the commits, and who did it', async () => {
    const peer = await home.current.start('peer');
    const { allocation } = await peer.allocate('web');
    const to = allocation.port + 50;
    await peer.call('move', {
      target: { id: allocation.id },
      workspaces: [peer.workspace],
      port: to,
    });
    await peer.release('web');
    await peer.allocate('grafana', 'grafana');
    const told = await entries(peer);
    assert.deepEqual(
      told.filter(({ what }) => what !== 'configuration' && what !== 'conflict').map(brief),
      [
        'leadership',
        `granted web ${allocation.port}`,
        `moved web ${to}`,
        `released web ${to}`,
        'type-added',
        'granted grafana 11510',
      ],
    );
    const granted = told.find(({ what }) => what === 'granted');
    assert.equal(granted?.actor.kind, 'window');
    assert.equal(granted.actor.pid, peer.pid);
    assert.equal(granted.workspace, peer.workspace);
    const seqs = told.map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      [...seqs].sort((a, b) => a - b),
    );
  });

  it('has everything that was answered although leaders were killed', async () => {
    const peers = await home.current.gather(4);
    const answered: number[] = [];
    const [asked] = peers;
    assert.ok(asked);
    for (let round = 0; round < 3; round += 1) {
      const alive = home.current.peers.filter(({ end }) => end === undefined);
      const { leader, followers } = await home.current.leader(alive[0] as Peer);
      const [peer] = followers;
      assert.ok(peer);
      const burst = Array.from({ length: 20 }, (_, index) => peer.allocate(`s-${round}-${index}`));
      for (const answer of await Promise.all(burst)) {
        answered.push(answer.allocation.port);
      }
      await leader.kill();
      if (followers.length < 2) {
        break;
      }
    }
    const last = home.current.peers.find(({ end }) => end === undefined);
    assert.ok(last);
    await until('the last one to lead', async () => {
      const { role } = await last.call('see', null);
      return role.kind === 'leader';
    });
    const granted = (await last.call('audit', { what: 'granted', limit: 1000 })).entries;
    assert.deepEqual(granted.map(({ port }) => port).sort(), answered.sort());
  });

  it('answers by port, workspace and type', async () => {
    const [first, second] = await home.current.gather(2);
    assert.ok(first && second);
    const { allocation } = await first.allocate('web');
    await second.allocate('api', 'api');
    const by = async (query: Parameters<typeof ask>[0]): Promise<string[]> => {
      const page = await ask(query);
      return page.entries.map(brief);
    };
    const ask = (query: { port?: number; workspace?: string; serviceType?: string }) =>
      first.call('audit', query);
    const web = `granted web ${allocation.port}`;
    assert.deepEqual(await by({ port: allocation.port }), [web]);
    assert.deepEqual(await by({ workspace: first.workspace }), [web]);
    assert.deepEqual((await by({ serviceType: 'api' })).length, 1);
  });
});
