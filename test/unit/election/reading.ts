/** A candidate's reads: what a recovery, and the look before a claim, do copy by copy. */
import type { Kept } from './candidate';
import { judge, type Verdict } from './content';
import { beginScan, COPIES, finished, list, withRead, type Found } from './scan';
import type { Observation } from '../../../src/core/election/types';
import {
  filesOf,
  mayFail,
  processOf,
  spend,
  withProcess,
  type Candidacy,
  type Memory,
  type Next,
  type Process,
  type Scan,
  type Setup,
  type World,
} from './world';

/** The world after the machine was told what was observed. */
export type Go = (then: World, observation: Observation<Memory>, kept?: Kept) => World;

/** The listing of a recovery, then its reads, in any order where the order can matter. */
export function* reading(
  setup: Setup,
  world: World,
  who: number,
  doing: Candidacy,
  go: Go,
): Generator<Next> {
  const { work, step } = doing;
  const { action } = step;
  if (action.do !== 'recover' && action.do !== 'checkVersion') {
    return;
  }
  const { old } = processOf(world, who);
  const clients = setup.clients.length;
  const put = (after: World, scan: Scan | Found): World => {
    const now = settled(after, who, scan, old, clients);
    if (!('recovery' in now)) {
      return withProcess(after, who, { doing: { ...doing, work: { kind: 'scan', scan: now } } });
    }
    const { recovery, damaged } = now;
    if (action.do === 'checkVersion') {
      return go(after, { saw: recovery.kind === 'newer' ? 'newer' : 'readable' });
    }
    return go(after, { saw: 'recovered', recovery }, { ...doing, damaged });
  };
  if (work.kind !== 'scan') {
    const above = action.do === 'checkVersion' ? action.epoch + 1 : action.epoch;
    const scan = finished(beginScan(list(world.files), above), clients);
    yield { label: `lists to ${action.do}`, world: put(world, scan) };
    return;
  }
  const { scan } = work;
  const [epoch = 0] = scan.below;
  for (const copy of COPIES.filter((each) => !(each in scan.got))) {
    const text = filesOf(world, epoch)[copy];
    const label = `reads ${epoch}.${copy}`;
    yield { label, world: put(world, withRead(scan, copy, text, old, clients)) };
    if (action.do === 'recover' && mayFail(setup, world, 'recover')) {
      const after = spend(world, 'failures');
      const then = setup.readErrorIsAbsent
        ? put(after, withRead(scan, copy, null, old, clients))
        : go(after, { saw: 'failed' });
      yield { label: `fails to read ${epoch}.${copy}`, world: then };
    }
  }
}

/**
 * Reads at once what can never change again: such reads commute with whatever others do, so that
 * the other orders would be found to be the same.
 */
function settled(
  world: World,
  who: number,
  start: Scan | Found,
  old: boolean,
  clients: number,
): Scan | Found {
  let scan = start;
  while (!('recovery' in scan)) {
    const { below, got } = scan;
    const [epoch = 0] = below;
    const copy = COPIES.find((each) => !(each in got));
    if (copy === undefined || !isFinal(world, who, epoch)) {
      return scan;
    }
    scan = withRead(scan, copy, filesOf(world, epoch)[copy], old, clients);
  }
  return scan;
}

/**
 * Nobody can touch this number any more: no owner is left, no fault can make another, and no copy
 * looks damaged, so that nobody will move it aside.
 */
function isFinal(world: World, reader: number, epoch: number): boolean {
  const { deletedLocks, damages, failures } = world.budget;
  const files = filesOf(world, epoch);
  return (
    deletedLocks + damages + failures === 0 &&
    files.lock !== null &&
    !world.processes.some((process, index) => index !== reader && mayWrite(process, epoch)) &&
    [true, false].every((old) => looksWhole(judge(epoch, files, old, world.clients.length)))
  );
}

function looksWhole(verdict: Verdict): boolean {
  return !('damaged' in verdict) || verdict.damaged.length === 0;
}

function mayWrite({ doing, checkpoint }: Process, epoch: number): boolean {
  if (checkpoint?.epoch === epoch) {
    return true;
  }
  switch (doing.at) {
    case 'idle':
    case 'gone':
      return false;
    case 'candidacy':
    case 'committing': {
      const { phase } = doing.step;
      return (
        ('epoch' in phase && phase.epoch === epoch && phase.kind !== 'claiming') ||
        (doing.at === 'candidacy' && doing.damaged.some((file) => file.epoch === epoch))
      );
    }
    case 'refused':
    case 'leading':
      return doing.epoch === epoch;
    case 'tidying':
      return doing.epoch === epoch || doing.damaged.some((file) => file.epoch === epoch);
  }
}
