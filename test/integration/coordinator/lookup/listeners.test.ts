import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { StyxyError } from '../../../../src/core/domain/errors';
import { homeForEach } from '../support/home';
import type { Peer } from '../support/peer';
import { freePort } from '../../ports';
import { until } from '../support/until';

/** Where a stranger may listen. */
const HOSTS = ['127.0.0.1', '0.0.0.0', '::1', '::'];

describe('a port on which somebody listens', () => {
  const home = homeForEach();
  let asking: Peer;
  let servers: Server[] = [];

  beforeEach(async () => {
    const [first] = await home.current.gather(2);
    assert.ok(first);
    const { followers } = await home.current.leader(first);
    assert.ok(followers[0]);
    [asking] = followers as [Peer];
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    servers = [];
  });

  /** A server of this process, whose working directory is none of the participants' folders. */
  async function stranger(port: number, host: string): Promise<void> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, ipv6Only: host === '::' }, resolve);
    });
    servers.push(server);
  }

  for (const host of HOSTS) {
    it(`is not given to anybody, and it is said who listens (${host})`, async function () {
      const port = await freePort();
      try {
        await stranger(port, host);
      } catch (error) {
        assert.match(String(error), /EADDRNOTAVAIL|EAFNOSUPPORT/);
        this.skip();
      }
      const { workspace } = asking;
      const asked = { workspace, service: 'web', serviceType: 'dev', port };
      await assert.rejects(asking.call('allocate', { ...asked, exact: true }), (error) => {
        assert.ok(error instanceof StyxyError);
        assert.equal(error.code, 'port_in_use');
        assert.match(error.message, new RegExp(`\\b${process.pid}\\b`));
        return true;
      });

      const answer = await asking.call('allocate', asked);
      assert.notEqual(answer.allocation.port, port);
      const [conflict] = answer.conflicts;
      assert.equal(conflict?.port, port);
      assert.equal(conflict?.process?.pid, process.pid);
      assert.match(conflict?.process?.command ?? '', /node|mocha/);

      const inspected = await asking.call('inspect', { port });
      assert.equal(inspected.allocation, undefined);
      assert.deepEqual(
        inspected.listeners.map(({ process: listener }) => listener?.pid),
        [process.pid],
      );
      assert.ok(inspected.addresses.some(({ result }) => result === 'busy'));
    });
  }

  it('is adopted when it is a server of the same workspace', async () => {
    const port = await freePort();
    const server = await home.current.start('shop');
    await server.call('listen', { port, host: '127.0.0.1' });
    const answer = await server.call('allocate', {
      workspace: server.workspace,
      service: 'web',
      serviceType: 'dev',
      port,
    });
    assert.equal(answer.allocation.port, port);
    assert.equal(answer.adopted, true);
    // Of another workspace it is a stranger's.
    const other = await asking.call('allocate', {
      workspace: asking.workspace,
      service: 'web',
      serviceType: 'dev',
      port,
    });
    assert.notEqual(other.allocation.port, port);
    await until('everyone to see that it listens', async () => {
      const { snapshot } = await asking.call('see', null);
      const shown = snapshot?.allocations.find(({ id }) => id === answer.allocation.id);
      return shown?.state === 'listening' && shown.process?.pid === server.pid;
    });
  });

  it('is seen coming and going by everyone', async () => {
    const { allocation } = await asking.allocate('web');
    const state = async (): Promise<string | undefined> => {
      const { snapshot } = await asking.call('see', null);
      return snapshot?.allocations.find(({ id }) => id === allocation.id)?.state;
    };
    assert.equal(await state(), 'reserved');
    const server = await home.current.start('server', { folders: [asking.workspace] });
    await server.call('listen', { port: allocation.port, host: '127.0.0.1' });
    await until('the listener to be seen', async () => (await state()) === 'listening');
    await server.close();
    await until('it to be seen no more', async () => (await state()) === 'down');
  });

  it('is seen as a conflict when it runs from another workspace', async () => {
    const { allocation } = await asking.allocate('web');
    const state = async (): Promise<string | undefined> => {
      const { snapshot } = await asking.call('see', null);
      return snapshot?.allocations.find(({ id }) => id === allocation.id)?.state;
    };
    await stranger(allocation.port, '127.0.0.1');
    await until('the conflict to be seen', async () => (await state()) === 'conflict');
  });
});
