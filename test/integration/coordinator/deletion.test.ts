import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { grants, homeForEach, type Home } from './support/home';
import { Load, risen } from './support/load';
import { until } from './support/until';

interface Loss {
  readonly what: string;
  readonly lose: (home: Home) => Promise<void>;
}

const LOSSES: readonly Loss[] = [
  { what: 'its lock', lose: async (home) => rm((await home.lock()).path) },
  { what: 'one journal', lose: (home) => removeFiles(home, /^journal.*\.a\.ndjson$/) },
  { what: 'both journals', lose: (home) => removeFiles(home, /^journal/) },
  { what: 'lock, journals and checkpoints', lose: (home) => removeFiles(home, /./) },
  {
    what: 'the whole folder',
    lose: async (home) => rm(await home.hostFolder(), { recursive: true }),
  },
  { what: 'its socket', lose: async (home) => rm((await home.lock()).record.socket) },
];

async function removeFiles(home: Home, names: RegExp): Promise<void> {
  const folder = await home.hostFolder();
  for (const name of await home.files()) {
    if (names.test(name)) {
      await rm(join(folder, name), { force: true });
    }
  }
}

describe('a leader that loses', () => {
  const home = homeForEach();

  for (const { what, lose } of LOSSES) {
    it(`${what}: goes on with a new epoch, and knows everything`, async () => {
      const [first] = await home.current.gather(3);
      assert.ok(first);
      const { leader, followers, epoch } = await home.current.leader(first);
      const [asking] = followers;
      assert.ok(asking);
      await asking.allocate('web');
      await asking.allocate('api', 'api');
      await asking.release('api');
      const before = grants(await asking.list());

      await lose(home.current);
      const after = await risen(asking, epoch);
      assert.deepEqual(grants(await asking.list()), before);
      assert.equal((await home.current.leader(asking)).leader.pid, leader.pid);
      const { allocation } = await asking.allocate('next');

      // Whoever comes now finds it, and whoever comes after it finds everything on disk.
      const newcomer = await home.current.start('newcomer');
      await newcomer.joined();
      assert.equal((await newcomer.call('status', {})).epoch, after);
      await leader.kill();
      const survivors = await newcomer.list();
      assert.deepEqual(
        new Set(grants(survivors)),
        new Set([...before, `${asking.workspace} next ${allocation.port} ${allocation.id}`]),
      );
    });
  }

  it('its lock under load: nothing that was answered is lost', async () => {
    const [first] = await home.current.gather(4);
    assert.ok(first);
    const { followers } = await home.current.leader(first);
    const [asking] = followers;
    assert.ok(asking);
    const load = new Load(followers, 4);
    for (let round = 0; round < 5; round += 1) {
      await load.after(30);
      const { epoch, path } = await home.current.lock();
      await rm(path);
      await until(`an epoch after ${epoch}`, async () => (await home.current.epoch()) > epoch);
    }
    await load.after(30);
    await load.stop();
    load.assertKept(await asking.list());
  });
});
