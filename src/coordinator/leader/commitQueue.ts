/**
 * Where requests are decided: a queue, taken in batches, each batch decided on a draft, made
 * durable, checked, published and answered, in this order. Memory changes only with the disk.
 */
import { decideAllocate } from '../../core/allocation/allocate';
import { decideAllocatePlan } from '../../core/allocation/allocatePlan';
import {
  isQuestion,
  type DecisionContext,
  type Decision,
  type Question,
} from '../../core/allocation/decision';
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import type { StateEvent } from '../../core/state/events';
import type { Allocation, Observation, Participant } from '../../core/domain/model';
import { decideMove } from '../../core/allocation/move';
import { apply } from '../../core/state/apply';
import type { State } from '../../core/state/state';
import { decideRelease } from '../../core/allocation/release';
import type { Methods, WriteName } from '../../core/messages/methods';
import type { Rules } from '../../core/allocation/rules';
import { decideUndo } from '../../core/allocation/undoAutoRange';
import type { Ids, Runtime } from '../../core/host/interfaces';
import { PortLookup, type PortLookupTools } from '../lookup/portLookup';
import { BusyRetries } from './busyRetries';
import type { DurableLog } from './durableLog';
import { type CommitOutcome, unknownOutcome } from '../log/commit';

/** Requests that one commit may carry; more would make the first of them wait for the last. */
const MAX_BATCH = 256;

/** Requests that may wait; beyond it a client is looping and is refused at once. */
const MAX_QUEUE = 4096;

type Decide = (state: State, context: DecisionContext) => Decision<unknown>;

interface Task {
  readonly caller: Participant;
  readonly decide: Decide;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: StyxyError) => void;
}

export interface CommitQueueOptions extends Runtime {
  readonly ids: Ids;
  readonly look: PortLookupTools;
  /** Where batches become durable. */
  readonly durableLog: DurableLog;
  /** Those of the configuration that a state holds. */
  rules(state: State): Rules;
  participants(): readonly Participant[];
  /** Those whose place must not be taken, by `Participant.id`. */
  present(): DecisionContext['connected'];
  /** Why nothing is decided from the beginning, if so. */
  readonly refusal?: StyxyError;
  /** What was seen of it at the last look. */
  observed(allocation: Allocation): Observation;
  /** Folders of remembered pairs that are known to be gone. */
  goneFolders(): ReadonlySet<string>;
  /** Called after each commit, before its answers go out. */
  onCommitted(events: readonly StateEvent[], before: State): void;
}

interface Decided {
  readonly task: Task;
  readonly decision: Exclude<Decision<unknown>, Question>;
}

export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #state: State;
  #queue: Task[] = [];
  #working: Promise<unknown> = Promise.resolve();
  #busy = false;
  #paused = false;
  readonly #retries: BusyRetries<Task>;
  #refusal: StyxyError | undefined;

  constructor(options: CommitQueueOptions, state: State) {
    this.#options = options;
    this.#state = state;
    this.#refusal = options.refusal;
    this.#retries = new BusyRetries({
      clock: options.clock,
      again: (task) => {
        this.#queue.push(task);
        this.#wake();
      },
    });
  }

  get state(): State {
    return this.#state;
  }

  /** Errors: those of the decision, `storage_unavailable`, `leadership_lost`. */
  request<M extends WriteName>(
    method: M,
    params: Methods[M]['params'],
    caller: Participant,
  ): Promise<Methods[M]['result']> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== undefined) {
        reject(this.#refusal);
        return;
      }
      if (this.#queue.length >= MAX_QUEUE) {
        reject(tooBusy());
        return;
      }
      const decide = this.#decider(method, params);
      this.#queue.push({ caller, decide, resolve: (answer) => resolve(answer as never), reject });
      this.#wake();
    });
  }

  /**
   * Runs work between batches: no commit is under way meanwhile. For what replaces the
   * log's journals or must see a state that does not move.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#working.then(work);
    this.#working = result.catch(() => undefined);
    return result;
  }

  /** Commits events that no request asked for. */
  record(events: readonly StateEvent[]): Promise<CommitOutcome> {
    return this.decideAndRecord(() => events);
  }

  /** The same for events that depend on the state, which does not move between both. */
  decideAndRecord(decide: () => readonly StateEvent[]): Promise<CommitOutcome> {
    return this.exclusively(async () => {
      const events = decide();
      return events.length === 0
        ? { kind: 'committed' }
        : this.#commit(events, events.reduce(apply, this.#state));
    });
  }

  /** While paused, requests wait; look-ups go on. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#wake();
  }

  /** Decides nothing any more: every request gets this error. */
  refuse(error: StyxyError): void {
    this.#refusal = error;
    this.refuseWaiting(error);
  }

  /** Ends every waiting request with this error. */
  refuseWaiting(error: StyxyError): void {
    for (const task of [...this.#queue.splice(0), ...this.#retries.end()]) {
      task.reject(error);
    }
  }

  #decider<M extends WriteName>(method: M, params: Methods[M]['params']): Decide {
    const { rules } = this.#options;
    const deciders: { readonly [W in WriteName]: (params: Methods[W]['params']) => Decide } = {
      allocate: (request) => (state, at) => decideAllocate(state, request, at, rules(state)),
      allocatePlan: (request) => (state, at) =>
        decideAllocatePlan(state, request, at, rules(state)),
      release: (request) => (state, at) => decideRelease(state, request, at, rules(state)),
      move: (request) => (state, at) => decideMove(state, request, at, rules(state)),
      undoAutoAllocation: (request) => (state, at) => decideUndo(state, request, at),
    };
    return deciders[method](params);
  }

  #wake(): void {
    if (this.#busy || this.#paused || this.#queue.length === 0) {
      return;
    }
    this.#busy = true;
    void this.exclusively(() => this.#runBatch()).finally(() => {
      this.#busy = false;
      this.#wake();
    });
  }

  async #runBatch(): Promise<void> {
    const batch = this.#queue.splice(0, MAX_BATCH);
    try {
      await this.#answer(batch);
    } catch (error) {
      // A bug, and no reason to leave anybody waiting for ever.
      const coded = toStyxyError(error);
      this.#options.log.error(`A batch failed: ${coded.message}`);
      batch.forEach((task) => task.reject(coded));
    }
  }

  async #answer(batch: readonly Task[]): Promise<void> {
    const look = new PortLookup(this.#options.look, this.#options.participants());
    const connected = this.#options.present();
    const decided: Decided[] = [];
    const events: StateEvent[] = [];
    let draft = this.#state;
    for (const [index, task] of batch.entries()) {
      try {
        const decision = await this.#decide(task, draft, look, connected, batch.length - index);
        if (decision.kind === 'answer') {
          draft = decision.events.reduce(apply, draft);
          events.push(...decision.events);
        }
        if (!this.#isRetried(task, decision)) {
          decided.push({ task, decision });
        }
      } catch (error) {
        decided.push({ task, decision: { kind: 'refuse', error: toStyxyError(error) } });
      }
    }
    settle(decided, await this.#commit(events, draft));
  }

  #isRetried(task: Task, decision: Decided['decision']): boolean {
    const { portConflict } = this.#options.rules(this.#state).recovery;
    return decision.kind === 'refuse' && this.#retries.later(task, decision.error, portConflict);
  }

  async #decide(
    task: Task,
    state: State,
    look: PortLookup,
    connected: DecisionContext['connected'],
    ahead: number,
  ): Promise<Decided['decision']> {
    const made: string[] = [];
    const newId = (index: number): string => (made[index] ??= this.#options.ids.uuid());
    for (;;) {
      const decision = task.decide(state, {
        now: this.#options.clock.now(),
        caller: task.caller,
        findings: look.findings,
        ...(look.listening === undefined ? {} : { listening: look.listening }),
        branches: look.branches,
        connected,
        observed: (allocation) => this.#options.observed(allocation),
        goneFolders: this.#options.goneFolders(),
        newId,
      });
      if (!isQuestion(decision)) {
        return decision;
      }
      await look.answer(decision, ahead, isChecked(this.#options.rules(state)));
    }
  }

  async #commit(events: readonly StateEvent[], next: State): Promise<CommitOutcome> {
    const outcome = await this.#options.durableLog.commit(events, next);
    if (outcome.kind === 'committed' && events.length > 0) {
      const before = this.#state;
      this.#state = next;
      this.#options.onCommitted(events, before);
    }
    return outcome;
  }
}

/** Whether the machine is asked before a port is given: on, unless the user wants it otherwise. */
function isChecked({ recovery: { portConflict } }: Rules): boolean {
  return portConflict.enabled && portConflict.checkAvailability;
}

/**
 * An answer stands only if its batch was committed. A refusal promises nothing and stands too,
 * unless another one leads by now: what it was decided on may be old.
 */
function settle(decided: readonly Decided[], outcome: CommitOutcome): void {
  const isOld = outcome.kind === 'ended' && outcome.why.kind !== 'storage';
  for (const { task, decision } of decided) {
    if (decision.kind === 'refuse' && !isOld) {
      task.reject(decision.error);
    } else if (outcome.kind === 'committed' && decision.kind === 'answer') {
      task.resolve(decision.answer);
    } else if (outcome.kind === 'ended') {
      task.reject(unknownOutcome(outcome));
    }
  }
}

function tooBusy(): StyxyError {
  return new StyxyError(
    'leader_unavailable',
    `More than ${MAX_QUEUE} requests wait. Ask again in a second, and look for a loop that asks without end.`,
  );
}
