import assert from 'node:assert/strict';
import type { AllocationView } from '../../../../src/core/domain/model';
import type { InspectAnswer } from '../../../../src/core/messages/requests';
import { PlanDecisions } from '../../../../src/vscode/plan/planDecisions';
import {
  PLANNED_PORT_CHECK_MS,
  type PlannedPort,
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
      decisions: new PlanDecisions(memory),
      offer: (planned) => void offered.push(planned),
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

describe('PlannedPortWatch', () => {
  it('looks every 30 s and only while a port is watched', async () => {
    const { start, ticking, inspected, tick } = stage();
    assert.equal(PLANNED_PORT_CHECK_MS, 30_000);
    const watch = start();
    assert.equal(ticking(), 0);
    watch.set(workspace, [WISH]);
    watch.set(workspace, [WISH]);
    assert.equal(ticking(), 1);
    assert.equal(inspected(), 0);
    await tick();
    assert.equal(inspected(), 1);
    assert.equal(ticking(), 0);
  });

  it('offers a port once, also in the next window', async () => {
    const { start, offered, ticking, tick } = stage();
    const watch = start();
    watch.set(workspace, [WISH]);
    await tick();
    assert.deepEqual(offered, [WISH]);
    watch.set(workspace, [WISH]);
    start().set(workspace, [WISH]);
    assert.equal(ticking(), 0);
    assert.equal(offered.length, 1);
  });

  it('waits until the port is free', async () => {
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

  it('ends when the service moved, was released, or its folder left', async () => {
    for (const views of [[], [allocationView({ port: 5173 })]]) {
      const { start, offered, ticking, tick, has } = stage();
      start().set(workspace, [WISH]);
      has(...views);
      await tick();
      assert.equal(ticking(), 0);
      assert.equal(offered.length, 0);
    }
    const { start, ticking } = stage();
    const watch = start();
    watch.set(workspace, [WISH]);
    watch.keep(() => true);
    assert.equal(ticking(), 1);
    watch.keep(() => false);
    assert.equal(ticking(), 0);
  });

  it('offers nothing after the plan changed or the window closed', async () => {
    for (const end of ['set', 'dispose'] as const) {
      const { start, offered, ticking, tick, finds } = stage();
      const watch = start();
      watch.set(workspace, [WISH]);
      let answer = (): void => undefined;
      finds(() => new Promise((resolve) => (answer = () => resolve(found({})))));
      await tick();
      await tick();
      if (end === 'set') {
        watch.set(workspace, []);
      } else {
        watch.dispose();
      }
      answer();
      await settle();
      assert.equal(offered.length, 0);
      assert.equal(ticking(), 0);
    }
  });
});
