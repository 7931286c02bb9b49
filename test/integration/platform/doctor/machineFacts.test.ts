import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { RunCommand } from '../../../../src/platform/fs/runProgram';
import {
  lookAtRefusedHome,
  SystemMachine,
  type SystemMachineOptions,
} from '../../../../src/platform/doctor/machineFacts';
import { preparePaths, systemPathsOptions } from '../../../../src/platform/home/paths';
import { temporaryFolder } from '../support';

const hasModes = process.platform !== 'win32';

function errno(code: string): Error {
  return Object.assign(new Error(`${code}: as a test wants it`), { code });
}

describe('the facts of the machine', () => {
  const folder = temporaryFolder();

  async function machine(options: Partial<SystemMachineOptions> = {}): Promise<SystemMachine> {
    const hostFolder = join(folder.path, 'hosts', '0123456789ab');
    await mkdir(hostFolder, { recursive: true, mode: 0o700 });
    return new SystemMachine({ home: folder.path, hostFolder, ...options });
  }

  function inHost(...names: readonly string[]): string {
    return join(folder.path, 'hosts', '0123456789ab', ...names);
  }

  it('are those of a sound home, and nothing is left in it', async () => {
    const facts = await (await machine()).look('');
    assert.equal(facts.platform, process.platform);
    assert.equal(facts.node, process.versions.node);
    assert.equal(facts.home.path, folder.path);
    assert.equal(facts.home.mode, hasModes ? '0700' : undefined);
    assert.deepEqual(facts.home.exposed, []);
    assert.deepEqual(facts.home.quarantined, []);
    assert.equal(facts.home.hardLinks, true);
    assert.ok((facts.home.freeBytes ?? 0) > 0);
    assert.deepEqual(facts.untold, []);
    assert.ok(facts.tools.every(({ present }) => present));
    assert.deepEqual(await readdir(inHost()), []);
  });

  it('name what others may read or write, and only that', async function () {
    if (!hasModes) {
      assert.deepEqual((await (await machine()).look('')).home.exposed, []);
      return;
    }
    const reader = await machine();
    await writeFile(join(folder.path, 'auth.token'), '', { mode: 0o600 });
    await writeFile(join(folder.path, 'config.json'), '{}', { mode: 0o644 });
    await symlink('config.json', join(folder.path, 'link'));
    await mkdir(join(folder.path, 'backups'), { mode: 0o700 });
    await writeFile(join(folder.path, 'backups', 'config.json.1'), '{}', { mode: 0o620 });
    await mkdir(inHost('quarantine'), { mode: 0o750 });
    await writeFile(inHost('audit.log'), '', { mode: 0o604 });
    await chmod(join(folder.path, 'hosts'), 0o711);
    await chmod(join(folder.path, 'backups', 'config.json.1'), 0o620);
    const { home } = await reader.look('');
    assert.deepEqual([...home.exposed].sort(), [
      'backups/config.json.1',
      'config.json',
      'hosts',
      'hosts/0123456789ab/audit.log',
      'hosts/0123456789ab/quarantine',
    ]);
  });

  it('name damaged files that are kept', async () => {
    const reader = await machine();
    await mkdir(inHost('quarantine'), { mode: 0o700 });
    await writeFile(inHost('quarantine', 'state.1'), '', { mode: 0o600 });
    const { home } = await reader.look('');
    assert.deepEqual(home.quarantined, ['hosts/0123456789ab/quarantine/state.1']);
  });

  it('are bounded in a folder with very many files, and that is told', async () => {
    const reader = await machine();
    const names = Array.from({ length: 320 }, (_, index) => join(folder.path, `f${index}`));
    await Promise.all(names.map((name) => writeFile(name, '', { mode: 0o600 })));
    const { untold } = await reader.look('');
    assert.deepEqual(
      untold,
      hasModes ? ['The home has so many files that only a part was looked at.'] : [],
    );
  });

  it('tell whether the leader can still be found', async () => {
    const reader = await machine();
    if (!hasModes) {
      assert.equal((await reader.look('\\\\.\\pipe\\x')).socket.present, true);
      return;
    }
    const path = join(folder.path, 's.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      assert.deepEqual((await reader.look(path)).socket, { path, present: true });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    await rm(path, { force: true });
    assert.deepEqual((await reader.look(path)).socket, { path, present: false });
  });

  it('tell that a file system has no hard links, and leave nothing', async () => {
    const reader = await machine({ link: () => Promise.reject(errno('EPERM')) });
    const { home, untold } = await reader.look('');
    assert.equal(home.hardLinks, false);
    assert.deepEqual(untold, []);
    assert.deepEqual(await readdir(inHost()), []);
  });

  it('leave nothing either where that cannot be told', async () => {
    const reader = await machine({ link: () => Promise.reject(errno('EIO')) });
    const { home, untold } = await reader.look('');
    assert.equal(home.hardLinks, true);
    assert.deepEqual(untold, [
      'Whether the file system of the home has hard links cannot be told (EIO).',
    ]);
    assert.deepEqual(await readdir(inHost()), []);
  });

  it('say what a home that is gone does not tell', async () => {
    const reader = await machine();
    await rm(folder.path, { recursive: true });
    const { home, untold } = await reader.look('');
    assert.equal(home.mode, undefined);
    assert.equal(home.freeBytes, undefined);
    assert.ok(untold.includes('The room on the disk of the home cannot be told (ENOENT).'));
  });

  it('do not wait for programs that hang', async () => {
    const hangs: RunCommand = () => new Promise(() => undefined);
    const reader = await machine({
      platform: 'win32',
      systemRoot: '/nowhere',
      run: hangs,
      deadlineMs: 50,
    });
    const { excluded, ephemeral, untold } = await reader.look('');
    assert.deepEqual({ excluded, ephemeral }, { excluded: [], ephemeral: undefined });
    assert.deepEqual(
      [...untold].filter((sentence) => sentence.includes('ports')).sort(),
      ['The ports of outgoing connections', 'The ports that nobody may use'].map(
        (what) => `${what} cannot be told: the system takes too long.`,
      ),
    );
  });

  it('are those of ranges that Windows tells', async () => {
    const run: RunCommand = async (_file, args) =>
      args.includes('excludedportrange')
        ? { stdout: '  5000   5010\n', exitCode: 0 }
        : { stdout: 'Start Port : 49152\nNumber of Ports : 16384\n', exitCode: 0 };
    const reader = await machine({ platform: 'win32', systemRoot: '/nowhere', run });
    const facts = await reader.look('');
    assert.deepEqual(facts.excluded, [{ first: 5000, last: 5010 }]);
    assert.deepEqual(facts.ephemeral, { first: 49_152, last: 65_535 });
    assert.equal(facts.home.mode, undefined);
    assert.ok(facts.tools.every(({ present }) => !present));
  });

  it('are told of a home that is refused, in which nothing is made', async function () {
    const options = {
      ...systemPathsOptions(),
      env: { STYXY_HOME: join(folder.path, 'home') },
    };
    await mkdir(join(folder.path, 'home'), { mode: 0o700 });
    if (hasModes) {
      await chmod(join(folder.path, 'home'), 0o777);
      await assert.rejects(preparePaths(options), { code: 'permission_denied' });
    }
    const { home, socket, untold } = await lookAtRefusedHome(options);
    assert.equal(home.path, join(folder.path, 'home'));
    assert.equal(home.mode, hasModes ? '0777' : undefined);
    assert.deepEqual(socket, { path: '', present: false });
    assert.match(untold.join('\n'), /has hard links was not tried/);
    assert.deepEqual(await readdir(home.path), []);
    const { hostFolder } = await preparePaths({ ...options, uid: undefined });
    assert.equal(home.hostFolder, hostFolder);
  });
});
