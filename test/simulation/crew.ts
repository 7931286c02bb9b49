/** The participants of a run: who lives, who comes back, and what each of them asks. */
import { toStyxyError } from '../../src/core/domain/errors';
import type { Actor, Slot } from './actor';
import type { Control } from './controls';
import { Hands } from './hands';
import type { History } from './history';
import type { Machine } from './machine';
import type { Node } from '../../src/coordinator/node/node';
import { participate } from './participant';
import type { Process } from './scheduler';
import type { Workload } from './workload';

export interface CrewOptions {
  readonly machine: Machine;
  readonly history: History;
  readonly workload: Workload;
  readonly control: Control;
  readonly slots: readonly Slot[];
  readonly graceMs: number;
  readonly rotateBytes: number;
  readonly refusalsThatProve: number;
  /** Between two requests of one participant, on average. */
  readonly paceMs: number;
}

/** Each participant asks for so many things at once. */
const HANDS = 2;

export class Crew {
  isSettling = false;
  readonly hands: Hands;
  readonly #options: CrewOptions;
  readonly #actors = new Map<Process, Actor>();

  constructor(options: CrewOptions) {
    this.#options = options;
    this.hands = new Hands({
      ...options,
      isSettling: () => this.isSettling,
      isOver: () => this.isSettling && this.isQuiet,
    });
    for (const slot of options.slots) {
      this.start(slot);
    }
  }

  /** Nothing is being asked for any more. */
  get isQuiet(): boolean {
    const { workload } = this.#options;
    return (
      workload.orphans.length === 0 &&
      [...this.#actors.values()].every(({ asking, leaving }) => asking.size === 0 && !leaving)
    );
  }

  living(): readonly Process[] {
    return [...this.#actors.values()].filter(({ leaving }) => !leaving).map(processOf);
  }

  leader(): Process | undefined {
    let best: { readonly process: Process; readonly epoch: number } | undefined;
    for (const { process, node } of this.#actors.values()) {
      const role = node?.role;
      if (role?.kind === 'leader' && role.epoch > (best?.epoch ?? 0)) {
        best = { process, epoch: role.epoch };
      }
    }
    return best?.process;
  }

  /** What everyone asks for at the moment may come late. */
  delayed(): void {
    for (const { asking } of this.#actors.values()) {
      this.#options.history.delayed(asking);
    }
  }

  kill(process: Process): void {
    const actor = this.#actors.get(process);
    if (actor !== undefined) {
      this.#options.machine.kill(process);
      this.#gone(actor);
    }
  }

  losePower(): void {
    for (const process of this.#actors.keys()) {
      process.pending.clear();
      this.kill(process);
    }
  }

  leave(process: Process): void {
    const actor = this.#actors.get(process);
    const { scheduler } = this.#options.machine;
    if (actor?.node === undefined || actor.leaving) {
      return;
    }
    actor.leaving = true;
    scheduler.schedule(0, 'io', process, () => {
      void actor.node?.close().then(() => {
        if (process.alive) {
          // Its last turn is over: what it asked of the system was done.
          process.pending.clear();
          this.kill(process);
        }
      });
    });
  }

  /** Somebody has to be there to be answered. */
  ensure(): void {
    const [slot] = this.#options.slots;
    if (this.#actors.size === 0 && slot !== undefined) {
      this.start(slot);
    }
  }

  start(slot: Slot): Process {
    const { machine, control, history, graceMs, rotateBytes, refusalsThatProve } = this.#options;
    const process = machine.start(slot.label);
    const actor: Actor = { slot, process, node: undefined, asking: new Set(), leaving: false };
    this.#actors.set(process, actor);
    machine.scheduler.schedule(machine.scheduler.random.between(0, 50), 'io', process, () => {
      machine.scheduler.trace('starts');
      actor.node = participate({
        ...slot,
        machine,
        process,
        graceMs,
        rotateBytes,
        refusalsThatProve,
        onProblem: (message) => history.violated(message),
        ...(control.leaderFolder === undefined ? {} : { leaderFolder: control.leaderFolder }),
      });
      for (let hand = 0; hand < HANDS; hand += 1) {
        this.hands.work(actor, actor.node).catch((error: unknown) => {
          history.violated(`${process.name}: ${toStyxyError(error).message}`);
        });
      }
    });
    return process;
  }

  /** In the turn of each that lives. */
  each(work: (process: Process, node: Node) => Promise<void>): void {
    const { machine, history } = this.#options;
    for (const { process, node } of this.#actors.values()) {
      if (node !== undefined) {
        machine.scheduler.schedule(0, 'io', process, () => {
          work(process, node).catch((error: unknown) => {
            history.violated(`${process.name}: ${toStyxyError(error).message}`);
          });
        });
      }
    }
  }

  #gone(actor: Actor): void {
    const { workload, machine } = this.#options;
    const { scheduler } = machine;
    this.#actors.delete(actor.process);
    workload.orphans.push(...actor.asking);
    actor.asking.clear();
    if (this.isSettling) {
      this.ensure();
    } else if (scheduler.random.chance(0.85)) {
      const ms = scheduler.random.chance(0.5) ? 0 : scheduler.random.between(0, 2000);
      scheduler.schedule(ms, 'world', undefined, () => {
        if (!this.isSettling) {
          this.start(actor.slot);
        }
      });
    }
  }
}

function processOf({ process }: Actor): Process {
  return process;
}
