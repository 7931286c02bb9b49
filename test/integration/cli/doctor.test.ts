import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../../src/core/domain/errors';
import { CliHome, type Json } from './home';

const hasModes = process.platform !== 'win32';

describe('the doctor of the command line', () => {
  let home: CliHome;
  let folder: string;

  beforeEach(async () => {
    home = await CliHome.create();
    folder = join(home.root, 'home');
  });

  afterEach(async () => {
    await home.dispose();
  });

  /** The folder of this host's files. */
  async function hostFolder(): Promise<string> {
    const [host = ''] = await readdir(join(folder, 'hosts'));
    return join(folder, 'hosts', host);
  }

  function findings({ findings: found }: Json): { about: string; what: string; todo: string }[] {
    assert.ok(Array.isArray(found) && found.every(isRecord));
    return found.map(({ about, what, todo }) => {
      return { about: String(about), what: String(what), todo: String(todo) };
    });
  }

  it('finds nothing in a home that is new, and leaves nothing in it', async () => {
    const told = await home.json(['doctor']);
    assert.deepEqual(findings(told), []);
    assert.ok(isRecord(told.machine) && isRecord(told.machine.home));
    assert.equal(told.machine.home.path, folder);
    const names = await readdir(await hostFolder());
    assert.deepEqual(
      names.filter((name) => name.includes('doctor')),
      [],
    );
    assert.match((await home.run(['doctor'])).stdout, /^All is well\.\n/);
  });

  it('asks whoever leads', async () => {
    const pid = await home.startDaemon();
    const told = await home.json(['doctor']);
    assert.ok(isRecord(told.leader));
    assert.equal(told.leader.pid, pid);
    assert.deepEqual(findings(told), []);
    assert.ok(isRecord(told.machine) && isRecord(told.machine.socket));
    assert.equal(told.machine.socket.present, true);
  });

  it('says why a home is refused, and what it sees of it', async () => {
    await home.json(['doctor']);
    if (!hasModes) {
      return;
    }
    await chmod(folder, 0o777);
    const told = await home.json(['doctor'], 7);
    const [first] = findings(told);
    assert.match(first?.what ?? '', /Other users may write to Styxy's home .*chmod 700/);
    assert.ok(isRecord(told.error) && isRecord(told.machine) && isRecord(told.machine.home));
    assert.equal(told.error.code, 'permission_denied');
    assert.equal(told.machine.home.mode, '0777');
    assert.equal(told.machine.home.hostFolder, await hostFolder());
  });

  it('says where damaged copies lie, and that the rest was kept', async () => {
    await home.json(['allocate', '-s', 'dev', '-n', 'web']);
    const host = await hostFolder();
    const states = (await readdir(host)).filter((name) => /^state\.\d+\.json$/.test(name)).sort();
    const newest = join(host, states.at(-1) ?? '');
    await writeFile(newest, 'damaged', { mode: 0o600 });

    // The one command leads, and tells what it found; the next finds what is kept.
    const { steps } = await home.json(['recovery']);
    assert.ok(Array.isArray(steps) && steps.every(isRecord));
    const [state] = steps;
    assert.deepEqual(
      { step: state?.step, result: state?.result },
      { step: 'state', result: 'repaired' },
    );
    assert.ok(Array.isArray(state?.kept) && typeof state.kept[0] === 'string');
    assert.equal(await readFile(state.kept[0], 'utf8'), 'damaged');
    assert.ok((await stat(state.kept[0])).isFile());

    const [kept] = findings(await home.json(['doctor']));
    assert.equal(kept?.about, 'quarantine');
    assert.equal((await home.list()).length, 1);
  });

  it('ends with the exit code of a configuration that cannot be used', async () => {
    await writeFile(join(folder, 'config.json'), '{ "service_types": 7 }', { mode: 0o600 });
    const told = await home.json(['doctor'], 2);
    const [first] = findings(told);
    assert.equal(first?.about, 'configuration');
    assert.match(first.what, /config\.json: service_types: /);
  });
});
