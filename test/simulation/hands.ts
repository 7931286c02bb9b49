/** What a participant does with its time: asks, asks again, and tells the checker what it heard. */
import { toStyxyError, type StyxyError } from '../../src/core/domain/errors';
import type { Methods } from '../../src/core/messages/methods';
import { SystemClock } from '../../src/platform/fs/runtime';
import type { Actor } from './actor';
import type { History } from './history';
import type { Machine } from './machine';
import type { Operation } from './operations';
import type { Node } from '../../src/coordinator/node/node';
import type { Process } from './scheduler';
import type { Workload } from './workload';

/** Not a no: the same request is asked again. */
const UNKNOWN: ReadonlySet<string> = new Set([
  'timeout',
  'leadership_lost',
  'leader_unavailable',
  'storage_unavailable',
]);

export interface HandsOptions {
  readonly machine: Machine;
  readonly history: History;
  readonly workload: Workload;
  /** Between two requests of one participant, on average. */
  readonly paceMs: number;
  /** Nothing new is asked for. */
  isSettling(): boolean;
  /** Nothing is left to be asked for. */
  isOver(): boolean;
}

export class Hands {
  /** Requests that were answered with what they asked for. */
  acknowledged = 0;
  readonly #options: HandsOptions;

  constructor(options: HandsOptions) {
    this.#options = options;
  }

  /** Asks for one thing after the other, in the turns of the actor's process, until it is over. */
  async work(actor: Actor, node: Node): Promise<void> {
    const { machine, workload, paceMs, isOver, isSettling } = this.#options;
    const { random } = machine.scheduler;
    const clock = new SystemClock();
    while (!actor.leaving && !isOver()) {
      await clock.sleep(isSettling() ? 20 : random.between(1, 2 * paceMs));
      const { process, slot } = actor;
      const operation = isSettling()
        ? workload.orphans.shift()
        : workload.next({ process, folders: slot.folders });
      if (operation !== undefined && !actor.leaving) {
        await this.#perform(actor, node, operation, clock);
      } else if (operation !== undefined) {
        workload.orphans.push(operation);
      }
    }
  }

  async #perform(
    actor: Actor,
    node: Node,
    operation: Operation,
    clock: SystemClock,
  ): Promise<void> {
    const { machine, history, workload } = this.#options;
    const { scheduler } = machine;
    const { random } = scheduler;
    actor.asking.add(operation);
    let isGranted = false;
    for (;;) {
      scheduler.trace(() => `ASK ${describe(operation)}`);
      history.asks(operation);
      this.#stopServer(operation);
      const deadlineMs = random.pick([1000, 3000, 10_000]);
      try {
        await this.#ask(actor, node, operation, deadlineMs);
        this.acknowledged += 1;
        isGranted = true;
        break;
      } catch (error) {
        const coded = toStyxyError(error);
        scheduler.trace(() => `REFUSED ${describe(operation)}: ${coded.code} ${coded.message}`);
        if (actor.leaving) {
          // Unless the end of the process was quicker and has handed it on already.
          if (actor.asking.delete(operation)) {
            workload.orphans.push(operation);
          }
          return;
        }
        if (!UNKNOWN.has(coded.code)) {
          this.#refused(operation, coded);
          break;
        }
        await clock.sleep(random.between(10, 300));
      }
    }
    actor.asking.delete(operation);
    workload.done(operation, isGranted);
  }

  #refused(operation: Operation, error: StyxyError): void {
    const { history } = this.#options;
    history.refused(operation, error);
    if (operation.repeats) {
      history.repeated(operation, error);
    }
  }

  async #ask(
    { process }: Actor,
    node: Node,
    operation: Operation,
    deadlineMs: number,
  ): Promise<void> {
    const { history, machine } = this.#options;
    const options = { deadlineMs };
    const told = (what: string): void =>
      machine.scheduler.trace(() => `ANSWERED ${describe(operation)}: ${what}`);
    switch (operation.kind) {
      case 'allocate': {
        const { params, owner } = operation;
        const answer = await node.send('allocate', params, options);
        told(`${answer.allocation.port} ${answer.allocation.id}`);
        history.granted(params, answer, owner);
        this.#startServer(process, params.workspace, answer.allocation.port);
        return;
      }
      case 'plan': {
        const answer = await node.send('allocatePlan', operation.params, options);
        told(answer.answers.map(({ allocation }) => allocation.port).join(' '));
        this.#planned(operation.params, answer, operation.owner);
        history.planned(operation);
        return;
      }
      case 'release': {
        const answer = await node.send('release', operation.params, options);
        told(`${answer.released.id}, ${answer.remainingHolders} remain`);
        if (!operation.repeats) {
          history.released(operation, answer);
        }
        return;
      }
      case 'move': {
        const answer = await node.send('move', operation.params, options);
        told(`${answer.movedFrom} -> ${answer.allocation.port}`);
        if (!operation.repeats) {
          history.moved(operation.pair, answer);
        }
        return;
      }
      case 'undo':
        await node.send('undoAutoAllocation', operation.params, options);
        told('');
        history.undone(operation.params.serviceType);
        return;
      case 'setAutoAllocation':
        await node.send('setAutoAllocation', operation.params, options);
        return;
      case 'inspect':
        await node.send('inspect', operation.params, options);
        return;
      case 'audit':
      case 'list':
      case 'status':
      case 'handOver':
        await node.send(operation.kind, {}, options);
    }
  }

  #planned(
    { workspace, services }: Methods['allocatePlan']['params'],
    { answers, refused }: Methods['allocatePlan']['result'],
    owner: Process,
  ): void {
    const not = new Set(refused.map(({ service }) => service));
    const granted = services.filter(({ service }) => !not.has(service));
    for (const [index, { service }] of granted.entries()) {
      const answer = answers[index];
      if (answer !== undefined) {
        this.#options.history.granted({ workspace, service }, answer, owner);
      }
    }
  }

  #startServer(process: Process, workspace: string, port: number): void {
    const { machine } = this.#options;
    if (machine.scheduler.random.chance(0.3) && !machine.servers.has(port)) {
      machine.listen(port, workspace, process);
    }
  }

  #stopServer(operation: Operation): void {
    const { machine, history } = this.#options;
    if (operation.kind === 'release' || operation.kind === 'move') {
      const port = history.portOf(operation.pair);
      if (port !== undefined && machine.servers.get(port)?.cwd === operation.pair.workspace) {
        machine.servers.delete(port);
      }
    }
  }
}

function describe(operation: Operation): string {
  const { owner, kind } = operation;
  const params = 'params' in operation ? JSON.stringify(operation.params) : '';
  return `${kind} ${params}${operation.repeats ? ' again' : ''} of ${owner.name}`;
}
