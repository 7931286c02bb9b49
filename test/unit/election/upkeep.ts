/** What else a process does with its files: checkpoints, abandoned journals, damaged copies. */
import { goingOn } from './commit';
import { snapshotOf } from './content';
import { reached } from './reached';
import {
  filesOf,
  processOf,
  withFiles,
  withProcess,
  type Doing,
  type Next,
  type Setup,
  type World,
} from './world';

/** Two renames: what was `main` becomes `bak`, then the new one becomes `main`. */
export function checkpointStep(setup: Setup, world: World, who: number): Next | undefined {
  const { checkpoint, old } = processOf(world, who);
  if (checkpoint === null) {
    return undefined;
  }
  const { epoch, memory, next } = checkpoint;
  const { main, bak } = filesOf(world, epoch);
  if (next === 'bak') {
    const kept = withFiles(world, epoch, { bak: main ?? bak });
    const then = withProcess(kept, who, { checkpoint: { ...checkpoint, next: 'main' } });
    return { label: `keeps ${epoch}.main as .bak`, world: then };
  }
  const text = snapshotOf(memory, old, setup.old > 0);
  const then = withProcess(withFiles(world, epoch, { main: text }), who, { checkpoint: null });
  return { label: `writes ${epoch}.main`, world: then };
}

/** After the disk refused: gives up, or tries the next number from the same memory. */
export function* refusedSteps(setup: Setup, world: World, who: number): Generator<Next> {
  const { doing } = processOf(world, who);
  if (doing.at !== 'refused') {
    return;
  }
  const { epoch, left, from } = doing;
  const [copy, ...rest] = left;
  if (copy !== undefined) {
    const removed = withFiles(world, epoch, { [copy]: null });
    const idle = rest.length === 0 && from === null;
    const after: Doing = idle ? { at: 'idle' } : { ...doing, left: rest };
    const label = `removes journal ${epoch}.${copy}`;
    yield { label, world: withProcess(removed, who, { doing: after }) };
    return;
  }
  const idle = withProcess(world, who, { doing: { at: 'idle' }, socket: 0 });
  yield { label: `gives ${epoch} up`, world: idle };
  if (from !== null) {
    reached.add('goes on from memory again');
    const then = goingOn(setup, world, who, epoch, from);
    yield { label: `goes on from memory after ${epoch} once more`, world: then };
  }
}

/** Moves copies that were found damaged out of the way, one after the other. */
export function tidyStep(world: World, who: number): Next | undefined {
  const { doing } = processOf(world, who);
  if (doing.at !== 'tidying') {
    return undefined;
  }
  const { damaged, phase, epoch, memory } = doing;
  const [file, ...rest] = damaged;
  const moved = file === undefined ? world : withFiles(world, file.epoch, { [file.copy]: null });
  const after: Doing =
    rest.length > 0 ? { ...doing, damaged: rest } : { at: 'leading', phase, epoch, memory };
  const label = `moves ${file?.epoch}.${file?.copy} to quarantine`;
  return { label, world: withProcess(moved, who, { doing: after }) };
}
