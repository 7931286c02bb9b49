import assert from 'node:assert/strict';
import { ListenerOwners } from '../../../../src/coordinator/lookup/listenerOwners';
import { BoundedLookup } from '../../../../src/coordinator/async/boundedLookup';
import type { Allocation, Participant } from '../../../../src/core/domain/model';
import type { GitPlace, Listener, ResolvedWorkspace } from '../../../../src/core/host/interfaces';
import { ManualClock } from '../../../support/world/clocks';
import { granted, participant, A, B, Engine } from '../../core/allocation/support/engine';
import { SILENT } from '../../../support/world/makers';

describe('whose a listener is', () => {
  let clock: ManualClock;
  let web: Allocation;
  let listeners: Listener[];
  let places: Map<string, ResolvedWorkspace>;
  let git: Map<string, GitPlace>;
  let resolve: (folder: string) => Promise<ResolvedWorkspace>;
  let looks: string[];
  let participants: Participant[];
  let owners: ListenerOwners;

  beforeEach(() => {
    clock = new ManualClock();
    const engine = new Engine();
    web = granted(engine.allocate({ service: 'web', serviceType: 'dev' })).allocation;
    listeners = [];
    places = new Map();
    git = new Map();
    looks = [];
    participants = [
      participant('window-a', { folders: [A] }),
      participant('window-b', { folders: [B] }),
    ];
    resolve = async (folder) => places.get(folder) ?? { workspace: folder, because: 'folder' };
    owners = new ListenerOwners({
      clock,
      log: SILENT,
      look: {
        bounded: new BoundedLookup(clock),
        listeners: {
          pollIntervalMs: 1,
          ports: async () => new Set(),
          listeners: async () => listeners,
        },
        workspaces: {
          exists: async () => true,
          resolve: (folder) => {
            looks.push(folder);
            return resolve(folder);
          },
          branchOf: async () => undefined,
          worktreeOf: async (folder) => git.get(folder) ?? { kind: 'none' },
        },
      },
      participants: () => participants,
      state: () => engine.state,
    });
  });

  async function ownerOf(): Promise<string> {
    const found = (await owners.ofAllocations([web])).get(web.id);
    return found === undefined
      ? 'nobody'
      : `${found.ownership.kind} ${found.process?.workspace ?? ''}`.trim();
  }

  function listen(cwd: string | undefined, pid = 7): void {
    const process = { pid, ...(cwd === undefined ? {} : { cwd }) };
    listeners.push({ port: web.port, address: '127.0.0.1', process });
  }

  it('is told by where it runs', async () => {
    assert.equal(await ownerOf(), 'nobody');
    listen(`${A}/src`);
    places.set(`${A}/src`, { workspace: A, because: 'open' });
    assert.equal(await ownerOf(), `own ${A}`);
    listeners = [];
    listen(B);
    places.set(B, { workspace: B, because: 'open' });
    assert.equal(await ownerOf(), `sibling ${B}`);
  });

  it('is said for the own one when several listen', async () => {
    places.set(A, { workspace: A, because: 'open' });
    places.set(B, { workspace: B, because: 'open' });
    listen(B, 8);
    listen(A, 9);
    assert.equal(await ownerOf(), `own ${A}`);
  });

  it('is the window of the folder, wherever its process runs, and nobody for another folder', async () => {
    const window = { pid: 7, identity: 'boot/7/100' };
    participants = [participant('window', { ...window, folders: [A] })];
    listeners.push({
      port: web.port,
      address: '127.0.0.1',
      process: { pid: 7, startMark: '100', cwd: '/' },
    });
    assert.equal(await ownerOf(), 'own');
    participants = [participant('window', { ...window, folders: [B] })];
    assert.equal(await ownerOf(), 'unknown');
    participants = [participant('window', { ...window, identity: 'boot/7/99', folders: [B] })];
    assert.equal(await ownerOf(), 'unknown /', 'another process has the pid');
  });

  it('is not known without a folder', async () => {
    listen(undefined);
    assert.equal(await ownerOf(), 'unknown');
  });

  it('is not known where the folder cannot be read, and others are judged all the same', async () => {
    resolve = () => Promise.reject(new Error('EACCES'));
    listen(B);
    assert.equal(await ownerOf(), 'unknown');
  });

  it('is not known where the folder does not answer', async () => {
    resolve = () => new Promise(() => undefined);
    listen(B);
    const asked = ownerOf();
    await clock.advance(1000);
    assert.equal(await asked, 'unknown');
  });

  it('is looked up once for a while, and again when other windows are open', async () => {
    listen(B);
    await ownerOf();
    await ownerOf();
    assert.equal(looks.length, 1);
    participants = participants.slice(0, 1);
    await ownerOf();
    assert.equal(looks.length, 2);
    await clock.advance(6 * 60_000);
    await ownerOf();
    assert.equal(looks.length, 3);
  });
});
