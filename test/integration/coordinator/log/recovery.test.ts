import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { toBody } from '../../../../src/core/state/encode';
import { listAllocations, type State } from '../../../../src/core/state/state';
import { Home, grants } from '../support/home';
import { succeedIn } from '../support/succession';
import { until } from '../support/until';

/** The four copies of an epoch, in the order in which they are asked. */
const COPIES = ['state', 'state.bak', 'journal.a', 'journal.b'] as const;
type Copy = (typeof COPIES)[number];

const EPOCH = '0000000001';
const NAME: Readonly<Record<Copy, string>> = {
  state: `state.${EPOCH}.json`,
  'state.bak': `state.${EPOCH}.json.bak`,
  'journal.a': `journal.${EPOCH}.a.ndjson`,
  'journal.b': `journal.${EPOCH}.b.ndjson`,
};

/** Offsets in each file that are tried; every one of them takes a whole succession. */
const SAMPLES = 24;

describe('one damaged file between two leaders', () => {
  let home: Home;
  /** What the killed leader left. */
  let left = '';
  let answered: string[] = [];
  let whole: unknown;

  before(async () => {
    home = await Home.create();
    const [peer] = await home.gather(1);
    assert.ok(peer);
    // One after the other, each with a checkpoint: the one before becomes `.bak`.
    for (const service of ['a', 'b', 'c']) {
      await peer.allocate(service);
      await peer.allocate(`${service}-api`, 'api');
      await peer.release(service);
      await until('the checkpoint', async () => (await seqs()).size === 1);
    }
    left = await home.hostFolder();
    const early = new Map<string, Buffer>();
    for (const name of ['state', 'state.bak'] as const) {
      early.set(NAME[name], await readFile(join(left, NAME[name])));
    }
    // Of these only the journals shall know, however long the killing takes.
    for (let index = 0; index < 12; index += 1) {
      await peer.allocate(`late-${index}`);
    }
    await peer.release('late-3');
    const list = await peer.list();
    await peer.kill();
    for (const [name, content] of early) {
      await writeFile(join(left, name), content);
    }
    answered = grants(list);
    const { base } = await within((folder) => succeedIn(folder));
    whole = written(base.state);
    assert.deepEqual(grants({ allocations: views(base.state) }), answered);
  });

  after(async () => {
    await home.dispose();
  });

  /** The number of the last commit, in the checkpoint and in a journal. */
  async function seqs(): Promise<Set<string | undefined>> {
    const folder = await home.hostFolder();
    const state = await readFile(join(folder, NAME.state), 'utf8');
    const journal = await readFile(join(folder, NAME['journal.a']), 'utf8');
    const [last] = journal.trimEnd().split('\n').slice(-1);
    return new Set([state, last].map((text) => /"seq":(\d+)/.exec(text ?? '')?.[1]));
  }

  /** As it would be read back; the order of fields depends on whether it was. */
  function written(state: State): unknown {
    return JSON.parse(JSON.stringify(toBody(state)));
  }

  function views(state: State) {
    return listAllocations(state).map((each) => ({ ...each, state: 'reserved' as const }));
  }

  /** Works on a copy of what was left. */
  async function within<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const copy = await mkdtemp(join(tmpdir(), 'styxy-damage-'));
    try {
      await cp(left, copy, { recursive: true });
      return await work(copy);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  }

  async function survives(name: Copy, damage: (path: string) => Promise<void>): Promise<boolean> {
    return within(async (folder) => {
      await damage(join(folder, NAME[name]));
      const { base, repaired } = await succeedIn(folder);
      assert.deepEqual(written(base.state), whole);
      for (const [damaged, keptAt] of repaired) {
        assert.equal(damaged, NAME[name], 'a good copy was moved aside');
        assert.equal(basename(join(keptAt, '..')), 'quarantine');
        assert.ok((await readdir(join(folder, 'quarantine'))).includes(basename(keptAt)));
      }
      return repaired.size > 0;
    });
  }

  for (const name of COPIES) {
    it(`${name}, deleted: recovery equals what was answered`, async () => {
      await survives(name, (path) => rm(path));
    });

    it(`${name}, cut at every line and in between`, async function () {
      this.timeout(120_000);
      const content = await readFile(join(left, NAME[name]));
      const cuts = new Set([0, 1, content.length - 1]);
      for (let at = content.indexOf('\n'); at >= 0; at = content.indexOf('\n', at + 1)) {
        cuts.add(at).add(at + 1);
      }
      for (let sample = 0; sample < SAMPLES; sample += 1) {
        cuts.add(Math.floor((sample * content.length) / SAMPLES));
      }
      for (const cut of cuts) {
        await survives(name, (path) => truncate(path, cut));
      }
    });

    it(`${name}, with a flipped bit`, async function () {
      this.timeout(120_000);
      const content = await readFile(join(left, NAME[name]));
      const offsets = new Set([0, 5, content.length - 1, content.indexOf('\n')]);
      for (let sample = 0; sample < 2 * SAMPLES; sample += 1) {
        offsets.add(Math.floor((sample * content.length) / (2 * SAMPLES)));
      }
      for (const offset of offsets) {
        const flipped = Buffer.from(content);
        flipped[offset] = (content[offset] ?? 0) ^ 0x10;
        const noticed = await survives(name, (path) => writeFile(path, flipped));
        // The checkpoint is read whole; `.bak` only when it has to be.
        assert.ok(noticed || name !== 'state', `byte ${offset} was not noticed`);
      }
    });

    it(`${name}, overwritten with something else`, async () => {
      const contents = [
        '',
        'null\n',
        '{}\n',
        '\0'.repeat(5000),
        '\n'.repeat(100),
        '{"seq":1,"sha":"',
      ];
      for (const content of contents) {
        await survives(name, (path) => writeFile(path, content));
      }
    });
  }

  it('is moved aside when the other one is needed in its place', async () => {
    const content = await readFile(join(left, NAME['journal.a']));
    const late = content.indexOf('late-0');
    const ends = [];
    for (let at = content.indexOf('\n', late); at >= 0; at = content.indexOf('\n', at + 1)) {
      ends.push(at);
    }
    assert.ok(ends.length >= 12);
    for (const end of ends.slice(0, -1)) {
      // The number of the next line, its checksum, its content, and the line feed before it.
      for (const offset of [end, end + 3, end + 9, end + 30, end + 200]) {
        const flipped = Buffer.from(content);
        flipped[offset] = (content[offset] ?? 0) ^ 0x10;
        const noticed = await survives('journal.a', (path) => writeFile(path, flipped));
        assert.ok(noticed, `byte ${offset} was not noticed`);
      }
    }
  });
});
