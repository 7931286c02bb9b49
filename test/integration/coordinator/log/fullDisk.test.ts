import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isErrorCode, StyxyError } from '../../../../src/core/domain/errors';
import { SmallDisk } from '../support/disk';
import { grants, Home } from '../support/home';
import { risen } from '../support/load';
import type { Peer } from '../support/peer';
import { until } from '../support/until';

const KIBIBYTES = 2048;

describe('a full disk', function () {
  // A leader tries again after 1 s, then ever more seldom, up to 30 s.
  this.timeout(120_000);

  if (process.platform !== 'linux') {
    it('is made with a small tmpfs, which only Linux has');
    return;
  }
  if (process.getuid?.() !== 0) {
    it('passes in a namespace in which this user may mount a small disk', async () => {
      const mocha = resolve('node_modules/mocha/bin/mocha.js');
      const args = ['--config', '.mocharc.cjs', '--reporter', 'dot', __filename];
      try {
        await promisify(execFile)('unshare', ['-rm', process.execPath, mocha, ...args]);
      } catch (error) {
        assert.fail(`${String(error)}\n${(error as { stdout?: string }).stdout ?? ''}`);
      }
    });
    return;
  }

  let disk: SmallDisk;
  let home: Home;

  beforeEach(async () => {
    const place = await Home.create();
    disk = await SmallDisk.mount(join(place.root, 'disk'), KIBIBYTES);
    home = place.movedTo(disk.path);
  });

  afterEach(async () => {
    try {
      await disk.makeRoom();
      await home.dispose(() => disk.unmount());
    } catch (error) {
      await disk.unmount();
      throw error;
    }
  });

  async function refused(asking: Peer, service: string): Promise<void> {
    await assert.rejects(asking.allocate(service), (error) => {
      assert.ok(error instanceof StyxyError);
      assert.equal(error.code, 'storage_unavailable', error.message);
      assert.equal(error.retryable, true);
      assert.equal(error.details.errno, 'ENOSPC');
      assert.equal(typeof error.details.neededBytes, 'number');
      assert.equal(typeof error.details.freeBytes, 'number');
      assert.match(error.message, /the disk is full .* Make at least 1 MiB free/);
      return true;
    });
  }

  /** The last page of a journal has room for some lines yet. */
  async function exhausted(asking: Peer): Promise<void> {
    for (let filled = false; !filled;) {
      try {
        await asking.allocate(`filling-${Date.now()}`);
      } catch (error) {
        assert.ok(error instanceof StyxyError && error.code === 'storage_unavailable');
        filled = true;
      }
    }
  }

  /** Asks until it is answered; the answer to a refused request is unknown, so `existing` is too. */
  async function insisted(asking: Peer, service: string): Promise<string> {
    let id = '';
    await until(`${service} to be granted`, async () => {
      try {
        ({ id } = (await asking.allocate(service)).allocation);
        return true;
      } catch (error) {
        assert.ok(error instanceof StyxyError && isErrorCode(error.code));
        assert.equal(error.code, 'storage_unavailable', error.message);
        return false;
      }
    });
    return id;
  }

  it('refuses grants and says what is needed; look-ups go on; with room everything does', async () => {
    const [first] = await home.gather(3);
    assert.ok(first);
    const { leader, followers } = await home.leader(first);
    const [asking, other] = followers;
    assert.ok(asking && other);
    const { allocation } = await asking.allocate('web');
    await disk.fill();
    await exhausted(asking);
    await refused(leader, 'api');
    const before = grants(await other.list());
    for (const peer of home.peers) {
      assert.deepEqual(grants(await peer.list()), before);
      const { allocation: found } = await peer.call('inspect', { port: allocation.port });
      assert.equal(found?.id, allocation.id);
      const { storage, leader: leads } = await peer.call('status', {});
      assert.equal(storage.ok, false);
      assert.match(storage.problem ?? '', /Make at least/);
      assert.equal(leads.pid, leader.pid);
    }

    await disk.makeRoom();
    const id = await insisted(asking, 'api');
    const after = await other.list();
    assert.deepEqual(
      grants(after).filter((grant) => !grant.endsWith(id)),
      before,
    );
    assert.equal((await other.call('status', {})).storage.ok, true);
    const { epoch } = await other.call('status', {});
    await leader.kill();
    await risen(asking, epoch);
    assert.deepEqual(grants(await asking.list()), grants(after));
  });

  it('a disk that gets full in the middle of the asking loses nothing that was answered', async () => {
    const [first] = await home.gather(3);
    assert.ok(first);
    const { leader, followers } = await home.leader(first);
    const [asking] = followers;
    assert.ok(asking);
    /** Granted, and no release was asked for. */
    const held = new Set<string>();
    let refusals = 0;
    const lanes = followers.map(async (peer, lane) => {
      for (let turn = 0; refusals < 20; turn += 1) {
        const service = `lane-${lane}.${turn}`;
        try {
          const { id } = (await peer.allocate(service)).allocation;
          held.add(id);
          if (turn % 30 !== 0) {
            held.delete(id);
            await peer.release(service);
          }
        } catch (error) {
          assert.ok(error instanceof StyxyError);
          assert.equal(error.code, 'storage_unavailable', error.message);
          refusals += 1;
        }
      }
    });
    const asked = Promise.all(lanes);
    asked.catch(() => undefined);
    await until('some answers', () => held.size > 4);
    await disk.fill();
    await asked;
    const kept = async (): Promise<void> => {
      const { allocations } = await asking.list();
      const ids = new Set(allocations.map(({ id }) => id));
      assert.deepEqual(
        [...held].filter((id) => !ids.has(id)),
        [],
      );
      assert.equal(new Set(allocations.map(({ port }) => port)).size, allocations.length);
    };
    await kept();
    await disk.makeRoom();
    held.add(await insisted(asking, 'afterwards'));
    await kept();
    await leader.kill();
    await kept();
  });

  it('look-ups go on when the leader dies on a full disk, and with room everything does', async () => {
    const [first] = await home.gather(3);
    assert.ok(first);
    const { leader, followers } = await home.leader(first);
    const [asking, other] = followers;
    assert.ok(asking && other);
    await asking.allocate('web');
    const before = grants(await asking.list());
    await disk.fill();
    await leader.kill();
    await refused(asking, 'api');
    assert.deepEqual(grants(await asking.list()), before);
    assert.deepEqual(grants(await other.list()), before);
    await disk.makeRoom();
    await insisted(asking, 'api');
    await insisted(other, 'web');
    const after = grants(await other.list());
    assert.deepEqual(
      before.filter((grant) => !after.includes(grant)),
      [],
    );
  });

  it('a new participant says that no one can lead, shows what was, and begins with room', async () => {
    const [last] = await home.gather(1);
    assert.ok(last);
    await last.allocate('web');
    const before = grants(await last.list());
    await last.close();
    await disk.fill();
    const peer = await home.start('peer');
    await refused(peer, 'api');
    assert.deepEqual(grants(await peer.list()), before);
    assert.equal((await peer.call('see', null)).role.kind, 'unreachable');
    await disk.makeRoom();
    await insisted(peer, 'api');
    assert.equal((await peer.list()).allocations.length, 2);
  });

  it('a participant says that the disk is full from the first moment, and begins with room', async () => {
    await disk.fill();
    const peer = await home.start('peer');
    await refused(peer, 'web');
    await disk.makeRoom();
    await insisted(peer, 'web');
  });

  it('everyone finds the leader that there is by the time the disk has room', async () => {
    await disk.fill();
    const waiting = await home.start('waiting');
    await refused(waiting, 'web');
    await disk.makeRoom();
    const newcomer = await home.start('newcomer');
    await newcomer.allocate('web');
    await waiting.joined();
    assert.equal((await waiting.list()).allocations.length, 1);
  });

  it('nothing is granted while the windows report what they hold, until that could be stored', async () => {
    const [first] = await home.gather(3);
    assert.ok(first);
    const { leader, followers, epoch } = await home.leader(first);
    const [asking, other] = followers;
    assert.ok(asking && other);
    // More than fits into the last page of a journal.
    for (let index = 0; index < 12; index += 1) {
      await asking.allocate(`web-${index}`);
      await other.allocate(`web-${index}`);
    }
    const before = grants(await asking.list());
    await until('the push', async () => {
      const shown = await Promise.all(followers.map((peer) => peer.call('see', null)));
      return shown.every(({ snapshot }) => snapshot?.allocations.length === before.length);
    });
    followers.forEach((peer) => peer.freeze());
    await leader.kill();
    const folder = await home.hostFolder();
    for (const name of await home.files()) {
      if (!name.startsWith('lock')) {
        await rm(join(folder, name));
      }
    }
    followers.forEach((peer) => peer.thaw());
    await until('a hearing', async () => (await home.epoch()) > epoch);
    await Promise.all(followers.map((peer) => peer.joined()));
    await disk.fill();
    await assert.rejects(asking.allocate('api'), (error) => {
      assert.ok(error instanceof StyxyError);
      assert.ok(['storage_unavailable', 'leader_unavailable'].includes(error.code), error.message);
      return true;
    });
    await disk.makeRoom();
    await until('the hearing to end', async () => {
      const { allocations } = await other.list();
      return grants({ allocations }).join() === before.join();
    });
    await insisted(asking, 'api');
    assert.equal((await asking.list()).allocations.length, before.length + 1);
  });
});
