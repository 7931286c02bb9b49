import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AllocationView } from '../../../../src/core/domain/model';
import { homeForEach } from '../support/home';
import type { Peer } from '../support/peer';
import { until } from '../support/until';

/** Short enough for a test; a window that comes back at once is in time. */
const OPTIONS = { graceMs: 300 };

/** As often as the machine is looked at here, and released with the second check. */
const CONFIG = {
  recovery: { health_monitoring: { check_interval_ms: 1000, max_failures: 2 } },
};

describe('an allocation that nobody holds', () => {
  const home = homeForEach();
  let watcher: Peer;

  beforeEach(async () => {
    await writeFile(join(home.current.path, 'config.json'), JSON.stringify(CONFIG), {
      mode: 0o600,
    });
    watcher = await home.current.start('watcher', OPTIONS);
    await watcher.joined();
  });

  async function shown(id: string): Promise<AllocationView | undefined> {
    return (await watcher.list()).allocations.find((each) => each.id === id);
  }

  async function released(id: string): Promise<void> {
    await until('it to be released', async () => (await shown(id)) === undefined);
    const { entries } = await watcher.call('audit', { what: 'released' });
    // Right after a change of leader a deleted folder is reason enough.
    const why = /^(nobody held it, and nobody listened|its folder was deleted)$/;
    assert.match(entries.at(-1)?.note ?? '', why);
    assert.equal(entries.at(-1)?.actor.kind, 'leader');
  }

  /** Waits for so many checks as would have released it. */
  async function checked(id: string): Promise<AllocationView> {
    const before = (await watcher.call('doctor', null)).health.counters.checks;
    await until('it to be checked', async () => {
      const { health } = await watcher.call('doctor', null);
      return health.counters.checks >= before + 3;
    });
    const view = await shown(id);
    assert.ok(view, 'it was released');
    return view;
  }

  it('is released when its window is closed, and remembered', async () => {
    const window = await home.current.start('window', OPTIONS);
    const { allocation } = await window.allocate('web');
    await window.close();
    await until('it to be an orphan', async () => {
      const view = await shown(allocation.id);
      return view === undefined || view.state === 'orphaned';
    });
    await released(allocation.id);
    const { workspace } = window;
    const again = await watcher.call('allocate', { workspace, service: 'web', serviceType: 'dev' });
    assert.equal(again.allocation.port, allocation.port);
  });

  it('is released when its window is killed', async () => {
    const window = await home.current.start('window', OPTIONS);
    const { allocation } = await window.allocate('web');
    await window.kill();
    await released(allocation.id);
  });

  it('is none while its window is frozen: the process is there', async () => {
    const window = await home.current.start('window', OPTIONS);
    const { allocation } = await window.allocate('web');
    window.freeze();
    const view = await checked(allocation.id);
    assert.equal(view.holders.length, 1);
    window.thaw();
    assert.equal((await window.allocate('web')).allocation.id, allocation.id);
  });

  it('is held by the window after a reload', async () => {
    const window = await home.current.start('window', OPTIONS);
    const { allocation } = await window.allocate('web');
    await window.kill();
    const folders = [window.workspace];
    const reloaded = await home.current.start('reloaded', { ...OPTIONS, folders });
    await reloaded.joined();
    await until('the new window to hold it', async () =>
      ((await shown(allocation.id))?.holders ?? []).some(({ label }) => label === 'reloaded'),
    );
    const view = await checked(allocation.id);
    assert.deepEqual(
      view.holders.map(({ label }) => label),
      ['reloaded'],
    );
  });

  it('is released when its folder is deleted, although its window is there', async () => {
    const workspace = await home.current.folder('deleted');
    const asked = { workspace, service: 'web', serviceType: 'dev' };
    const { allocation } = await watcher.call('allocate', asked);
    const kept = await watcher.allocate('web');
    await checked(allocation.id);
    await rm(workspace, { recursive: true });
    await released(allocation.id);
    assert.ok(await shown(kept.allocation.id), 'its own goes on');
  });

  it('is released when its git worktree is removed', async () => {
    const main = await home.current.folder('main');
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: main,
        stdio: 'pipe',
      });
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'Nothing');
    git('worktree', 'add', '-q', '../worktree');
    const workspace = await realpath(join(main, '../worktree'));
    const asked = { workspace, service: 'web', serviceType: 'dev' };
    const { allocation } = await watcher.call('allocate', asked);
    git('worktree', 'remove', '../worktree');
    await released(allocation.id);
  });

  it('is never released while a server listens, and is when that ends', async () => {
    const window = await home.current.start('window', OPTIONS);
    const { allocation } = await window.allocate('web');
    const server = await serve(window.workspace, allocation.port);
    try {
      await window.kill();
      await until('nobody to hold it', async () => {
        const view = await shown(allocation.id);
        return view?.holders.length === 0;
      });
      const view = await checked(allocation.id);
      assert.equal(view.state, 'listening');
      assert.equal(view.process?.pid, server.pid);
    } finally {
      server.kill();
      await once(server, 'close');
    }
    await released(allocation.id);
  });

  it('shows a listener of another workspace as a conflict, and moves when it is asked for', async () => {
    const other = await home.current.folder('other');
    await mkdir(other, { recursive: true });
    await writeFile(join(other, 'styxy.json'), '{ "services": {} }');
    const { allocation } = await watcher.allocate('web');
    const server = await serve(other, allocation.port);
    try {
      await until('the conflict', async () => (await shown(allocation.id))?.state === 'conflict');
      const view = await shown(allocation.id);
      assert.deepEqual(view?.intruder, { kind: 'stranger', workspace: other });
      const { entries } = await watcher.call('audit', { what: 'conflict' });
      assert.equal(entries.length, 1);
      assert.match(entries[0]?.note ?? '', new RegExp(`pid ${server.pid}`));
      const healed = await watcher.allocate('web');
      assert.equal(healed.allocation.id, allocation.id);
      assert.equal(healed.movedFrom, allocation.port);
      assert.notEqual(healed.allocation.port, allocation.port);
      await until('the new port to be at peace', async () => {
        return (await shown(allocation.id))?.state === 'reserved';
      });
    } finally {
      server.kill();
      await once(server, 'close');
    }
  });
});

/** A server in a folder, with a process of its own. */
async function serve(cwd: string, port: number): Promise<ChildProcess> {
  const script = `require('node:http').createServer().listen(${port}, '127.0.0.1', () => console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  assert.ok(child.stdout);
  await once(child.stdout, 'data');
  return child;
}
