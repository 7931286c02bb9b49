/** Traces that the exploration found, gone by the production driver. */
import assert from 'node:assert/strict';
import { DurableLog } from '../../../src/coordinator/leader/durableLog';
import { runForLeader } from '../../../src/coordinator/election/candidate';
import type { Base } from '../../../src/coordinator/log/commit';
import { apply } from '../../../src/core/state/apply';
import { SlowClock } from '../../support/world/clocks';
import { MemoryFolder, type Disk } from '../../support/world/memoryFolder';
import { gate } from '../../support/world/waiting';
import { grantOf } from '../../support/world/makers';
import { portsIn, served, toolsOn, TroubledFolder, until } from './stage';

describe('A leader that could not open the next number', () => {
  it('does not go on from memory that another leader has gone beyond', async () => {
    const disk: Disk = new Map();
    const clock = new SlowClock();
    const hers = new TroubledFolder(disk);
    const ann = await served(toolsOn(hers, clock), 0);
    const log = new DurableLog(
      {
        ...toolsOn(hers, clock),
        rotateBytes: Infinity,
        exclusively: (work) => work(),
        onEpoch: () => undefined,
        onEnd: () => undefined,
        audited: () => Promise.resolve(),
      },
      ann.epochLog,
      ann.base,
    );

    // The disk is full: Ann cannot store a grant, and will try the next number in a while.
    hers.refuses = true;
    const refused = grantOf({ service: 'hers', port: 3001 });
    const outcome = await log.commit([refused], apply(ann.base.state, refused));
    assert.equal(outcome.kind, 'ended');

    // Bob takes her for dead, claims 2 and is held up; then somebody deletes that lock.
    const his = new TroubledFolder(disk);
    const held = gate();
    his.beforeJournal = held.passed;
    const bob = served(toolsOn(his, clock), 1);
    await until(disk, 'lock.2.');
    disk.delete('lock.2.');

    // Ann tries: she wins 2 as well, and the disk refuses the first of her journals.
    clock.time += 60_000;
    await log.watch();
    assert.ok(disk.has('lock.2.') && !disk.has('journal.2.a'));

    // Bob wakes, creates the journals of 2, reads, serves and answers a grant.
    held.open();
    const { epochLog, base } = await bob;
    const grant = grantOf({ service: 'his', port: 3001 });
    assert.deepEqual(await epochLog.commit([grant]), { kind: 'committed' });
    const answered: Base = { state: apply(base.state, grant), seq: epochLog.seq };

    // The disk has room again: what Ann does now must not lose it.
    hers.refuses = false;
    clock.time += 60_000;
    await log.watch();
    const after = await served(toolsOn(new MemoryFolder(disk), clock), 0);
    assert.deepEqual(portsIn(after.base), portsIn(answered));
  });

  it('does not leave its number to somebody else, with an older copy of the state', async () => {
    const disk: Disk = new Map();
    const clock = new SlowClock();
    const ann = await served(toolsOn(new MemoryFolder(disk), clock), 0);

    // Cid takes Ann for dead and is held up before he claims 2.
    const cids = new TroubledFolder(disk);
    const held = gate();
    cids.beforeClaim = held.passed;
    const cid = runForLeader(toolsOn(cids, clock), 1);
    await new Promise(setImmediate);

    // Bob claims 2 and reads 1. While he writes his checkpoint Ann stores a grant, too late to
    // answer it; then the disk refuses him.
    const bobs = new TroubledFolder(disk);
    const grant = grantOf({ service: 'client', port: 3001 });
    bobs.afterCheckpoint = async () => {
      assert.equal((await ann.epochLog.commit([grant])).kind, 'ended');
      bobs.refuses = true;
    };
    assert.equal((await runForLeader(toolsOn(bobs, clock), 1)).kind, 'ended');

    // Somebody deletes lock 2, and Cid wakes. Whoever leads now answers what its memory has.
    disk.delete('lock.2.');
    held.open();
    const { kind } = await cid;
    const leader = kind === 'serving' ? await cid : await served(toolsOn(cids, clock), 2);
    assert.ok(leader.kind === 'serving');
    assert.deepEqual(await leader.epochLog.commit([]), { kind: 'committed' });

    // One file is lost, and nothing that was answered.
    disk.delete(`checkpoint.${leader.epochLog.epoch}.main`);
    const after = await served(toolsOn(new MemoryFolder(disk), clock), 0);
    assert.deepEqual(portsIn(after.base), portsIn(leader.base));
  });
});
