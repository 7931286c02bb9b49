import assert from 'node:assert/strict';
import { decideAllocate } from '../../../../../src/core/allocation/allocate';
import { decideAllocatePlan } from '../../../../../src/core/allocation/allocatePlan';
import type {
  DecisionContext,
  Decision,
  Question,
} from '../../../../../src/core/allocation/decision';
import { type StyxyError, type StyxyErrorCode } from '../../../../../src/core/domain/errors';
import type { PortFinding } from '../../../../../src/core/host/interfaces';
import type { StateEvent } from '../../../../../src/core/state/events';
import { invariants } from '../../../../../src/core/state/invariants';
import type {
  ListeningProcess,
  Observation,
  Participant,
} from '../../../../../src/core/domain/model';
import { decideMove } from '../../../../../src/core/allocation/move';
import { apply } from '../../../../../src/core/state/apply';
import { emptyState, type State } from '../../../../../src/core/state/state';
import { decideRelease } from '../../../../../src/core/allocation/release';
import type {
  AllocateAnswer,
  AllocateRequest,
  AllocationRef,
  MoveAnswer,
  MoveRequest,
  PlanAnswer,
  PlanRequest,
  PlanRequestService,
  ReleaseAnswer,
  ReleaseRequest,
  UndoAnswer,
} from '../../../../../src/core/messages/requests';
import { type Rules } from '../../../../../src/core/allocation/rules';
import { decideUndo } from '../../../../../src/core/allocation/undoAutoRange';
import { DEFAULT_RULES } from './rules';

export const A = '/home/me/a';
export const B = '/home/me/b';

export function participant(id: string, more: Partial<Participant> = {}): Participant {
  return { id, kind: 'window', label: id, pid: 100, version: '0.1.0', folders: [], ...more };
}

export type Outcome<Answer> = Exclude<Decision<Answer>, Question> & {
  /** Ports in the order in which the machine was asked for them. */
  readonly probed: readonly number[];
};

/** The engine with a machine around it, as the coordinator runs it: decide, look, decide, apply. */
export class Engine {
  state: State = emptyState();
  now = 1_000_000;
  rules: Rules = DEFAULT_RULES;
  caller: Participant = participant('window-1');
  readonly connected = new Set<string>();
  readonly goneFolders = new Set<string>();
  /** By workspace. */
  readonly branches = new Map<string, string>();
  /** What is not free. */
  readonly machine = new Map<number, PortFinding>();
  /** What was seen of allocations, by id. */
  readonly observed = new Map<string, Observation>();
  /** Every event that was applied. */
  readonly log: StateEvent[] = [];
  private made = 0;

  listen(port: number, process?: ListeningProcess): void {
    this.machine.set(port, process === undefined ? { kind: 'busy' } : { kind: 'busy', process });
  }

  allocate(
    request: Partial<AllocateRequest> & { readonly service: string },
  ): Outcome<AllocateAnswer> {
    const whole = { requestId: this.newId('request'), workspace: A, ...request };
    return this.run((context) => decideAllocate(this.state, whole, context, this.rules));
  }

  release(target: AllocationRef, request: Partial<ReleaseRequest> = {}): Outcome<ReleaseAnswer> {
    const whole = { requestId: this.newId('request'), target, workspaces: [A], ...request };
    return this.run((context) => decideRelease(this.state, whole, context, this.rules));
  }

  move(
    target: AllocationRef,
    port: number,
    request: Partial<MoveRequest> = {},
  ): Outcome<MoveAnswer> {
    const whole = { requestId: this.newId('request'), target, workspaces: [A], port, ...request };
    return this.run((context) => decideMove(this.state, whole, context, this.rules));
  }

  plan(
    services: readonly PlanRequestService[],
    request: Partial<PlanRequest> = {},
  ): Outcome<PlanAnswer> {
    const whole = { requestId: this.newId('request'), workspace: A, services, ...request };
    return this.run((context) => decideAllocatePlan(this.state, whole, context, this.rules));
  }

  undo(serviceType: string, requestId = this.newId('request')): Outcome<UndoAnswer> {
    return this.run((context) => decideUndo(this.state, { requestId, serviceType }, context));
  }

  /** Records what the leader decides by itself. */
  record(events: readonly StateEvent[]): void {
    this.state = events.reduce(apply, this.state);
    this.log.push(...events);
    assert.deepEqual(invariants(this.state), []);
  }

  /** The port that the pair gets; fails the test if it gets none. */
  port(service: string, workspace = A, more: Partial<AllocateRequest> = {}): number {
    return granted(this.allocate({ service, workspace, ...more })).allocation.port;
  }

  /** A window of that workspace asks for a port that all share. */
  share(workspace: string, service = 'rag', window = `window ${workspace}`): AllocateAnswer {
    this.caller = participant(window, { folders: [workspace] });
    this.connected.add(window);
    this.now += 1;
    return granted(this.allocate({ workspace, service, serviceType: 'ai' }));
  }

  /** Ids of all who hold something. */
  holders(): string[] {
    return [...this.state.allocations.values()].flatMap((each) =>
      each.holders.map(({ participant: id }) => id),
    );
  }

  private run<Answer>(decide: (context: DecisionContext) => Decision<Answer>): Outcome<Answer> {
    const findings = new Map<number, PortFinding>();
    const probed: number[] = [];
    const first = this.newId('allocation');
    const newId = (index: number): string => (index === 0 ? first : `${first}.${index}`);
    const seen = new Map<string, string | undefined>();
    let listening: ReadonlySet<number> | undefined;
    for (let round = 0; round < 10_000; round += 1) {
      const { now, caller, connected, goneFolders } = this;
      const decision = decide({
        now,
        caller,
        connected,
        goneFolders,
        observed: ({ id }) => this.observed.get(id) ?? { state: 'reserved' },
        findings,
        newId,
        branches: seen,
        ...(listening === undefined ? {} : { listening }),
      });
      if (decision.kind === 'listeners') {
        listening = new Set(this.machine.keys());
        continue;
      }
      if (decision.kind === 'branch') {
        seen.set(decision.workspace, this.branches.get(decision.workspace));
        continue;
      }
      if (decision.kind !== 'probe') {
        if (decision.kind === 'answer') {
          this.record(decision.events);
        }
        return { ...decision, probed };
      }
      assert.ok(decision.candidates.length > 0, 'a probe names candidates');
      for (const port of decision.candidates) {
        assert.ok(!findings.has(port), `port ${port} is asked for twice`);
        const finding = this.machine.get(port) ?? { kind: 'free' };
        findings.set(port, finding);
        probed.push(port);
        if (finding.kind === 'free') {
          break;
        }
      }
    }
    throw new Error('The decision asks for ever.');
  }

  private newId(what: string): string {
    this.made += 1;
    return `${what}-${this.made}`;
  }
}

/** The answer of an outcome that must be one. */
export function granted<Answer>(outcome: Outcome<Answer>): Answer {
  if (outcome.kind === 'refuse') {
    throw outcome.error;
  }
  return outcome.answer;
}

/** The error of an outcome that must be a refusal with this code, whose message has these parts. */
export function refused(
  outcome: Outcome<unknown>,
  code: StyxyErrorCode,
  ...parts: readonly (string | RegExp)[]
): StyxyError {
  assert.ok(outcome.kind === 'refuse', `expected ${code}, got ${JSON.stringify(outcome)}`);
  assert.equal(outcome.error.code, code, outcome.error.message);
  for (const part of parts) {
    says(outcome.error.message, part);
  }
  assert.doesNotThrow(() => JSON.stringify(outcome.error));
  return outcome.error;
}

export function says(message: string, part: string | RegExp): void {
  assert.ok(
    typeof part === 'string' ? message.includes(part) : part.test(message),
    `"${message}" does not say ${String(part)}`,
  );
}
