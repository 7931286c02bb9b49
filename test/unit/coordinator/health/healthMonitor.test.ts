import assert from 'node:assert/strict';
import { deferred } from '../../../../src/coordinator/async/promises';
import { HealthMonitor } from '../../../../src/coordinator/health/healthMonitor';
import type { Allocation } from '../../../../src/core/domain/model';
import type { HealthAnswer, HealthTarget } from '../../../../src/core/host/interfaces';
import type { OwnedListener } from '../../../../src/core/health/ownership';
import type { State } from '../../../../src/core/state/state';
import { DEFAULT_RULES } from '../../core/allocation/support/rules';
import { granted, participant, A, B, Engine } from '../../core/allocation/support/engine';
import { ManualClock } from '../../../support/world/clocks';
import { SILENT } from '../../../support/world/makers';
import { settled } from '../../../support/world/waiting';
import { stage } from '../support';

const POLL_MS = 2000;

describe('the health monitor', () => {
  let clock: ManualClock;
  let engine: Engine;
  let listening: Set<number>;
  let owners: Map<string, OwnedListener>;
  let ownedPorts: number[][];
  let asked: HealthTarget[];
  let answer: () => Promise<HealthAnswer>;
  let ports: () => Promise<ReadonlySet<number>>;
  let unchanged: (() => Promise<boolean>) | undefined;
  let ownersOf: () => Promise<ReadonlyMap<string, OwnedListener>>;
  let changes: string[][];
  let conflicts: string[];
  let released: string[][];
  let settings: { enabled: boolean; maxFailures: number; checkIntervalMs: number };
  let monitor: HealthMonitor;

  beforeEach(() => {
    clock = new ManualClock();
    engine = new Engine();
    listening = new Set();
    owners = new Map();
    ownedPorts = [];
    asked = [];
    answer = async () => ({ ok: true, status: 200, ms: 1 });
    ports = async () => listening;
    unchanged = undefined;
    ownersOf = async () => owners;
    changes = [];
    conflicts = [];
    released = [];
    settings = { enabled: true, maxFailures: 3, checkIntervalMs: 30_000 };
    const state = (): State => engine.state;
    monitor = new HealthMonitor(
      {
        clock,
        firstCheckMs: 10_000,
        log: SILENT,
        look: {
          ...stage().tools.look,
          listeners: {
            pollIntervalMs: POLL_MS,
            ports: () => ports(),
            listeners: async () => [],
            seemsUnchanged: async () => (await unchanged?.()) === true,
          },
          health: {
            check: (target) => {
              asked.push(target);
              return answer();
            },
          },
        },
        state,
        participants: () => [],
        rules: () => ({
          ...DEFAULT_RULES,
          recovery: {
            ...DEFAULT_RULES.recovery,
            healthMonitoring: { ...settings, cleanupStaleAllocations: true },
          },
        }),
        leader: {
          get state() {
            return state();
          },
          decideAndRecord: async (decide) => {
            released.push(decide().flatMap((event) => ('id' in event ? [event.id] : [])));
            return { kind: 'committed' };
          },
        },
        onChange: (ids) => changes.push([...ids]),
        onConflict: ({ id }, { process }) => conflicts.push(`${id} ${process?.pid}`),
      },
      {
        ofAllocations: async (allocations) => {
          ownedPorts.push(allocations.map(({ port }) => port));
          return ownersOf();
        },
      },
    );
    monitor.start();
  });

  afterEach(() => monitor.dispose());

  function allocate(service: string, more: object = {}): Allocation {
    engine.caller = participant('window', { folders: [A] });
    return granted(engine.allocate({ service, ...more })).allocation;
  }

  function stateOf(allocation: Allocation): string {
    return monitor.view(engine.state.allocations.get(allocation.id) ?? allocation).state;
  }

  function leave({ id, holders }: Allocation): void {
    const [holder] = holders;
    assert.ok(holder);
    const stamp = { at: engine.now, actor: '', by: 'leader' };
    const { participant: left } = holder;
    engine.record([{ kind: 'left', stamp, id, holders: [{ participant: left }] }]);
  }

  it('shows who listens as soon as it looked, and pushes it once', async () => {
    const web = allocate('web', { serviceType: 'dev' });
    owners.set(web.id, { process: { pid: 7 }, ownership: { kind: 'own' } });
    await clock.advance(POLL_MS);
    assert.equal(stateOf(web), 'reserved');
    assert.deepEqual(changes, []);
    listening.add(web.port);
    await clock.advance(POLL_MS);
    assert.equal(stateOf(web), 'listening');
    assert.deepEqual(monitor.view(web).process, { pid: 7 });
    assert.equal(monitor.ownServer(web), A);
    await clock.advance(2 * POLL_MS);
    assert.deepEqual(changes, [[web.id]]);
    listening.clear();
    await clock.advance(POLL_MS);
    assert.equal(stateOf(web), 'down');
    assert.equal(monitor.ownServer(web), undefined);
  });

  it('looks up owners of new listeners only, and of all with each check', async () => {
    const web = allocate('web', { serviceType: 'dev' });
    listening.add(web.port);
    await clock.advance(4 * POLL_MS);
    assert.deepEqual(ownedPorts, [[web.port], [], [], []]);
    ownedPorts = [];
    await clock.advance(POLL_MS);
    assert.deepEqual(ownedPorts, [[web.port]], 'the first check, 10 s after the beginning');
    await clock.advance(30_000);
    assert.equal(ownedPorts.filter(([port]) => port === web.port).length, 2);
  });

  it('is spared what would find the same, but not for long, nor a check, nor what is new', async () => {
    let looks = 0;
    ports = async () => {
      looks += 1;
      return listening;
    };
    unchanged = async () => true;
    settings.checkIntervalMs = 22_000;
    await clock.advance(4 * POLL_MS);
    assert.equal(looks, 0, 'nothing is allocated');
    const web = allocate('web', { serviceType: 'dev' });
    listening.add(web.port);
    await clock.advance(POLL_MS);
    assert.equal(looks, 1, 'the first check');
    assert.equal(stateOf(web), 'listening');
    listening.clear();
    await clock.advance(4 * POLL_MS);
    assert.equal(looks, 1);
    assert.equal(stateOf(web), 'listening');
    await clock.advance(POLL_MS);
    assert.equal(looks, 2, 'as many may have come as went');
    assert.equal(stateOf(web), 'down');
    const api = allocate('api');
    await clock.advance(POLL_MS);
    assert.equal(looks, 3, 'another allocation');
    assert.equal(stateOf(api), 'reserved');
    listening.add(api.port);
    unchanged = async () => false;
    await clock.advance(POLL_MS);
    assert.equal(looks, 4);
    assert.equal(stateOf(api), 'listening');
    unchanged = async () => true;
    await clock.advance(3 * POLL_MS);
    assert.equal(looks, 4);
    await clock.advance(POLL_MS);
    assert.equal(looks, 5, 'the next check');
  });

  it('looks again when somebody took hold or let go, and after a look that failed', async () => {
    unchanged = async () => true;
    const web = allocate('web', { serviceType: 'dev' });
    await clock.advance(POLL_MS);
    assert.equal(stateOf(web), 'reserved');
    leave(web);
    await clock.advance(POLL_MS);
    assert.equal(stateOf(web), 'orphaned');
    listening.add(web.port);
    unchanged = async () => false;
    ownersOf = () => Promise.reject(new Error('Too many files are open.'));
    await clock.advance(POLL_MS);
    assert.equal(stateOf(web), 'orphaned');
    unchanged = async () => true;
    ownersOf = async () => owners;
    await clock.advance(POLL_MS);
    assert.equal(stateOf(web), 'listening');
  });

  it('forgets what was released, also when nothing is allocated any more', async () => {
    unchanged = async () => true;
    const web = allocate('web', { serviceType: 'dev' });
    listening.add(web.port);
    await clock.advance(POLL_MS);
    engine.release({ id: web.id });
    assert.equal(engine.state.allocations.size, 0);
    await clock.advance(POLL_MS);
    assert.equal(monitor.healthOf(web), undefined);
  });

  it('releases an orphan after so many checks, and none that is held', async () => {
    const web = allocate('web', { serviceType: 'dev' });
    const api = allocate('api');
    leave(web);
    await clock.advance(10_000);
    assert.equal(stateOf(web), 'orphaned');
    assert.equal(stateOf(api), 'reserved');
    await clock.advance(30_000);
    assert.deepEqual(released, []);
    await clock.advance(30_000);
    assert.deepEqual(released, [[web.id]]);
    assert.equal(monitor.counters.released, 1);
  });

  it('counts an orphan anew once somebody held it or listened', async () => {
    const web = allocate('web', { serviceType: 'dev' });
    leave(web);
    await clock.advance(40_000);
    listening.add(web.port);
    await clock.advance(30_000);
    listening.clear();
    await clock.advance(60_000);
    assert.deepEqual(released, []);
    await clock.advance(30_000);
    assert.deepEqual(released, [[web.id]]);
  });

  it('releases nothing while the table cannot be read', async () => {
    const web = allocate('web', { serviceType: 'dev' });
    leave(web);
    ports = () => Promise.reject(new Error('no table'));
    await clock.advance(300_000);
    assert.deepEqual(released, []);
    ports = async () => listening;
    await clock.advance(30_000);
    assert.equal(monitor.healthOf(web)?.orphaned, 1);
  });

  it('does nothing of its own while it is switched off, and still looks', async () => {
    settings = { ...settings, enabled: false };
    const web = allocate('web', { serviceType: 'dev' });
    leave(web);
    await clock.advance(300_000);
    assert.equal(stateOf(web), 'orphaned');
    assert.deepEqual(released, []);
  });

  it('follows the interval of the configuration, and a clock that was set back', async () => {
    settings = { ...settings, checkIntervalMs: 4000, maxFailures: 2 };
    const web = allocate('web', { serviceType: 'dev' });
    leave(web);
    await clock.advance(14_000);
    assert.deepEqual(released, [[web.id]]);
    released = [];
    clock.set(clock.now() - 3_600_000);
    await clock.advance(6000);
    assert.ok(released.length > 0, 'it checks no more');
  });

  it('tells of a conflict once, and offers it to decisions', async () => {
    const web = allocate('web', { serviceType: 'dev' });
    listening.add(web.port);
    owners.set(web.id, {
      process: { pid: 9, startMark: '1' },
      ownership: { kind: 'sibling', workspace: B, sameRepository: true },
    });
    await clock.advance(60_000);
    assert.equal(stateOf(web), 'conflict');
    assert.deepEqual(conflicts, [`${web.id} 9`]);
    assert.equal(monitor.observationOf(web).state, 'conflict');
    assert.equal(monitor.ownServer(web), undefined);
    engine.record([
      {
        kind: 'moved',
        stamp: { at: engine.now, actor: '', by: 'x' },
        id: web.id,
        from: web.port,
        to: 3050,
        coolUntil: 0,
      },
    ]);
    const moved = engine.state.allocations.get(web.id);
    assert.ok(moved);
    assert.equal(stateOf(moved), 'reserved', 'another port is a new beginning');
  });

  describe('asks a service how it is', () => {
    it('where its plan says how, with each check', async () => {
      const web = allocate('web', { serviceType: 'dev', planned: { health: '/healthz' } });
      allocate('db', { serviceType: 'database', planned: { health: '/healthz' } });
      const tls = allocate('tls', {
        serviceType: 'dev',
        planned: { health: '/', protocol: 'https' },
      });
      for (const { port } of engine.state.allocations.values()) {
        listening.add(port);
      }
      await clock.advance(10_000);
      assert.deepEqual(asked, [
        { port: web.port, health: '/healthz', secure: false },
        { port: tls.port, health: '/', secure: true },
      ]);
      assert.deepEqual(monitor.view(web).health, { ok: true });
      answer = async () => ({ ok: false, reason: 'it answered 500' });
      await clock.advance(60_000);
      const health = { ok: false, reason: 'it answered 500', failures: 2 };
      assert.deepEqual(monitor.view(web).health, health);
      assert.equal(stateOf(web), 'listening');
      assert.deepEqual(released, []);
    });

    it('asks neither a stranger nor a port without a listener', async () => {
      const web = allocate('web', { serviceType: 'dev', planned: { health: '/healthz' } });
      await clock.advance(10_000);
      listening.add(web.port);
      owners.set(web.id, { process: { pid: 9 }, ownership: { kind: 'stranger' } });
      await clock.advance(30_000);
      assert.deepEqual(asked, []);
    });

    it('waits for no service that hangs', async () => {
      const web = allocate('web', { serviceType: 'dev', planned: { health: '/healthz' } });
      const orphan = allocate('api');
      leave(orphan);
      listening.add(web.port);
      const hanging = deferred();
      answer = async () => {
        await hanging.promise;
        return { ok: true, status: 200, ms: 1 };
      };
      await clock.advance(70_000);
      assert.deepEqual(released, [[orphan.id]]);
      assert.equal(asked.length, 1);
      listening.clear();
      await clock.advance(POLL_MS);
      hanging.resolve();
      await settled();
      assert.equal(stateOf(web), 'down', 'a late answer does not bring back who is gone');
    });
  });

  it('keeps the last 20 observations of each, and forgets what ended', async () => {
    const web = allocate('web', { serviceType: 'dev' });
    await clock.advance(30 * 30_000);
    assert.equal(monitor.healthOf(web)?.history.length, 20);
    granted(engine.release({ id: web.id }));
    await clock.advance(POLL_MS);
    assert.equal(monitor.healthOf(web), undefined);
  });
});
