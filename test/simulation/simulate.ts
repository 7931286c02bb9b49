/** One run: a machine, some participants, what they ask, what goes wrong, and what was kept. */
import { toStyxyError } from '../../src/core/domain/errors';
import type { Snapshot } from '../../src/core/messages/requests';
import { SystemClock } from '../../src/platform/fs/runtime';
import type { Control } from './controls';
import type { Slot } from './actor';
import { Crew } from './crew';
import { mount } from './environment';
import { Faults } from './faults';
import { forgetOpenFiles } from './fsPromises';
import { replaceGlobals } from './globals';
import { History } from './history';
import { Machine } from './machine';
import { CONFIG_PATH, HOST_FOLDER } from './participant';
import { Scheduler } from './scheduler';
import { Workload } from './workload';

/** When nothing goes wrong any more, everybody is answered within this time. */
const ANSWERED_MS = 90_000;

/** How often everybody looks until all see the same epoch. */
const LOOKS = 3;

/** A participant that closes is done by then. */
const CLOSED_MS = 2500;

export interface RunOptions {
  readonly seed: number;
  readonly control: Control;
  /** Kinds of faults that do not happen. */
  readonly without?: ReadonlySet<string>;
  readonly onTrace?: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  /** What was promised and not kept. */
  readonly violations: readonly string[];
  /** Two runs of one seed have the same. */
  readonly fingerprint: string;
  readonly acknowledged: number;
  readonly turns: number;
  readonly virtualMs: number;
  readonly faults: ReadonlyMap<string, number>;
}

/** Taken before a run replaces the globals. */
const turnOfTheLoop = setImmediate;

export async function simulate(options: RunOptions): Promise<RunResult> {
  const scheduler = new Scheduler(options);
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  const restore = replaceGlobals(scheduler);
  try {
    return await new Run(scheduler, options).run(async () => {
      // Rejections that nobody handled are told at the end of a turn of the real loop.
      await new Promise((resolve) => turnOfTheLoop(resolve));
      return unhandled.map((error) => `nobody handled: ${toStyxyError(error).message}`);
    });
  } finally {
    restore();
    mount(undefined);
    forgetOpenFiles();
    process.off('unhandledRejection', onUnhandled);
  }
}

class Run {
  readonly #scheduler: Scheduler;
  readonly #seed: number;
  readonly #machine: Machine;
  readonly #history: History;
  readonly #crew: Crew;
  readonly #faults: Faults;
  readonly #faultyMs: number;

  constructor(scheduler: Scheduler, { seed, control, without = new Set() }: RunOptions) {
    const { random } = scheduler;
    this.#scheduler = scheduler;
    this.#seed = seed;
    this.#machine = new Machine(scheduler, control.flaws);
    const { disk } = this.#machine;
    mount(disk);
    disk.makeFolder(HOST_FOLDER);
    disk.hardLinks = random.chance(0.9);
    if (random.chance(0.5)) {
      const config = disk.make(CONFIG_PATH);
      config.content = Buffer.from(JSON.stringify(narrow(2 + random.below(5))));
    }
    this.#history = new History(scheduler);
    this.#faultyMs = random.chance(0.8) ? random.between(300, 3000) : random.between(3000, 15_000);
    const graceMs = random.pick([2000, 5000, 30_000]);
    this.#history.keptMs = graceMs - 500;
    const slots = slotsOf(2 + random.below(4), random.chance(0.3));
    const workspaces = ['/code/a', '/code/b', '/code/c', '/code/d'];
    const operations = 20 + random.below(50);
    this.#crew = new Crew({
      machine: this.#machine,
      history: this.#history,
      workload: new Workload(scheduler, this.#history, workspaces),
      control,
      slots,
      graceMs,
      rotateBytes: random.chance(0.2) ? random.pick([2000, 20_000]) : 8_000_000,
      refusalsThatProve: random.pick([1, 2]),
      paceMs: (this.#faultyMs * 2 * slots.length) / operations,
    });
    this.#faults = new Faults({
      machine: this.#machine,
      history: this.#history,
      victims: this.#crew,
      without,
    });
    const number = random.chance(0.05) ? 0 : 1 + random.below(random.chance(0.8) ? 6 : 16);
    this.#faults.plan(number, this.#faultyMs);
  }

  async run(unhandled: () => Promise<readonly string[]>): Promise<RunResult> {
    await this.#scheduler.run(() => false, this.#faultyMs);
    this.#scheduler.trace('FROM NOW ON nothing goes wrong');
    this.#crew.isSettling = true;
    this.#faults.heal();
    this.#crew.ensure();
    await this.#within(ANSWERED_MS, 'everybody is answered', () => this.#crew.isQuiet);
    await this.#compare('at the end');
    if (this.#scheduler.random.chance(0.4)) {
      for (const process of this.#crew.living()) {
        this.#crew.kill(process);
      }
      this.#crew.ensure();
      await this.#compare('after everybody was killed');
    }
    await this.#close();
    for (const problem of await unhandled()) {
      this.#history.violated(problem);
    }
    for (const { process, error } of this.#scheduler.uncaught) {
      this.#history.violated(`${process?.name ?? 'the world'} threw ${String(error)}`);
    }
    return {
      seed: this.#seed,
      violations: this.#history.violations,
      fingerprint: this.#scheduler.fingerprint,
      acknowledged: this.#crew.hands.acknowledged,
      turns: this.#scheduler.turns,
      virtualMs: this.#scheduler.elapsed,
      faults: this.#faults.counts,
    };
  }

  /** Everyone sees the same state, and it is the one that was promised. */
  async #compare(where: string): Promise<void> {
    // One that was started a moment ago is asked once it runs.
    await this.#scheduler.run(() => false, 60);
    let seen = await this.#look(where);
    for (let look = 0; look < LOOKS && epochsOf(seen).length > 1; look += 1) {
      // A number may be taken between two answers, but not for ever.
      seen = await this.#look(where);
    }
    for (const snapshot of seen) {
      this.#history.compare(snapshot, where);
    }
    if (epochsOf(seen).length > 1) {
      this.#history.violated(`${where}: epochs ${epochsOf(seen).join(' and ')} lead at once`);
    }
  }

  async #look(where: string): Promise<readonly Snapshot[]> {
    const seen: Snapshot[] = [];
    const clock = new SystemClock();
    const expected = this.#crew.living().length;
    this.#crew.each(async (_process, node) => {
      for (;;) {
        try {
          seen.push(await node.send('list', {}));
          return;
        } catch (error) {
          this.#scheduler.trace(`LIST ${toStyxyError(error).message}`);
          await clock.sleep(200);
        }
      }
    });
    await this.#within(ANSWERED_MS, `a look ${where}`, () => seen.length === expected);
    return seen;
  }

  async #close(): Promise<void> {
    const living = this.#crew.living();
    let closed = 0;
    this.#crew.each(async (_process, node) => {
      await node.close();
      closed += 1;
    });
    await this.#within(CLOSED_MS, 'everybody has left', () => closed === living.length);
  }

  async #within(ms: number, what: string, isOver: () => boolean): Promise<void> {
    if (!(await this.#scheduler.run(isOver, ms))) {
      this.#history.violated(`not within ${ms / 1000} s: ${what}`);
    }
  }
}

function epochsOf(seen: readonly Snapshot[]): readonly number[] {
  return [...new Set(seen.map(({ epoch }) => epoch))];
}

/** Windows have folders of their own; commands have none. */
function slotsOf(number: number, ranked: boolean): readonly Slot[] {
  return ['a', 'b', 'cli', 'c', 'daemon'].slice(0, number).map((name) => {
    const kind = name === 'cli' || name === 'daemon' ? name : 'window';
    const folders = kind === 'window' ? [`/code/${name}`] : [];
    return { kind, label: name, folders, ranked: ranked && kind === 'window' };
  });
}

/** So few ports that they are fought for. */
function narrow(ports: number): unknown {
  const range = (first: number) => ({
    port_range: [first, first + ports - 1],
    preferred_ports: [first],
  });
  return { service_types: { dev: range(3000), api: range(8000) } };
}
