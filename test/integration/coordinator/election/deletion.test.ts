import assert from 'node:assert/strict';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { grants, type Home } from '../support/home';
import { Load, risen } from '../support/load';
import { together } from '../support/together';
import { until } from '../support/until';

interface Loss {
  readonly what: string;
  readonly lose: (home: Home) => Promise<void>;
}

const LOSSES: readonly Loss[] = [
  { what: 'its lock', lose: async (home) => rm((await home.lock()).path) },
  { what: 'one journal', lose: (home) => removeFiles(home, /^journal.*\.a\.ndjson$/) },
  { what: 'both journals', lose: (home) => removeFiles(home, /^journal/) },
  { what: 'every file', lose: (home) => removeFiles(home, /./) },
  {
    what: 'the whole folder',
    // At once, however busy it is.
    lose: async (home) => rename(await home.hostFolder(), join(home.root, 'gone')),
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

async function survives(home: Home, { lose }: Loss): Promise<void> {
  const [first] = await home.gather(3);
  assert.ok(first);
  const { leader, followers, epoch } = await home.leader(first);
  const [asking] = followers;
  assert.ok(asking);
  await asking.allocate('web');
  await asking.allocate('api', 'api');
  await asking.release('api');
  const before = grants(await asking.list());

  await lose(home);
  const after = await risen(asking, epoch);
  assert.deepEqual(grants(await asking.list()), before);
  assert.equal((await home.leader(asking)).leader.pid, leader.pid);
  const { allocation } = await asking.allocate('next');

  // Whoever comes now finds it, and whoever comes after it finds everything on disk.
  const newcomer = await home.start('newcomer');
  await newcomer.joined();
  assert.equal((await newcomer.call('status', {})).epoch, after);
  await leader.kill();
  assert.deepEqual(
    new Set(grants(await newcomer.list())),
    new Set([...before, `${asking.workspace} next ${allocation.port} ${allocation.id}`]),
  );
}

async function losesLocks(home: Home): Promise<void> {
  const [first] = await home.gather(4);
  assert.ok(first);
  const { followers } = await home.leader(first);
  const [asking] = followers;
  assert.ok(asking);
  const load = new Load(followers, 4);
  for (let round = 0; round < 5; round += 1) {
    await load.after(30);
    const { epoch, path } = await home.lock();
    await rm(path);
    await until(`an epoch after ${epoch}`, async () => (await home.epoch()) > epoch);
  }
  await load.after(30);
  await load.stop();
  load.assertKept(await asking.list());
}

describe('a leader that loses', () => {
  together([
    ...LOSSES.map((loss) => ({
      name: `${loss.what}: goes on with a new epoch, and knows everything`,
      run: (home: Home) => survives(home, loss),
    })),
    { name: 'its lock under load: nothing that was answered is lost', run: losesLocks },
  ]);
});
