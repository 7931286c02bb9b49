import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grants, homeForEach } from './support/home';
import type { Peer } from './support/peer';
import { RawClient } from './support/rawClient';
import { until } from './support/until';

interface Ruin {
  readonly what: string;
  ruin(folder: string, names: readonly string[]): Promise<void>;
}

const RUINS: readonly Ruin[] = [
  {
    what: 'overwritten',
    ruin: (folder, names) => each(names, (name) => writeFile(join(folder, name), 'ruined\n')),
  },
  {
    what: 'emptied',
    ruin: (folder, names) => each(names, (name) => writeFile(join(folder, name), '')),
  },
  { what: 'deleted', ruin: (folder, names) => each(names, (name) => rm(join(folder, name))) },
  { what: 'gone with their folder', ruin: (folder) => rm(folder, { recursive: true }) },
];

async function each(
  names: readonly string[],
  work: (name: string) => Promise<void>,
): Promise<void> {
  await Promise.all(names.map(work));
}

describe('when every copy is', () => {
  const home = homeForEach();
  let survivors: Peer[] = [];
  let before: string[] = [];

  /** Two windows that hold ports, and a leader that is dead with all its files in ruins. */
  async function ruined({ ruin }: Ruin): Promise<void> {
    const [first] = await home.current.gather(3);
    assert.ok(first);
    const { leader, followers } = await home.current.leader(first);
    survivors = followers;
    for (const peer of followers) {
      await peer.allocate('web');
      await peer.allocate('api', 'api');
      await peer.allocate('gone', 'ui');
      await peer.release('gone');
    }
    before = grants(await first.list());
    for (const peer of followers) {
      await until('the push', async () => {
        const { snapshot } = await peer.call('see', null);
        return snapshot !== null && grants(snapshot).join() === before.join();
      });
      peer.freeze();
    }
    await leader.kill();
    const names = (await home.current.files()).filter((name) => /^(state|journal)/.test(name));
    await ruin(await home.current.hostFolder(), names);
  }

  for (const ruin of RUINS) {
    it(`${ruin.what}: the windows are heard, and nothing is given twice`, async () => {
      await ruined(ruin);
      // In the same folder, and without any memory: it must not get what the windows hold.
      survivors.forEach((peer) => peer.thaw());
      const [one, two] = survivors;
      assert.ok(one && two);
      const other = await one.allocate('other');
      assert.deepEqual(
        grants(await two.list()).filter((grant) => !grant.includes(other.allocation.id)),
        before,
      );
      for (const peer of survivors) {
        const again = await peer.allocate('web');
        assert.equal(again.existing, true);
      }
      assert.equal(new Set((await two.list()).allocations.map(({ port }) => port)).size, 5);
    });
  }

  it('overwritten, and the one that hears the windows is killed: the next one hears them too', async () => {
    const [overwritten] = RUINS;
    assert.ok(overwritten);
    await ruined(overwritten);
    const last = await home.current.epoch();
    survivors.forEach((peer) => peer.thaw());
    const [one, two] = survivors;
    assert.ok(one && two);
    await Promise.all(
      survivors.map((peer) =>
        until('a hearing', async () => {
          const { role } = await peer.call('see', null);
          return 'epoch' in role && role.epoch > last;
        }),
      ),
    );
    const { leader, followers } = await home.current.leader(one);
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
  });

  it('overwritten: what is announced and cannot be is not taken', async () => {
    const [overwritten] = RUINS;
    assert.ok(overwritten);
    await ruined(overwritten);
    const last = await home.current.epoch();
    survivors.forEach((peer) => peer.thaw());
    const [one] = survivors;
    assert.ok(one);
    await until('a hearing', async () => (await home.current.epoch()) > last);
    await one.joined();
    const folder = '/somewhere';
    const sound = {
      id: '',
      port: 3090,
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
    const { record } = await home.current.lock();
    const client = await RawClient.introduced(record, { folders: [folder, 'somewhere'] }, odd);
    try {
      await one.allocate('other');
      const { leader } = await home.current.leader(one);
      const heard = grants(await one.list());
      assert.ok(!heard.some((grant) => grant.includes('somewhere')), heard.join('\n'));
      // What it wrote can be read.
      await leader.kill();
      const [survivor] = survivors.filter((peer) => peer !== leader);
      assert.ok(survivor);
      assert.deepEqual(grants(await survivor.list()), heard);
    } finally {
      client.end();
    }
  });
});
