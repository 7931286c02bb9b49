/** A leader's batch: append, check, answer; and what it does when one of them fails. */
import { succeed } from '../../../src/core/election/machine';
import type { Step } from '../../../src/core/election/types';
import type { CopyName } from '../../../src/core/log/replay';
import { enter, follower, observe } from './candidate';
import { commitOf, TORN } from './content';
import { line } from './opening';
import { reached } from './reached';
import { list } from './scan';
import {
  appended,
  mayFail,
  processOf,
  spend,
  withProcess,
  type Client,
  type Commit,
  type Doing,
  type Memory,
  type Next,
  type Setup,
  type World,
} from './world';

export type Leading = Extract<Doing, { at: 'leading' }>;

/** Goes on from memory, or, as any follower, from the folder. */
export function* afterDamage(
  setup: Setup,
  world: World,
  who: number,
  epoch: number,
  memory: Memory,
): Generator<Next> {
  reached.add('goes on from memory');
  const then = goingOn(setup, world, who, epoch, memory);
  yield { label: `goes on from memory after ${epoch}`, world: then };
  const process = follower(setup, processOf(world, who), epoch);
  yield { label: `steps down from ${epoch}`, world: withProcess(world, who, process) };
}

export function goingOn(
  setup: Setup,
  world: World,
  who: number,
  epoch: number,
  memory: Memory,
): World {
  const from = world.budget.failures > 0 ? memory : null;
  const kept = { at: 'candidacy', fenced: false, damaged: [], from } as const;
  return enter(setup, world, who, kept, succeed(epoch, memory));
}

type Open = Omit<Commit, 'step' | 'work'>;

/** Puts a leader into the place from which it does the machine's next action. */
export function pursue(
  setup: Setup,
  world: World,
  who: number,
  commit: Open,
  step: Step<Memory>,
  left: readonly CopyName[] = ['a', 'b'],
): World {
  const writes = commit.draft === commit.memory ? [] : left;
  if (step.action.do === 'append' && writes.length === 0) {
    return pursue(setup, world, who, commit, observe(setup, step.phase, { saw: 'done' }), left);
  }
  const work = { kind: 'writes', left: writes, failed: false } as const;
  return withProcess(world, who, { doing: { ...commit, step, work } });
}

export function* commitSteps(setup: Setup, world: World, who: number): Generator<Next> {
  const process = processOf(world, who);
  const { doing } = process;
  if (doing.at !== 'committing' || doing.work.kind !== 'writes') {
    return;
  }
  const { step, work } = doing;
  const { action } = step;
  yield* appending(setup, world, who, doing);
  if (action.do === 'list') {
    const listing = list(world.files);
    const next = observe(setup, step.phase, { saw: 'listing', listing });
    yield* checkedBatch(setup, world, who, doing, next, listing.highest);
  } else if (action.do === 'answer' && !doing.answered) {
    yield answer(world, who, doing, work.left);
  }
}

function* checkedBatch(
  setup: Setup,
  world: World,
  who: number,
  doing: Commit,
  next: Step<Memory>,
  highest: number,
): Generator<Next> {
  const { action } = next;
  if (action.do === 'answer') {
    const { work, ...commit } = doing;
    const left = work.kind === 'writes' ? work.left : [];
    yield { label: 'checks and may answer', world: pursue(setup, world, who, commit, next, left) };
  } else if (action.do === 'end' && action.why.kind === 'damaged') {
    yield* afterDamage(setup, world, who, action.why.epoch, doing.memory);
  } else {
    const process = follower(setup, processOf(world, who), highest);
    yield { label: `checks and sees ${highest}`, world: withProcess(world, who, process) };
  }
}

/** Both appends at once; all are waited for, also when one fails. */
function* appending(setup: Setup, world: World, who: number, doing: Commit): Generator<Next> {
  const { step, work, memory, draft } = doing;
  if (work.kind !== 'writes' || !('epoch' in step.phase)) {
    return;
  }
  const { old } = processOf(world, who);
  const { epoch } = step.phase;
  for (const copy of work.left) {
    const text = line(setup, copy, commitOf(memory, draft, old, setup.old > 0));
    const whole = appended(world, { epoch, copy }, text);
    const left = work.left.filter((other) => other !== copy);
    const label = `appends ${draft.seq} to ${epoch}.${copy}`;
    for (const then of written(setup, whole, who, doing, left, work.failed)) {
      yield { label, world: then };
    }
    if (mayFail(setup, world, 'append') && action(step) === 'append') {
      for (const after of [world, whole, appended(world, { epoch, copy }, TORN)]) {
        const spent = spend(after, 'failures');
        for (const then of written(setup, spent, who, doing, left, true)) {
          yield { label: `fails to append ${draft.seq} to ${epoch}.${copy}`, world: then };
        }
      }
    }
  }
}

function action(step: Step<Memory>): string {
  return step.action.do;
}

/** What follows once one of the two writes has come back. */
function* written(
  setup: Setup,
  world: World,
  who: number,
  doing: Commit,
  left: readonly CopyName[],
  failed: boolean,
): Generator<World> {
  const { step, work, ...commit } = doing;
  const { phase } = step;
  if (action(step) !== 'append') {
    // Only without waiting for both: the second write is late.
    const { draft } = doing;
    yield doing.answered
      ? withProcess(world, who, { doing: leading(doing, draft) })
      : withProcess(world, who, { doing: { ...doing, work: { kind: 'writes', left, failed } } });
  } else if (left.length > 0 && !setup.answerAfterFirst) {
    const waiting = { ...work, kind: 'writes', left, failed } as const;
    yield withProcess(world, who, { doing: { ...doing, work: waiting } });
  } else if (!failed) {
    yield pursue(setup, world, who, commit, observe(setup, phase, { saw: 'done' }), left);
  } else {
    const next = observe(setup, phase, { saw: 'failed' });
    if (next.action.do === 'end' && next.action.why.kind === 'storage') {
      const { epoch } = next.action.why;
      for (const { world: then } of afterDamage(setup, world, who, epoch, doing.memory)) {
        yield then;
      }
    }
  }
}

function leading({ step }: Commit, memory: Memory): Leading {
  const { phase } = step;
  return { at: 'leading', phase, epoch: 'epoch' in phase ? phase.epoch : 0, memory };
}

/** The answer on its way to the client, which takes it only while it waits for it. */
function answer(world: World, who: number, doing: Commit, left: readonly CopyName[]): Next {
  const { client, request, draft } = doing;
  const after = left.length > 0 ? { ...doing, answered: true } : leading(doing, draft);
  const then = withProcess(world, who, { doing: after });
  const state = world.clients[client];
  const port = draft.ports[client] ?? 0;
  const epoch = 'epoch' in doing.step.phase ? doing.step.phase.epoch : 0;
  reached.add(`answers in ${epoch}`);
  const label = `answers request ${request} of client ${client} in ${epoch}: port ${port}`;
  if (state?.at !== request) {
    const contradicts =
      state?.at === request + 1 && !state.asked && state.port !== port
        ? { violation: `Client ${client} was answered port ${state.port} and port ${port}.` }
        : {};
    return { label: `${label}, late`, world: then, ...contradicts };
  }
  return { label, world: withClient(then, client, { at: request + 1, asked: false, port }) };
}

export function withClient(world: World, index: number, client: Client): World {
  const clients = world.clients.slice();
  clients[index] = client;
  return { ...world, clients };
}
