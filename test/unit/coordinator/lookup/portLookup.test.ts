import assert from 'node:assert/strict';
import { deferred, withTimeout } from '../../../../src/coordinator/async/promises';
import { PortLookup } from '../../../../src/coordinator/lookup/portLookup';
import { ManualClock } from '../../../support/world/clocks';
import { settled } from '../../../support/world/waiting';
import { stage } from '../support';

/** What a mount whose server is gone says. */
const never = (): Promise<never> => new Promise(() => undefined);

describe('what a batch has to know', () => {
  it('does not wait for the branch of a folder that does not answer', async () => {
    const { tools, clock } = stage();
    const look = new PortLookup(
      { ...tools.look, workspaces: { ...tools.look.workspaces, branchOf: never } },
      [],
    );
    const asked = look.answer({ kind: 'branch', workspace: '/mnt/a' }, 1);
    await clock.advance(1000);
    await asked;
    assert.deepEqual([...look.branches], [['/mnt/a', undefined]]);
  });

  it('does not wait for the workspace of a process in such a folder', async () => {
    const { tools, clock } = stage();
    const workspaces = { ...tools.look.workspaces, exists: never };
    const look = new PortLookup({ ...tools.look, workspaces }, []);
    const process = { pid: 7, cwd: '/mnt/a' };
    const placed = look.placed(process);
    await clock.advance(1000);
    assert.equal(await placed, process);
  });

  it('does not wait for each of many, and leaves threads for the journals', async () => {
    const { tools, clock } = stage();
    let hanging = 0;
    const branchOf = (): Promise<never> => {
      hanging += 1;
      return never();
    };
    const look = new PortLookup(
      { ...tools.look, workspaces: { ...tools.look.workspaces, branchOf } },
      [],
    );
    const all = async (): Promise<void> => {
      for (let index = 0; index < 20; index += 1) {
        await look.answer({ kind: 'branch', workspace: `/mnt/${index}` }, 1);
      }
    };
    const asked = all();
    await clock.advance(2000);
    await asked;
    assert.equal(hanging, 2);
  });

  it('is asked again when a mount is back', async () => {
    const { tools, clock } = stage();
    const mount = deferred();
    const branchOf = async (): Promise<string> => {
      await mount.promise;
      return 'main';
    };
    const look = new PortLookup(
      { ...tools.look, workspaces: { ...tools.look.workspaces, branchOf } },
      [],
    );
    for (const workspace of ['/mnt/a', '/mnt/b']) {
      const asked = look.answer({ kind: 'branch', workspace }, 1);
      await clock.advance(1000);
      await asked;
    }
    mount.resolve();
    await settled();
    await look.answer({ kind: 'branch', workspace: '/mnt/c' }, 1);
    assert.equal(look.branches.get('/mnt/c'), 'main');
  });

  it('has what is there', async () => {
    const { tools, clock } = stage();
    const workspaces = { ...tools.look.workspaces, branchOf: async () => 'main' };
    const look = new PortLookup({ ...tools.look, workspaces }, []);
    await look.answer({ kind: 'branch', workspace: '/home/me/a' }, 1);
    assert.deepEqual([...look.branches], [['/home/me/a', 'main']]);
    assert.deepEqual(await look.placed({ pid: 7, cwd: '/home/me/a' }), {
      pid: 7,
      cwd: '/home/me/a',
      workspace: '/home/me/a',
    });
    assert.equal(clock.timers.size, 0, 'a timer was left behind');
  });
});

describe('waiting with an end', () => {
  it('tells how the work failed', async () => {
    const clock = new ManualClock();
    await assert.rejects(withTimeout(clock, 100, Promise.reject(new Error('no')), 1), /no/);
    assert.equal(clock.timers.size, 0);
  });
});
