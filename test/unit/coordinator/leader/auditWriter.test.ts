import assert from 'node:assert/strict';
import { AuditWriter } from '../../../../src/coordinator/leader/auditWriter';
import { deferred } from '../../../../src/coordinator/async/promises';
import type { Replayed } from '../../../../src/core/log/replay';
import { ManualClock } from '../../../support/world/clocks';
import { settled } from '../../../support/world/waiting';
import { A, B, Engine } from '../../core/allocation/support/engine';
import { FakeTrail } from '../support';

describe('the audit log of a leadership', () => {
  let clock: ManualClock;
  let trail: FakeTrail;
  let warnings: string[];
  let verify: () => Promise<void>;
  let auditing: AuditWriter;

  beforeEach(() => {
    clock = new ManualClock();
    trail = new FakeTrail();
    warnings = [];
    verify = async () => undefined;
    const say = (message: string): void => void warnings.push(message);
    auditing = new AuditWriter({
      trail,
      clock,
      auditPath: '/home/me/.styxy/audit.log',
      log: { debug() {}, info() {}, warn: say, error: say },
      place: () => ({ epoch: 5, seq: 9 }),
      verify: () => verify(),
    });
  });

  /** Three commits of epoch 4: the numbers 7 to 9, the last one of a plan with two services. */
  function replayed(): readonly Replayed[] {
    const engine = new Engine();
    const commit = (seq: number, run: () => void): Replayed => {
      const before = engine.state;
      const from = engine.log.length;
      run();
      return { epoch: 4, seq, before, events: engine.log.slice(from) };
    };
    return [
      commit(7, () => engine.allocate({ workspace: A, service: 'web', serviceType: 'dev' })),
      commit(8, () => engine.allocate({ workspace: A, service: 'api', serviceType: 'api' })),
      commit(9, () => {
        engine.allocate({ workspace: B, service: 'web', serviceType: 'dev' });
        engine.allocate({ workspace: B, service: 'api', serviceType: 'api' });
      }),
    ];
  }

  /** `logs`: how many lines each commit has already. */
  async function caughtUp(...logs: (readonly [number, number])[]): Promise<string[]> {
    trail.logs = new Map(logs);
    auditing.catchUp(replayed());
    await settled();
    assert.ok(trail.entries.every(({ epoch }) => epoch === 4));
    return trail.entries.map((entry) => `${entry.seq} ${entry.service}`);
  }

  it('gets what the leader before did not write any more, under its epoch', async () => {
    assert.deepEqual(await caughtUp([7, 1]), ['8 api', '9 web', '9 api']);
  });

  it('gets the rest of a commit whose lines were torn', async () => {
    assert.deepEqual(await caughtUp([7, 1], [8, 1], [9, 1]), ['9 api']);
  });

  it('gets nothing twice', async () => {
    assert.deepEqual(await caughtUp([7, 1], [8, 1], [9, 2]), []);
  });

  it('counts no observation as a line of a commit', async () => {
    const engine = new Engine();
    engine.port('web', A, { serviceType: 'dev' });
    const [allocation] = engine.state.allocations.values();
    assert.ok(allocation);
    auditing.conflict(allocation, { kind: 'stranger' }, { pid: 7 });
    auditing.leadership({ epoch: 5 }, 'began');
    await settled();
    assert.deepEqual(
      trail.entries.map(({ what, seq, epoch }) => [what, seq, epoch]),
      [
        ['conflict', 0, 5],
        ['leadership', 0, 5],
      ],
    );
  });

  it('is neither written nor rotated by who leads no more', async () => {
    const [{ before, events }] = replayed() as [Replayed];
    auditing.committed(before, events);
    auditing.rotate();
    await settled();
    assert.equal(trail.entries.length, 1);
    assert.equal(trail.rotations, 1);
    auditing.committed(before, events);
    await settled();
    verify = () => Promise.reject(new Error('Another window leads.'));
    auditing.committed(before, events);
    auditing.rotate();
    await settled();
    assert.equal(trail.entries.length, 2);
    assert.equal(trail.rotations, 1);
  });

  it('is not looked at for its length before it grew, or again until that was done', async () => {
    const [{ before, events }] = replayed() as [Replayed];
    auditing.rotate();
    auditing.rotate();
    await settled();
    auditing.rotate();
    await settled();
    assert.equal(trail.rotations, 2, 'what the leader before left is not known');
    auditing.committed(before, events);
    await settled();
    const lasting = verify;
    verify = () => Promise.reject(new Error('The disk refuses.'));
    auditing.rotate();
    await settled();
    verify = lasting;
    auditing.rotate();
    auditing.rotate();
    await settled();
    auditing.rotate();
    await settled();
    assert.equal(trail.rotations, 4);
  });

  it('is not waited for while its disk hangs, and says what it left out', async () => {
    const disk = deferred();
    trail.onAppend = () => disk.promise;
    const [{ before, events }] = replayed() as [Replayed];
    for (let commit = 0; commit < 10_003; commit += 1) {
      auditing.committed(before, events);
    }
    let waited = false;
    const waiting = auditing.settled().then(() => (waited = true));
    await settled();
    assert.ok(!waited);
    await clock.advance(1000);
    await waiting;
    await auditing.settled();
    disk.resolve();
    await settled();
    await auditing.settled();
    assert.equal(trail.entries.length, 10_000);
    assert.deepEqual(warnings, ["The audit log's disk was too slow: 3 commits left out."]);
  });
});
