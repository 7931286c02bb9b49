/** What may happen to processes and files from outside, as long as the budget lasts. */

import { JUNK, TORN } from './content';
import { reached } from './reached';
import { COPIES } from './scan';
import {
  appended,
  processOf,
  spend,
  withFiles,
  withProcess,
  type Next,
  type Process,
  type World,
} from './world';

/**
 * A crash of somebody who neither listens nor writes cannot be told from one who is never
 * scheduled again, and so is no case of its own. Whatever the process had written stays: what is
 * explored is the death of a process, not of the machine.
 */
export function* crashes(world: World, who: number): Generator<Next> {
  const process = processOf(world, who);
  if (world.budget.crashes === 0 || (process.socket === 0 && process.doing.at !== 'committing')) {
    return;
  }
  const dead = withProcess(spend(world, 'crashes'), who, {
    doing: { at: 'gone' },
    seen: 0,
    socket: 0,
    checkpoint: null,
  });
  yield { label: 'crashes', world: dead };
  const writes = inFlight(process);
  for (const copies of [writes, ...(writes.length > 1 ? writes.map((copy) => [copy]) : [])]) {
    if (copies.length > 0) {
      reached.add('torn write');
      const torn = copies.reduce((before, file) => appended(before, file, TORN), dead);
      const names = copies.map(({ epoch, copy }) => `${epoch}.${copy}`).join(' and ');
      yield { label: `crashes, tearing ${names}`, world: torn };
    }
  }
}

function inFlight({ doing }: Process) {
  if (doing.at !== 'candidacy' && doing.at !== 'committing') {
    return [];
  }
  const { step, work } = doing;
  const { phase, action } = step;
  // An exclusive creation is whole or not there.
  if (work.kind !== 'writes' || action.do === 'fence' || !('epoch' in phase)) {
    return [];
  }
  const { epoch } = phase;
  return work.left.filter((copy) => copy === 'a' || copy === 'b').map((copy) => ({ epoch, copy }));
}

/** Somebody deletes a lock, or deletes, truncates or damages one file. */
export function* vandals(world: World): Generator<Next> {
  const { budget, files } = world;
  for (const [index, some] of files.entries()) {
    const epoch = index + 1;
    if (budget.deletedLocks > 0 && some.lock !== null) {
      const label = `deletes lock ${epoch}`;
      yield { label, world: withFiles(spend(world, 'deletedLocks'), epoch, { lock: null }) };
    }
    for (const copy of budget.damages > 0 ? COPIES : []) {
      const text = some[copy];
      for (const damaged of text === null ? [] : damages(text)) {
        const what = damaged === null ? 'deletes' : `makes ${JSON.stringify(damaged)} of`;
        const then = withFiles(spend(world, 'damages'), epoch, { [copy]: damaged });
        yield { label: `${what} ${epoch}.${copy}`, world: then };
      }
    }
  }
}

/** Gone; cut after or within any line; any one line, or all of them, unreadable. */
function damages(text: string): (string | null)[] {
  const lines = text.split(/(?<=\n)/).filter((line) => line !== '');
  const found = new Set<string | null>([null]);
  for (const index of lines.keys()) {
    const before = lines.slice(0, index).join('');
    found.add(before);
    found.add(before + TORN);
    found.add(before + JUNK + lines.slice(index + 1).join(''));
  }
  found.add(lines.map(() => JUNK).join(''));
  found.delete(text);
  return [...found];
}
