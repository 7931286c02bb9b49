import assert from 'node:assert/strict';
import { chmod, rm } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { Channel } from '../../../../src/coordinator/session/channel';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { MethodName } from '../../../../src/core/messages/methods';
import { listenOnSocket } from '../../../../src/platform/net/socket';
import { SILENT } from '../../../support/world/makers';
import { participantHere } from '../support/here';
import { homeForEach } from '../support/home';
import { until } from '../support/until';

describe('a participant that joins', () => {
  const home = homeForEach();

  it('is shown with the folders that it has open by then', async () => {
    const [leader] = await home.current.gather(1);
    assert.ok(leader);
    const newcomer = participantHere(home.current);
    try {
      // Until the very moment in which it has joined, the introduction is under way.
      let folders: string[] = [];
      for (let turn = 0; newcomer.role.kind !== 'follower'; turn += 1) {
        folders = [`/folder-${turn}`];
        newcomer.setFolders(folders);
        await setImmediate();
      }
      await until('the leader to know its folders', async () => {
        const { participants } = await leader.call('status', {});
        const shown = participants.find(({ id }) => id === newcomer.participant);
        return shown?.folders.join() === folders.join();
      });
    } finally {
      await newcomer.close();
    }
  });

  it('again after a leader was lost, with more than fits into one message, joins', async () => {
    // A holder has the label of its window: with a long one, some hundred ports make a megabyte.
    const folder = await home.current.folder('rich');
    const rich = await home.current.start('x'.repeat(4000), { folders: [folder] });
    await rich.joined();
    const types = ['dev', 'api', 'ui', 'test'];
    const services = Array.from({ length: 320 }, (_, index) => `service-${index}`);
    await Promise.all(
      services.map((service, index) => rich.allocate(service, types[index % types.length])),
    );
    const other = await home.current.start('other');
    await other.joined();
    await rich.call('handOver', null);
    await until('it to follow', async () => {
      const { role } = await rich.call('see', null);
      return role.kind === 'follower';
    });
    assert.equal((await rich.list()).allocations.length, services.length);
  });

  it('is told why it may not, and may once that is mended', async () => {
    await chmod(home.current.path, 0o777);
    const peer = await home.current.start('peer');
    await assert.rejects(peer.allocate('web'), (error) => {
      assert.ok(error instanceof StyxyError);
      assert.equal(error.code, 'permission_denied');
      assert.match(error.message, /chmod 700/);
      return true;
    });
    await chmod(home.current.path, 0o700);
    await peer.joined();
    assert.equal((await peer.allocate('web')).existing, false);
  });

  it('tells nothing to somebody who only sits at the socket, and leads instead', async () => {
    const [leader] = await home.current.gather(1);
    assert.ok(leader);
    await leader.allocate('web');
    await leader.kill();
    const { epoch, record } = await home.current.lock();
    await rm(record.socket);
    const told: MethodName[] = [];
    const impostor = await listenOnSocket({
      path: record.socket,
      onConnection: (socket) => {
        const channel = new Channel({ socket, maxMessageBytes: 1 << 20, log: SILENT });
        channel.handle(async (method) => {
          told.push(method);
          return { protocol: 1, version: '0', epoch, nonce: 'ab', proof: 'cd'.repeat(32) };
        });
        channel.listen();
      },
    });
    try {
      const newcomer = await home.current.start('newcomer');
      assert.equal((await newcomer.list()).allocations.length, 1);
      assert.ok((await newcomer.call('status', {})).epoch > epoch);
      assert.deepEqual(new Set(told), new Set(['handshake']));
    } finally {
      await impostor.close();
    }
  });
});
