import assert from 'node:assert/strict';
import { chmod, cp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAuditLine } from '../../../../src/core/audit/entry';
import type { Allocation } from '../../../../src/core/domain/model';
import { readCheckpointText } from '../../../../src/core/log/records';
import { fromBody, toBody } from '../../../../src/core/state/encode';
import { sha256 } from '../../../../src/platform/fs/runtime';
import { preparePaths, systemPathsOptions } from '../../../../src/platform/home/paths';
import { checkpointName } from '../../../../src/platform/storage/fileNames';
import {
  EPOCH_BEFORE,
  HOME_BEFORE,
  NAMES_BEFORE,
  stateBefore,
  textBefore,
} from '../../../support/homeBefore';
import { homeForEach } from '../support/home';
import type { Peer } from '../support/peer';

/** The holders of 0.1.0 are gone; while this is looked at, nothing shall be done about it. */
const GRACE_MS = 10 * 60_000;

describe('a home that version 0.1.0 left, opened by this version', () => {
  before(function () {
    if (process.platform === 'win32') {
      this.skip(); // Its workspaces are paths of other systems.
    }
  });

  const { body, seq } = stateBefore();
  const home = homeForEach();

  /** Puts it in place, the folder of its host under the id of this machine, and answers that. */
  async function inherit(): Promise<string> {
    const { path, root } = home.current;
    await cp(HOME_BEFORE, path, { recursive: true });
    const env = { STYXY_HOME: path, XDG_RUNTIME_DIR: join(root, 'run') };
    // Whoever checked it out may have let others write.
    for (const folder of ['.', 'hosts', 'hosts/0123456789ab', 'backups']) {
      await chmod(join(path, folder), 0o700);
    }
    const { hostFolder } = await preparePaths({ ...systemPathsOptions(), env });
    await rename(join(path, 'hosts/0123456789ab'), hostFolder);
    return hostFolder;
  }

  async function open(): Promise<Peer> {
    const peer = await home.current.start('reader', { graceMs: GRACE_MS });
    const { epoch } = await peer.joined();
    assert.equal(epoch, EPOCH_BEFORE + 1);
    return peer;
  }

  async function showsEverything(peer: Peer): Promise<void> {
    const { allocations, configuration } = await peer.list();
    const shown = new Map(allocations.map((each) => [each.id, each]));
    assert.equal(shown.size, body.allocations.length);
    for (const before of body.allocations) {
      const now = shown.get(before.id);
      assert.ok(now, `${before.service} of ${before.workspace} is gone`);
      assert.deepEqual(onlyFieldsOf(before, now), before);
    }
    for (const { name, range } of body.types ?? []) {
      assert.deepEqual(configuration?.types.find((type) => type.name === name)?.range, range);
    }
    assert.ok(configuration?.types.some(({ name }) => name === 'storefront'));
    assert.deepEqual(configuration?.problems, []);
  }

  /** What a pair that asks is given, for everything that 0.1.0 remembers of it. */
  async function givesTheSamePorts(peer: Peer): Promise<void> {
    const held = new Set(body.allocations.map(({ port }) => port));
    for (const { workspace, service, serviceType, port } of body.memory) {
      // Its range was taken back and given to another type meanwhile.
      if (serviceType !== 'scratchpad') {
        const answer = await peer.call('allocate', { workspace, service, serviceType });
        assert.deepEqual([service, answer.allocation.port], [service, port]);
        assert.equal(answer.existing, held.has(port), service);
      }
    }
  }

  it('shows every allocation with its holders, and every range', async () => {
    await inherit();
    await showsEverything(await open());
  });

  it('gives each pair the port that it has or had', async () => {
    await inherit();
    await givesTheSamePorts(await open());
  });

  it('continues its audit log and shows all of it', async () => {
    const folder = await inherit();
    const peer = await open();
    const { entries } = await peer.call('audit', { limit: 1_000 });
    const before = textBefore('audit.log').trimEnd().split('\n').map(parseAuditLine);
    assert.deepEqual(entries.slice(0, before.length), before);
    assert.equal(entries[before.length]?.epoch, EPOCH_BEFORE + 1);
    const text = await readFile(join(folder, 'audit.log'), 'utf8');
    assert.ok(text.startsWith(textBefore('audit.log')));
  });

  it('leaves config.json and its backups as they were', async () => {
    await inherit();
    await (await open()).close();
    const { path } = home.current;
    const now = await Promise.all([path, HOME_BEFORE].map((each) => readConfigFiles(each)));
    assert.deepEqual(now[0], now[1]);
  });

  it('is written by this version so that the same is read again', async () => {
    const folder = await inherit();
    await (await open()).close();
    const epoch = EPOCH_BEFORE + 1;
    for (const copy of ['main', 'bak'] as const) {
      const text = await readFile(join(folder, checkpointName(epoch, copy)), 'utf8');
      const stored = readCheckpointText(epoch, text, sha256);
      assert.equal(stored?.seq, seq);
      assert.deepEqual(stored.body, body);
      const decoded = fromBody(stored.body);
      assert.ok(decoded.kind === 'state');
      assert.deepEqual(JSON.parse(JSON.stringify(toBody(decoded.state))), body);
    }
  });

  for (const copy of ['a', 'b'] as const) {
    it(`is the same although journal ${copy} is damaged, which is kept aside`, async () => {
      const folder = await inherit();
      const text = textBefore(NAMES_BEFORE[copy]);
      // The last line that both journals have, and no checkpoint.
      const at = text.trimEnd().lastIndexOf('\n') + 60;
      await writeFile(
        join(folder, NAMES_BEFORE[copy]),
        `${text.slice(0, at)}?${text.slice(at + 1)}`,
      );
      const peer = await open();
      await showsEverything(peer);
      await givesTheSamePorts(peer);
      if (copy === 'a') {
        // Of journal b nothing was needed, so nobody looked.
        const kept = await readdir(join(folder, 'quarantine'));
        assert.deepEqual(
          kept.map((name) => name.startsWith(NAMES_BEFORE[copy])),
          [true],
        );
      }
    });
  }
});

function onlyFieldsOf(fields: object, value: Allocation): unknown {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key in fields));
}

async function readConfigFiles(home: string): Promise<readonly string[]> {
  const backups = (await readdir(join(home, 'backups'))).sort();
  const texts = ['config.json', ...backups.map((name) => join('backups', name))].map(
    async (name) => `${name}: ${await readFile(join(home, name), 'utf8')}`,
  );
  return Promise.all(texts);
}
