/** How a candidate opens its number: line 1 of both journals in parallel, then the checkpoint. */
import { snapshotOf, openingOf, TORN } from './content';
import type { Go } from './reading';
import {
  appended,
  filesOf,
  mayFail,
  processOf,
  spend,
  withFiles,
  withProcess,
  type Candidacy,
  type Memory,
  type Next,
  type Setup,
  type World,
} from './world';
import type { CopyName } from '../../../src/core/log/replay';

/** Both journals are waited for, also when one fails; a failure ends the opening. */
export function* opening(
  setup: Setup,
  world: World,
  who: number,
  doing: Candidacy,
  go: Go,
): Generator<Next> {
  const { work, step } = doing;
  if (work.kind !== 'writes' || step.action.do !== 'open') {
    return;
  }
  const { epoch, base } = step.action;
  const { old } = processOf(world, who);
  const put = (after: World, left: readonly CopyName[], failed: boolean): World => {
    if (failed && !left.some(isJournal)) {
      return go(after, { saw: 'failed' });
    }
    return left.length === 0
      ? go(after, { saw: 'done' })
      : withProcess(after, who, { doing: { ...doing, work: { ...work, left, failed } } });
  };
  const journals = work.left.filter(isJournal);
  for (const copy of journals.length > 0 ? journals : work.left.slice(0, 1)) {
    const left = work.left.filter((other) => other !== copy);
    const whole = written(setup, world, epoch, copy, base, old);
    yield { label: `opens ${epoch}.${copy}`, world: put(whole, left, work.failed) };
    if (mayFail(setup, world, 'open')) {
      const torn = isJournal(copy) ? [appended(world, { epoch, copy }, TORN)] : [];
      for (const after of [world, whole, ...torn]) {
        const failed = put(spend(after, 'failures'), left, true);
        yield { label: `fails to open ${epoch}.${copy}`, world: failed };
      }
    }
  }
}

function isJournal(copy: CopyName): boolean {
  return copy === 'a' || copy === 'b';
}

function written(
  setup: Setup,
  world: World,
  epoch: number,
  copy: CopyName,
  base: Memory,
  old: boolean,
): World {
  switch (copy) {
    case 'a':
    case 'b':
      return appended(
        world,
        { epoch, copy },
        line(setup, copy, openingOf(base, old, setup.old > 0)),
      );
    case 'bak': {
      const { main, bak } = filesOf(world, epoch);
      return withFiles(world, epoch, { bak: main ?? bak });
    }
    case 'main':
      return withFiles(world, epoch, { main: snapshotOf(base, old, setup.old > 0) });
  }
}

/** What goes into a journal; the second one stays empty where that is explored. */
export function line(setup: Setup, copy: CopyName, text: string): string {
  return setup.oneJournal && copy === 'b' ? '' : text;
}
