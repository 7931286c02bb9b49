import assert from 'node:assert/strict';
import { HolderTracker } from '../../../../src/coordinator/membership/holderTracker';
import type { CommitQueue } from '../../../../src/coordinator/leader/commitQueue';
import type { Participant, ParticipantKind } from '../../../../src/core/domain/model';
import { ManualClock } from '../../../support/world/clocks';
import { granted, participant, A, B, Engine } from '../../core/allocation/support/engine';
import { SILENT } from '../../../support/world/makers';

const GRACE_MS = 30_000;
const MINUTE_MS = 60_000;

describe('attendance', () => {
  let clock: ManualClock;
  let engine: Engine;
  let connected: Participant[];
  let listening: Set<number>;
  let dead: Set<number>;
  let own: Map<string, string>;
  let deleted: Set<string>;
  let identity: string | undefined;
  let attendance: HolderTracker;
  let observe: () => Promise<void>;

  beforeEach(() => {
    clock = new ManualClock();
    engine = new Engine();
    connected = [];
    listening = new Set();
    dead = new Set();
    own = new Map();
    deleted = new Set();
    identity = undefined;
    observe = async () => undefined;
    attendance = begin();
  });

  /** A leadership that knows nothing of the one before. */
  function begin(): HolderTracker {
    const leader: Pick<CommitQueue, 'state' | 'decideAndRecord'> = {
      get state() {
        return engine.state;
      },
      decideAndRecord: async (decide) => {
        engine.record(decide());
        return { kind: 'committed' };
      },
    };
    return new HolderTracker({
      clock,
      leader,
      log: SILENT,
      processes: {
        bootId: 'boot',
        startedAt: async () => undefined,
        identityOf: async () => identity,
        isAlive: (pid) => !dead.has(pid),
      },
      graceMs: GRACE_MS,
      cooldownMs: 30_000,
      participants: () => connected,
      observe: () => observe(),
      isListening: ({ port }) => listening.has(port),
      ownServer: ({ id }) => own.get(id),
      deleted: async (folders) => new Set([...folders].filter((folder) => deleted.has(folder))),
    });
  }

  /** Shares the retrieval service, for this workspace; connected from then on. */
  function share(workspace: string, id: string, kind: ParticipantKind, pid = 100): number {
    const caller = participant(id, { kind, pid, folders: [workspace] });
    connected.push(caller);
    engine.caller = caller;
    engine.connected.add(id);
    engine.now = clock.now();
    const { allocation } = granted(
      engine.allocate({ workspace, service: 'rag', serviceType: 'ai' }),
    );
    return allocation.port;
  }

  function leave(id: string): void {
    connected = connected.filter((each) => each.id !== id);
    engine.connected.delete(id);
  }

  function holders(): string[] {
    return [...engine.state.allocations.values()].flatMap((each) =>
      each.holders.map((holder) => holder.participant),
    );
  }

  /** Looks as a leader does: every few seconds. */
  async function lookFor(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10_000) {
      await attendance.look();
      await clock.advance(10_000);
    }
    await attendance.look();
  }

  it('a command holds for half an hour after it asked', async () => {
    share(A, 'run', 'cli');
    leave('run');
    await lookFor(30 * MINUTE_MS);
    assert.deepEqual(holders(), ['run']);
    await lookFor(MINUTE_MS);
    assert.equal(engine.state.allocations.size, 0);
  });

  it('a command holds for half an hour after its port had a listener', async () => {
    const port = share(A, 'run', 'cli');
    leave('run');
    listening.add(port);
    await lookFor(45 * MINUTE_MS);
    listening.clear();
    await lookFor(29 * MINUTE_MS);
    assert.deepEqual(holders(), ['run']);
    await lookFor(2 * MINUTE_MS);
    assert.equal(engine.state.allocations.size, 0);
  });

  it('a command still holds for a new leader, which does not know what listened', async () => {
    share(A, 'run', 'cli');
    leave('run');
    await clock.advance(45 * MINUTE_MS);
    attendance = begin();
    await lookFor(29 * MINUTE_MS);
    assert.deepEqual(holders(), ['run']);
    await lookFor(2 * MINUTE_MS);
    assert.equal(engine.state.allocations.size, 0);
  });

  it('a command that has to find the new leader first is waited for', async () => {
    share(A, 'run', 'cli');
    await clock.advance(45 * MINUTE_MS);
    attendance = begin();
    const [run] = connected;
    assert.ok(run);
    leave('run');
    await clock.advance(31 * MINUTE_MS);
    await attendance.look();
    connected.push(run);
    await lookFor(31 * MINUTE_MS);
    assert.deepEqual(holders(), ['run']);
  });

  it('ends nothing on the word of a listener table that cannot be read', async () => {
    share(A, 'window', 'window', 7);
    leave('window');
    dead.add(7);
    observe = () => Promise.reject(new Error('The table cannot be read.'));
    await attendance.look();
    await clock.advance(GRACE_MS);
    await assert.rejects(attendance.look());
    assert.deepEqual(holders(), ['window']);
    observe = async () => void listening.add(11_430);
    await attendance.look();
    assert.equal(engine.state.allocations.size, 1, 'somebody listens');
    assert.deepEqual(holders(), []);
  });

  describe('after a change of leader', () => {
    const first = participant('first', { pid: 1, folders: [A] });
    const second = participant('second', { pid: 2, folders: [A] });
    const anew = participant('anew', { pid: 3, folders: [A] });

    beforeEach(() => {
      share(A, 'first', 'window', 1);
      share(A, 'second', 'window', 2);
      connected = [];
      attendance = begin();
    });

    async function come(caller: Participant): Promise<void> {
      connected.push(caller);
      await attendance.came(caller);
    }

    it('no window takes the place of another one that is not back yet', async () => {
      await come(first);
      assert.deepEqual(holders(), ['first', 'second']);
      const present = attendance.present();
      assert.deepEqual(
        ['first', 'second', 'third'].map((id) => present.has(id)),
        [true, true, false],
      );
      await come(second);
      await lookFor(2 * GRACE_MS);
      assert.deepEqual(holders(), ['first', 'second']);
    });

    it('a window that comes back while others are decided on counts as present', async () => {
      const present = attendance.present();
      await come(first);
      assert.ok(present.has('first'));
    });

    it('a command counts as present while its process runs', async () => {
      share(B, 'run', 'cli', 8);
      connected = [];
      attendance = begin();
      assert.ok(attendance.present().has('run'));
      dead.add(8);
      assert.ok(!attendance.present().has('run'));
    });

    it('a window after a reload takes the place of the one whose process is gone', async () => {
      dead.add(2);
      await come(first);
      await come(anew);
      assert.deepEqual(holders(), ['first', 'anew']);
    });

    it('a window after a reload takes the place of one that left again', async () => {
      await come(first);
      await come(second);
      leave('second');
      await come(anew);
      assert.deepEqual(holders(), ['first', 'anew']);
    });

    it('a window after a reload takes the place of one that is not back in time, although its process lives', async () => {
      await come(anew);
      assert.deepEqual(holders(), ['first', 'second']);
      await come(first);
      await clock.advance(GRACE_MS);
      await attendance.look();
      assert.deepEqual(holders(), ['first', 'anew']);
      assert.deepEqual(attendance.present(), new Set(['first', 'anew']));
    });
  });

  it('goes on when its holder comes back while the table is read', async () => {
    share(A, 'window', 'window', 7);
    const [window] = connected;
    assert.ok(window);
    leave('window');
    dead.add(7);
    await lookFor(GRACE_MS - 10_000);
    await clock.advance(10_000);
    observe = async () => void connected.push(window);
    await attendance.look();
    assert.deepEqual(holders(), ['window']);
  });

  it('holds for a deleted folder end with the next look at folders, and there are no new ones', async () => {
    share(A, 'a', 'window', 1);
    share(B, 'b', 'window', 2);
    deleted.add(A);
    await attendance.look();
    assert.deepEqual(holders(), ['b']);
    deleted.add(B);
    await attendance.look();
    assert.deepEqual(holders(), ['b'], 'thousands of folders are not looked at all the time');
    await clock.advance(2 * GRACE_MS);
    await attendance.look();
    assert.equal(engine.state.allocations.size, 0);
  });

  it('holds for a folder that is there again go on', async () => {
    share(A, 'a', 'window', 1);
    deleted.add(A);
    await attendance.look();
    assert.equal(engine.state.allocations.size, 0);
    await clock.advance(10_000);
    deleted.delete(A);
    share(A, 'again', 'window', 2);
    await attendance.look();
    assert.deepEqual(holders(), ['again']);
    await attendance.look();
    assert.deepEqual(holders(), ['again']);
  });

  it('the hold on a service of one workspace ends too, and leaves an orphan', async () => {
    await allocate('web', 'window', 7);
    await lookFor(2 * GRACE_MS);
    assert.deepEqual(holders(), ['window'], 'its process is there');
    dead.add(7);
    await attendance.look();
    assert.deepEqual(holders(), []);
    assert.equal(engine.state.allocations.size, 1);
  });

  it('is proven to have ended when another process has the pid', async () => {
    await allocate('web', 'window', 7, 'boot/7/100');
    identity = 'boot/7/100';
    await lookFor(2 * GRACE_MS);
    assert.deepEqual(holders(), ['window']);
    identity = undefined;
    await attendance.look();
    assert.deepEqual(holders(), ['window'], 'nothing is told: nothing is proven');
    identity = 'boot/7/999';
    await attendance.look();
    assert.deepEqual(holders(), []);
  });

  it('a window begins to hold when its own server listens', async () => {
    const id = await allocate('web', 'run', 7);
    connected.push(participant('editor', { folders: [A] }));
    await attendance.look();
    assert.deepEqual(holders(), ['run']);
    own.set(id, A);
    await attendance.look();
    assert.deepEqual(holders(), ['run', 'editor']);
  });

  /** Of one workspace alone; not connected any more. Answers the allocation's id. */
  async function allocate(service: string, id: string, pid: number, its?: string): Promise<string> {
    const kind = id === 'run' ? 'cli' : 'window';
    const more = its === undefined ? {} : { identity: its };
    engine.caller = participant(id, { kind, pid, folders: [A], ...more });
    engine.now = clock.now();
    return granted(engine.allocate({ service, serviceType: 'dev' })).allocation.id;
  }

  it('keeps what another workspace holds', async () => {
    share(A, 'a', 'window', 1);
    share(B, 'b', 'window', 2);
    leave('a');
    dead.add(1);
    await lookFor(2 * GRACE_MS);
    assert.deepEqual(holders(), ['b']);
  });
});
