import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkerLeaderHost } from '../../../../src/coordinator/wiring/workerHost';
import { bundle } from '../support/bundle';
import { grants, homeForEach } from '../support/home';
import { handedOver } from '../support/handedOver';
import { Load, risen } from '../support/load';
import { SILENT } from '../../../support/world/makers';
import { until } from '../support/until';

/** Longer than a leader's silence that makes followers depose it. */
const BLOCKED_MS = 4000;

describe('a leader in a worker thread', () => {
  const home = homeForEach();

  async function gathered(count: number) {
    const { leaderWorker: worker } = await bundle();
    const [first] = await home.current.gather(count, { worker });
    assert.ok(first);
    return home.current.leader(first);
  }

  it('answers while the main thread is blocked, and stays the leader', async () => {
    const { leader, followers, epoch } = await gathered(2);
    const [asking] = followers;
    assert.ok(asking);
    let blocked = true;
    const blocking = leader.call('block', { ms: BLOCKED_MS }).finally(() => (blocked = false));
    // It starts when the message is read; from then on nothing else is.
    const seen = leader.call('see', null);
    const load = new Load([asking], 4);
    await load.after(200);
    assert.ok(blocked, 'the main thread was free again before the answers came');
    await blocking;
    await seen;
    await load.stop();
    const after = await home.current.leader(asking);
    assert.equal(after.leader.pid, leader.pid);
    assert.equal(after.epoch, epoch);
    load.assertKept(await leader.list());
  });

  it('dies with its process, and nothing is lost', async () => {
    const { leader, followers, epoch } = await gathered(3);
    const [asking] = followers;
    assert.ok(asking);
    const load = new Load(followers, 4);
    await load.after(60);
    await leader.kill();
    await risen(asking, epoch);
    await load.after(60);
    await load.stop();
    load.assertKept(await asking.list());
  });

  it('hands over when its window closes', async () => {
    const { leader, followers, epoch } = await gathered(3);
    const [asking] = followers;
    assert.ok(asking);
    await leader.allocate('web');
    const before = grants(await asking.list());
    await leader.close();
    assert.ok((await risen(asking, epoch)) > epoch);
    assert.deepEqual(grants(await asking.list()), before);
    for (const follower of followers) {
      await follower.close();
    }
    assert.deepEqual(await home.current.sockets(), []);
    assert.deepEqual(
      (await home.current.files()).filter((name) => name.startsWith('claim')),
      [],
    );
  });

  it('a stuck worker is ended when it has to hand over', async () => {
    const script = join(home.current.root, 'stuck.js');
    await writeFile(
      script,
      `require('node:worker_threads').parentPort.postMessage({ kind: 'leading' }); for (;;);`,
    );
    const fallback = { start: () => Promise.reject(new Error('There is a worker.')) };
    const host = new WorkerLeaderHost({ script, home: home.current.path, log: SILENT, fallback });
    const participant = { id: 'nobody', label: '', pid: 0, version: '', folders: [] };
    const self = { ...participant, kind: 'window' } as const;
    const start = await host.start({ seen: 0, served: 0, self, product: '' });
    assert.ok(start.kind === 'leading');
    await start.term.handOver();
    await start.term.ended;
  });

  it('hands over and comes back', async () => {
    const { leader, followers } = await gathered(2);
    const [other] = followers;
    assert.ok(other);
    for (const [from, to] of [
      [leader, other],
      [other, leader],
      [leader, other],
    ] as const) {
      await handedOver(from);
      await until(`${to.label} to lead`, async () => {
        const { role } = await to.call('see', null);
        return role.kind === 'leader';
      });
    }
  });

  for (const [what, script] of [
    ['missing', (folder: string) => join(folder, 'missing.js')],
    ['no script', (folder: string) => folder],
    ['relative', () => 'leaderWorker.js'],
  ] as const) {
    it(`the main thread leads instead of a worker whose script is ${what}`, async () => {
      const worker = script(home.current.root);
      const peer = await home.current.start('alone', { worker });
      const { allocation } = await peer.allocate('web');
      assert.equal(allocation.service, 'web');
      assert.match(peer.log, /leading on the main thread/);
    });
  }
});
