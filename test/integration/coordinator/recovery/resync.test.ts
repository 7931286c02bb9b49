import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../ports';
import { grants, type Home } from '../support/home';
import type { Peer } from '../support/peer';
import { RawClient } from '../support/rawClient';
import { together } from '../support/together';
import { until } from '../support/until';

type Ruin = (folder: string, names: readonly string[]) => Promise<void>;

const overwritten: Ruin = (folder, names) =>
  each(names, (name) => writeFile(join(folder, name), 'ruined\n'));

const RUINS: Readonly<Record<string, Ruin>> = {
  overwritten,
  emptied: (folder, names) => each(names, (name) => writeFile(join(folder, name), '')),
  deleted: (folder, names) => each(names, (name) => rm(join(folder, name))),
  'gone with its folder': (folder) => rm(folder, { recursive: true }),
};

async function each(
  names: readonly string[],
  work: (name: string) => Promise<void>,
): Promise<void> {
  await Promise.all(names.map(work));
}

interface Ruins {
  /** Windows that hold ports and remember them. */
  readonly survivors: readonly [Peer, Peer];
  readonly before: readonly string[];
  /** The last epoch of the leader that is dead. */
  readonly last: number;
}

/** A leader that is dead with all its files in ruins, and two windows that find it so. */
async function ruined(home: Home, ruin: Ruin): Promise<Ruins> {
  const [first] = await home.gather(3);
  assert.ok(first);
  const { leader, followers } = await home.leader(first);
  const [one, two] = followers;
  assert.ok(one && two);
  // Whose it is, is about to die; those who share it know it too.
  await leader.allocate('rag', 'ai');
  for (const peer of followers) {
    await peer.allocate('rag', 'ai');
    await peer.allocate('web');
    await peer.allocate('api', 'api');
    await peer.allocate('gone', 'ui');
    await peer.release('gone');
  }
  const before = grants(await first.list());
  for (const peer of followers) {
    await until('the push', async () => {
      const { snapshot } = await peer.call('see', null);
      return snapshot !== null && grants(snapshot).join() === before.join();
    });
    peer.freeze();
  }
  await leader.kill();
  const last = await home.epoch();
  const names = (await home.files()).filter((name) => /^(state|journal)/.test(name));
  await ruin(await home.hostFolder(), names);
  followers.forEach((peer) => peer.thaw());
  return { survivors: [one, two], before, last };
}

async function isHeard(home: Home, ruin: Ruin): Promise<void> {
  const { survivors, before } = await ruined(home, ruin);
  const [one, two] = survivors;
  const { allocation } = await one.allocate('other');
  const listed = await two.list();
  assert.deepEqual(
    grants(listed).filter((grant) => !grant.includes(allocation.id)),
    before,
  );
  assert.equal(new Set(listed.allocations.map(({ port }) => port)).size, before.length + 1);
  for (const peer of survivors) {
    assert.equal((await peer.allocate('web')).existing, true);
  }
}

async function isHeardAgain(home: Home): Promise<void> {
  const { survivors, before, last } = await ruined(home, overwritten);
  const [one] = survivors;
  for (const peer of survivors) {
    await until('the hearing', async () => {
      const { role } = await peer.call('see', null);
      return 'epoch' in role && role.epoch > last;
    });
  }
  const { leader, followers } = await home.leader(one);
  await leader.kill();
  const [survivor] = followers;
  assert.ok(survivor);
  await survivor.allocate('other');
  const held = grants(await survivor.list());
  const own = before.filter((grant) => grant.startsWith(`${survivor.workspace} `));
  assert.deepEqual(
    held.filter((grant) => own.includes(grant)),
    own,
  );
}

async function takesOnlyWhatCanBe(home: Home): Promise<void> {
  const { survivors, last } = await ruined(home, overwritten);
  const [one] = survivors;
  await until('the hearing', async () => (await home.epoch()) > last);
  await one.joined();
  const folder = '/somewhere';
  const sound = {
    port: await freePort(),
    serviceType: 'dev',
    service: 'web',
    workspace: folder,
    holders: [],
    allocatedAt: 1,
  };
  const odd = [
    { ...sound, service: 'no name at all!' },
    { ...sound, service: 'privileged', port: 80 },
    { ...sound, service: 'typeless', serviceType: '' },
    { ...sound, service: 'relative', workspace: 'somewhere' },
  ].map((each, index) => ({ ...each, id: `00000000-0000-4000-8000-00000000000${index}` }));
  const folders = [folder, 'somewhere'];
  const client = await RawClient.introduced((await home.lock()).record, { folders }, odd);
  try {
    await one.allocate('other');
    const heard = grants(await one.list());
    assert.ok(!heard.some((grant) => grant.includes('somewhere')), heard.join('\n'));
    // What was written can be read.
    const { leader } = await home.leader(one);
    await leader.kill();
    const [survivor] = survivors.filter((peer) => peer !== leader);
    assert.ok(survivor);
    assert.deepEqual(grants(await survivor.list()), heard);
  } finally {
    client.end();
  }
}

async function goesOnFromOlder(home: Home): Promise<void> {
  const [founder] = await home.gather(1);
  assert.ok(founder);
  await founder.allocate('old');
  await founder.close();
  // Only what epoch 1 left stays whole, and the survivors know more.
  const { survivors, before, last } = await ruined(home, (folder, names) =>
    overwritten(
      folder,
      names.filter((name) => !name.includes('0000000001')),
    ),
  );
  const [one, two] = survivors;
  await one.allocate('other');
  assert.ok((await one.call('status', {})).epoch > last);
  const listed = grants(await two.list());
  assert.equal(listed.length, before.length + 1);
  assert.deepEqual(
    before.filter((grant) => !listed.includes(grant)),
    [],
  );
}

describe('when every copy is', () => {
  together([
    ...Object.entries(RUINS).map(([what, ruin]) => ({
      name: `${what}: the windows are heard, and nothing is given twice`,
      run: (home: Home) => isHeard(home, ruin),
    })),
    { name: 'overwritten, and an older epoch is whole', run: goesOnFromOlder },
    {
      name: 'overwritten, and who hears the windows is killed: the next one hears them too',
      run: isHeardAgain,
    },
    { name: 'overwritten: what is announced and cannot be is not taken', run: takesOnlyWhatCanBe },
  ]);
});
