import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord, StyxyError } from '../../../../src/core/domain/errors';
import type { StateEvent } from '../../../../src/core/state/events';
import {
  checkpointOf,
  checkpointText,
  commitLine,
  openingLine,
} from '../../../../src/core/log/records';
import type { LockRecord } from '../../../../src/core/host/interfaces';
import { sha256 } from '../../../../src/platform/fs/runtime';
import { formatLockRecord } from '../../../../src/platform/storage/lockFile';
import { grants, homeForEach } from '../support/home';
import type { Peer } from '../support/peer';
import { until } from '../support/until';

const EPOCH = 1;

describe('beside another version', () => {
  const home = homeForEach();

  /** What a leader left that ended in order, changed by `change`; all copies alike. */
  async function left(change: (body: Record<string, unknown>) => void): Promise<void> {
    const [peer] = await home.current.gather(1);
    assert.ok(peer);
    await peer.allocate('web');
    await peer.close();
    const folder = await home.current.hostFolder();
    const text = await readFile(join(folder, 'state.0000000001.json'), 'utf8');
    const stored: unknown = JSON.parse(text);
    assert.ok(isRecord(stored) && isRecord(stored.body) && typeof stored.seq === 'number');
    change(stored.body);
    const body = JSON.stringify(stored.body);
    const at = { epoch: EPOCH, seq: stored.seq };
    const checkpoint = checkpointText(checkpointOf(at, sha256, body));
    const journal = openingLine(at, sha256, body);
    for (const name of await home.current.files()) {
      if (name.startsWith('state')) {
        await writeFile(join(folder, name), checkpoint);
      } else if (name.startsWith('journal')) {
        await writeFile(join(folder, name), journal);
      }
    }
  }

  async function edited(change: Partial<LockRecord>): Promise<void> {
    const { path, record } = await home.current.lock();
    await writeFile(path, formatLockRecord({ ...record, ...change }));
  }

  async function refusedAsNewer(peer: Peer): Promise<void> {
    await assert.rejects(peer.allocate('other'), (error) => {
      assert.ok(error instanceof StyxyError);
      assert.equal(error.code, 'storage_newer', error.message);
      assert.match(error.message, /Update Styxy/);
      return true;
    });
  }

  it('a newer version that leads is followed, and not claimed over when it dies', async () => {
    const [leader] = await home.current.gather(1);
    assert.ok(leader);
    await edited({ protocol: 99 });
    const follower = await home.current.start('follower');
    await follower.allocate('web');
    const { leader: leads, epoch } = await follower.call('status', {});
    assert.deepEqual([leads.pid, epoch], [leader.pid, EPOCH]);

    // And when it dies, nobody of this version claims over it.
    await leader.kill();
    await until('the follower to give up', async () => {
      const { role } = await follower.call('see', null);
      return role.kind === 'unreachable';
    });
    await refusedAsNewer(follower);
    assert.equal(await home.current.epoch(), EPOCH);
  });

  it('a newer version that left is not claimed over, and the reason is said', async () => {
    await left(() => undefined);
    await edited({ protocol: 99 });
    const peer = await home.current.start('peer');
    await refusedAsNewer(peer);
    await refusedAsNewer(peer);
    assert.equal(await home.current.epoch(), EPOCH);
  });

  it('a state of a newer schema is not claimed over, and nothing is moved aside', async () => {
    await left((body) => (body.schema = 2));
    const before = await home.current.files();
    const peer = await home.current.start('peer');
    await refusedAsNewer(peer);
    const attempts = () => peer.log.split('Cannot take part').length - 1;
    await until('a second attempt', () => attempts() >= 2);
    await peer.close();
    assert.deepEqual(await home.current.files(), before);
  });

  it('a journal with an event of a newer version is not claimed over', async () => {
    await left(() => undefined);
    const folder = await home.current.hostFolder();
    const event = { kind: 'foreseen' } as unknown as StateEvent;
    for (const copy of ['a', 'b']) {
      const path = join(folder, `journal.0000000001.${copy}.ndjson`);
      const text = await readFile(path, 'utf8');
      const seq = Number(/"seq":(\d+)/.exec(text)?.[1]);
      await writeFile(path, text + commitLine(EPOCH, seq + 1, [event], sha256));
    }
    const peer = await home.current.start('peer');
    await refusedAsNewer(peer);
    assert.equal(await home.current.epoch(), EPOCH);
  });

  it('fields that only another version knows survive being led by this one', async () => {
    const extra = { colour: 'blue', nested: [{ deep: true }] };
    await left((body) => {
      body.foreseen = extra;
      const [allocation] = body.allocations as Record<string, unknown>[];
      assert.ok(allocation);
      allocation.foreseen = extra;
    });
    const peer = await home.current.start('peer');
    await peer.allocate('other');
    const before = grants(await peer.list());
    assert.equal(before.length, 2);
    await peer.kill();
    const next = await home.current.start('next');
    assert.deepEqual(grants(await next.list()), before);
    await next.close();
    const epoch = String(await home.current.epoch()).padStart(10, '0');
    const path = join(await home.current.hostFolder(), `state.${epoch}.json`);
    const stored: unknown = JSON.parse(await readFile(path, 'utf8'));
    assert.ok(isRecord(stored) && isRecord(stored.body) && Array.isArray(stored.body.allocations));
    assert.deepEqual(stored.body.foreseen, extra);
    assert.deepEqual((stored.body.allocations as { foreseen?: unknown }[])[0]?.foreseen, extra);
  });
});
