import assert from 'node:assert/strict';
import type { AllocationView } from '../../../../src/core/domain/model';
import type { InspectAnswer } from '../../../../src/core/messages/requests';
import { KeptSet } from '../../../../src/vscode/plan/decisions';
import type { PlannedPort } from '../../../../src/vscode/plan/plannedPortWatch';
import {
  PLANNED_PORT_CHECK_MS,
  PlannedPortWatch,
} from '../../../../src/vscode/plan/plannedPortWatch';
import { EMPTY_SNAPSHOT, FakeCoordinator } from '../../../support/fakeCoordinator';
import { allocationView } from '../../../support/views';
import { SHOP, logOf, memoryOf, settle } from './support';

const { workspace } = SHOP;
const web = allocationView({ port: 5174 });
const WISH: PlannedPort = { id: web.id, workspace, service: 'web', from: 5174, to: 5173 };

function found(some: Partial<InspectAnswer>): InspectAnswer {
  return {
    port: 5173,
    addresses: [{ address: '127.0.0.1', result: 'free' }],
    listeners: [],
    history: [],
    serviceTypes: [],
    checkedAt: 0,
    ...some,
  };
}

function stage() {
  const offered: PlannedPort[] = [];
  const ticks: (() => void)[] = [];
  const memory = memoryOf();
  let inspect = (): Promise<InspectAnswer> => Promise.resolve(found({}));
  let inspected = 0;
  let allocations: readonly AllocationView[] = [web];
  const coordinator = Object.assign(new FakeCoordinator(), {
    inspect: () => {
      inspected += 1;
      return inspect();
    },
  });
  const start = () =>
    new PlannedPortWatch({
      connection: {
        ready: () => Promise.resolve(coordinator),
        get snapshot() {
          return { ...EMPTY_SNAPSHOT, allocations };
        },
      },
      clock: {
        every: (ms, tick) => {
          assert.equal(ms, PLANNED_PORT_CHECK_MS);
          ticks.push(tick);
          return { dispose: () => void ticks.splice(ticks.indexOf(tick), 1) };
        },
      },
      offered: new KeptSet(memory, 'offered'),
      offer: (wish) => void offered.push(wish),
      log: logOf().log,
    });
  return {
    start,
    offered,
    ticking: () => ticks.length,
    inspected: () => inspected,
    tick: async () => {
      [...ticks].forEach((tick) => tick());
      await settle();
    },
    finds: (next: typeof inspect) => (inspect = next),
    has: (...views: AllocationView[]) => (allocations = views),
  };
}

describe('Wishes', () => {
  it('look every 30 s and only while one is open', async () => {
    const { start, ticking, inspected, tick } = stage();
    assert.equal(PLANNED_PORT_CHECK_MS, 30_000);
    const wishes = start();
    assert.equal(ticking(), 0);
    wishes.set(workspace, [WISH]);
    wishes.set(workspace, [WISH]);
    assert.equal(ticking(), 1);
    assert.equal(inspected(), 0);
    await tick();
    assert.equal(inspected(), 1);
    assert.equal(ticking(), 0);
  });

  it('are offered once, also to the next window', async () => {
    const { start, offered, ticking, tick } = stage();
    const wishes = start();
    wishes.set(workspace, [WISH]);
    await tick();
    assert.deepEqual(offered, [WISH]);
    wishes.set(workspace, [WISH]);
    start().set(workspace, [WISH]);
    assert.equal(ticking(), 0);
    assert.equal(offered.length, 1);
  });

  it('wait until the port is free', async () => {
    const { start, offered, inspected, tick, finds, has } = stage();
    start().set(workspace, [WISH]);
    const process = { pid: 7, workspace: '/home/me/docs' };
    for (const some of [
      { allocation: allocationView({ port: 5173 }) },
      { reserved: 'A browser refuses it.' },
      { listeners: [{ port: 5173, process }] },
      { listeners: [{ port: 5173 }] },
      { addresses: [{ address: '127.0.0.1', result: 'busy' as const }] },
      { addresses: [{ address: '127.0.0.1', result: 'forbidden' as const }] },
    ]) {
      finds(() => Promise.resolve(found(some)));
      await tick();
    }
    finds(() => Promise.reject(new Error('no leader')));
    await tick();
    assert.equal(inspected(), 7);
    has(web, allocationView({ service: 'other', port: 5173 }));
    await tick();
    assert.equal(inspected(), 7);
    assert.equal(offered.length, 0);
    has(web);
    const own = { listeners: [{ port: 5173, process: { pid: 7, workspace } }] };
    finds(() => Promise.resolve(found(own)));
    await tick();
    assert.deepEqual(offered, [WISH]);
  });

  it('are over when the service moved, was released, or its folder left', async () => {
    for (const views of [[], [allocationView({ port: 5173 })]]) {
      const { start, offered, ticking, tick, has } = stage();
      start().set(workspace, [WISH]);
      has(...views);
      await tick();
      assert.equal(ticking(), 0);
      assert.equal(offered.length, 0);
    }
    const { start, ticking } = stage();
    const wishes = start();
    wishes.set(workspace, [WISH]);
    wishes.keep(() => true);
    assert.equal(ticking(), 1);
    wishes.keep(() => false);
    assert.equal(ticking(), 0);
  });

  it('are not offered after the plan withdrew them or the window closed', async () => {
    for (const end of ['set', 'dispose'] as const) {
      const { start, offered, ticking, tick, finds } = stage();
      const wishes = start();
      wishes.set(workspace, [WISH]);
      let answer = (): void => undefined;
      finds(() => new Promise((resolve) => (answer = () => resolve(found({})))));
      await tick();
      await tick();
      if (end === 'set') {
        wishes.set(workspace, []);
      } else {
        wishes.dispose();
      }
      answer();
      await settle();
      assert.equal(offered.length, 0);
      assert.equal(ticking(), 0);
    }
  });
});
