/**
 * A candidate's micro-steps: what the driver does for each action of the machine, in its order,
 * cut wherever somebody else can come between.
 */
import { advance, stand } from '../../../src/core/election/machine';
import type { Ending, Observation, Phase, Step } from '../../../src/core/election/types';
import { opening } from './opening';
import { brokenByServing } from './promises';
import { reached } from './reached';
import { reading, type Go } from './reading';
import { list } from './scan';
import {
  filesOf,
  mayFail,
  processOf,
  spend,
  withFiles,
  withProcess,
  type Candidacy,
  type Memory,
  type Next,
  type Process,
  type Setup,
  type World,
} from './world';

/** Asks the production machine what follows from an observation. */
export function observe(
  setup: Setup,
  phase: Phase<Memory>,
  observation: Observation<Memory>,
): Step<Memory> {
  const step = advance(phase, observation, setup.rules);
  reached.add(phase.kind);
  if (step.action.do === 'end') {
    reached.add(`${phase.kind}: ${step.action.why.kind}`);
  }
  return step;
}

/** Names vanish only by faults; otherwise a listing shows whatever was ever seen. */
function remembers({ budget }: Setup): boolean {
  return budget.deletedLocks + budget.damages + budget.failures > 0;
}

export function follower(setup: Setup, process: Process, seen: number): Process {
  return {
    ...process,
    doing: { at: 'idle' },
    socket: 0,
    seen: remembers(setup) ? Math.max(process.seen, seen) : 0,
  };
}

/** Standing changes nothing outside, so it is one step with the listing that follows. */
export function standing(setup: Setup, world: World, who: number): Next {
  const { seen } = processOf(world, who);
  const first = stand<Memory>(seen);
  const listing = list(world.files);
  const step = observe(setup, first.phase, { saw: 'listing', listing });
  const candidacy = { at: 'candidacy', fenced: false, damaged: [], from: null } as const;
  return {
    label: `looks at the folder and sees ${listing.highest}`,
    world: enter(setup, world, who, candidacy, step),
  };
}

export type Kept = Pick<Candidacy, 'at' | 'fenced' | 'damaged' | 'from'>;

/** Puts a process into the place from which it does the machine's next action. */
export function enter(
  setup: Setup,
  world: World,
  who: number,
  { fenced, damaged, from }: Kept,
  step: Step<Memory>,
): World {
  const { action } = step;
  const kept: Kept = { at: 'candidacy', fenced, damaged, from };
  const process = processOf(world, who);
  const put = (work: Candidacy['work']) =>
    withProcess(world, who, { doing: { ...kept, step, work } });
  switch (action.do) {
    case 'list':
    case 'probe':
    case 'recover':
      return put({ kind: 'whole' });
    case 'checkVersion':
      // A look without consequences, unless another version may have written there.
      return setup.old > 0
        ? put({ kind: 'whole' })
        : enter(setup, world, who, kept, observe(setup, step.phase, { saw: 'readable' }));
    case 'claim':
      return action.epoch > setup.epochs
        ? withProcess(world, who, { doing: { at: 'gone' }, socket: 0, seen: 0 })
        : put({ kind: 'whole' });
    case 'fence':
      return put({ kind: 'writes', left: ['a', 'b'], failed: false });
    case 'open': {
      // A checkpoint that is there already (a number given up half opened) is kept as `.bak`.
      const there = filesOf(world, action.epoch).main !== null;
      return put({
        kind: 'writes',
        left: there ? ['a', 'b', 'bak', 'main'] : ['a', 'b', 'main'],
        failed: false,
      });
    }
    case 'serve': {
      const { epoch, base: memory } = action;
      const { phase } = step;
      reached.add(`serves ${epoch}`);
      return withProcess(world, who, {
        doing:
          damaged.length > 0
            ? { at: 'tidying', phase, epoch, memory, damaged }
            : { at: 'leading', phase, epoch, memory },
      });
    }
    case 'end':
      return withProcess(world, who, ended(setup, process, kept, action.why));
    case 'append':
    case 'answer':
      throw new Error(`A candidate cannot "${action.do}".`);
  }
}

/** How the driver takes the end of a candidacy. */
function ended(setup: Setup, process: Process, kept: Kept, why: Ending): Process {
  const next = follower(setup, process, 'seen' in why ? why.seen : why.epoch);
  if (why.kind !== 'storage') {
    return next;
  }
  const from = why.during === 'open' || setup.memoryAfterFence ? kept.from : null;
  const left = kept.fenced && setup.removesAbandoned ? (['a', 'b'] as const) : [];
  // A leader that will go on keeps its door open meanwhile.
  return from === null && left.length === 0
    ? next
    : {
        ...next,
        socket: from === null ? 0 : process.socket,
        doing: { at: 'refused', epoch: why.epoch, left, from },
      };
}

/** The next micro-steps of a candidate. */
export function* candidateSteps(setup: Setup, world: World, who: number): Generator<Next> {
  const process = processOf(world, who);
  const { doing } = process;
  if (doing.at !== 'candidacy') {
    return;
  }
  const { action, phase } = doing.step;
  const go = (then: World, observation: Observation<Memory>, kept: Kept = doing) =>
    enter(setup, then, who, kept, observe(setup, phase, observation));
  switch (action.do) {
    case 'list': {
      const listing = list(world.files);
      const then = go(world, { saw: 'listing', listing });
      const label = `lists and sees ${listing.highest} (${phase.kind})`;
      yield { label, world: then, ...servingBreaks(setup, then, who) };
      return;
    }
    case 'probe': {
      const listens = world.processes.some((other) => other.socket === action.epoch);
      if (!listens) {
        yield { label: `finds ${action.epoch} dead`, world: go(world, { saw: 'dead' }) };
        return;
      }
      yield { label: `finds ${action.epoch} alive`, world: go(world, { saw: 'alive' }) };
      if (world.budget.suspicions > 0) {
        const then = go(spend(world, 'suspicions'), { saw: 'dead' });
        yield { label: `takes ${action.epoch} for dead`, world: then };
      }
      return;
    }
    case 'claim':
      yield claiming(world, who, action.epoch, go);
      return;
    case 'fence':
      yield* fencing(setup, world, who, doing, go);
      return;
    case 'open':
      yield* opening(setup, world, who, doing, go);
      return;
    case 'checkVersion':
      if (doing.work.kind === 'whole' && process.old) {
        // The lock says whether a newer version is at work, before it has written anything else.
        if (filesOf(world, action.epoch).lock === 'new') {
          yield { label: `finds lock ${action.epoch} newer`, world: go(world, { saw: 'newer' }) };
          return;
        }
      }
      yield* reading(setup, world, who, doing, go);
      return;
    case 'recover':
      yield* reading(setup, world, who, doing, go);
      return;
    case 'serve':
    case 'append':
    case 'answer':
    case 'end':
      throw new Error(`A candidate cannot "${action.do}".`);
  }
}

function servingBreaks(setup: Setup, world: World, who: number): Pick<Next, 'violation'> {
  const { doing } = processOf(world, who);
  const violation =
    doing.at === 'leading' || doing.at === 'tidying'
      ? brokenByServing(setup, world, doing.memory)
      : undefined;
  return violation === undefined ? {} : { violation };
}

/** One link(2). Whoever had the number before has a socket that no lock names any more. */
function claiming(world: World, who: number, epoch: number, go: Go): Next {
  if (filesOf(world, epoch).lock !== null) {
    return { label: `claims ${epoch} and loses`, world: go(world, { saw: 'lost' }) };
  }
  const processes = world.processes.map((other, index) => {
    const socket = other.socket === epoch ? 0 : other.socket;
    return index === who ? { ...other, socket: epoch } : { ...other, socket };
  });
  const lock = processOf(world, who).old ? 'old' : 'new';
  const locked = withFiles({ ...world, processes }, epoch, { lock });
  return { label: `claims ${epoch} and wins`, world: go(locked, { saw: 'won' }) };
}

/** Journal a, then b: `lost` at the first name that is taken. */
function* fencing(
  setup: Setup,
  world: World,
  who: number,
  doing: Candidacy,
  go: Go,
): Generator<Next> {
  const { work, step } = doing;
  if (work.kind !== 'writes' || step.action.do !== 'fence') {
    return;
  }
  const [copy, ...left] = work.left;
  const { epoch } = step.action;
  if (copy === undefined) {
    return;
  }
  const taken = filesOf(world, epoch)[copy] !== null;
  if (taken && !setup.sharedJournals) {
    yield { label: `finds journal ${epoch}.${copy} taken`, world: go(world, { saw: 'lost' }) };
    return;
  }
  const created = taken ? world : withFiles(world, epoch, { [copy]: '' });
  const then =
    left.length > 0
      ? withProcess(created, who, { doing: { ...doing, work: { ...work, left } } })
      : go(created, { saw: 'done' }, { ...doing, fenced: true });
  yield { label: `creates journal ${epoch}.${copy}`, world: then };
  if (mayFail(setup, world, 'fence')) {
    for (const after of [world, created]) {
      const failed = go(spend(after, 'failures'), { saw: 'failed' });
      yield { label: `fails to create journal ${epoch}.${copy}`, world: failed };
    }
  }
}
