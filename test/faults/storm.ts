/** One storm: participants at work, faults one after the other, then silence and the verdict. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { check, type Violation } from './checker';
import type { Line } from './diary';
import { DISK_FAULTS, FILE_FAULTS } from './fileFaults';
import { PROCESS_FAULTS } from './processFaults';
import { Random } from '../support/world/random';
import { pause } from '../support/world/waiting';
import { BOUND_MS, Scene, type Fault } from './scene';
import { Stage, type StageOptions } from './stage';

/** Damaged files are kept for ever; on a small disk the driver makes room. */
const QUARANTINE_BYTES = 16 * 1024 * 1024;

/** Exit code of a run that was ended from outside. */
const INTERRUPTED = 130;

export const FAULTS: readonly Fault[] = [...PROCESS_FAULTS, ...FILE_FAULTS, ...DISK_FAULTS];

export interface StormOptions extends StageOptions {
  readonly seconds: number;
  /** These kinds, once each and in this order, in place of so many seconds of all of them. */
  readonly kinds?: readonly string[];
  /** Diaries, logs and home stay although nothing was found. */
  readonly keep: boolean;
  onFault?(told: { readonly at: number; readonly kind: string; readonly injected: boolean }): void;
}

export interface StormResult {
  readonly seconds: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Kinds that found nothing to be injected into. */
  readonly missed: Readonly<Record<string, number>>;
  readonly lines: readonly Line[];
  readonly violations: readonly Violation[];
  /** Where diaries, logs and home are, if they were kept. */
  readonly kept?: string;
}

/** Errors: whatever keeps it from a verdict. */
export async function storm(options: StormOptions): Promise<StormResult> {
  const stage = await Stage.open(options);
  const run = new Run(stage, options);
  let kept = false;
  const end = (): void => {
    void stage.close(false).then(() => process.exit(INTERRUPTED));
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  try {
    await run.weather();
    await stage.end();
    const lines = await stage.lines();
    const violations = [...run.problems(), ...check(lines, run.final)];
    kept = options.keep || violations.length > 0;
    const { faults, missed, seconds } = run;
    const where = kept ? { kept: stage.root } : {};
    return { seconds, faults, missed, lines, violations, ...where };
  } finally {
    await stage.close(kept);
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
  }
}

class Run {
  readonly faults: Record<string, number> = {};
  readonly missed: Record<string, number> = {};
  seconds = 0;
  final: Parameters<typeof check>[1] = [];
  readonly #stage: Stage;
  readonly #scene: Scene;
  readonly #options: StormOptions;
  readonly #stuck: string[] = [];

  constructor(stage: Stage, options: StormOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#scene = new Scene(stage, new Random(options.seed));
  }

  async weather(): Promise<void> {
    const { participants } = this.#options;
    for (let index = 0; index < participants; index += 1) {
      await this.#stage.start(`p${index}`);
    }
    const isReady = () => this.#stage.members.every(({ answered }) => answered > 0);
    if (!(await this.#stage.until(2 * BOUND_MS, isReady))) {
      this.#stuck.push('Not everybody was answered in the beginning.');
    }
    const began = performance.now();
    await this.#rage(began);
    this.seconds = (performance.now() - began) / 1000;
    await this.#settle();
  }

  /** What is no answer, and wrong all the same. */
  problems(): readonly Violation[] {
    const failures = [...this.#stage.failures, ...this.#stuck];
    return failures.map((what) => ({ rule: 'alive and answering', what, trace: [] }));
  }

  async #rage(began: number): Promise<void> {
    const { kinds, seconds, onFault } = this.#options;
    for (const fault of this.#schedule()) {
      const at = (performance.now() - began) / 1000;
      if (kinds === undefined && at >= seconds) {
        return;
      }
      this.#scene.kind = fault.kind;
      let injected = false;
      try {
        injected = await fault.inject(this.#scene);
      } catch (error) {
        this.#stuck.push(`During "${fault.kind}": ${String(error)}`);
      }
      const counts = injected ? this.faults : this.missed;
      counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
      onFault?.({ at, kind: fault.kind, injected });
      await this.#calm();
      if (this.#stuck.length > 0 || !(await this.#scene.answers(1))) {
        this.#stuck.push(`Nobody was answered after "${fault.kind}".`);
        return;
      }
      await this.#sweep();
      await pause(this.#scene.random.whole(0, 300));
    }
  }

  /** All kinds, shuffled, again and again: a short run meets most of them. */
  *#schedule(): Generator<Fault> {
    const { kinds } = this.#options;
    const all = FAULTS.filter(({ kind }) => kinds?.includes(kind) ?? true);
    if (kinds !== undefined) {
      yield* kinds.flatMap((name) => all.filter(({ kind }) => kind === name));
      return;
    }
    const usable = all.filter((fault) => this.#stage.disk || !DISK_FAULTS.includes(fault));
    for (;;) {
      yield* this.#scene.random.shuffled(usable);
    }
  }

  async #calm(): Promise<void> {
    for (const member of this.#stage.members.filter(({ isFrozen }) => isFrozen)) {
      member.thaw();
    }
    await this.#stage.disk?.makeRoom();
  }

  /** Faults have stopped: everybody gets an answer, and somebody new sees what there is. */
  async #settle(): Promise<void> {
    const stage = this.#stage;
    await this.#calm();
    stage.members.forEach((member) => member.tell({ do: 'stop' }));
    await stage.until(2 * BOUND_MS, () => stage.members.every(({ stopped }) => stopped));
    for (const { who } of stage.members.filter(({ stopped }) => !stopped)) {
      this.#stuck.push(`${who} still waits for an answer.`);
    }
    const last = await stage.start('last', 0);
    last.tell({ do: 'list' });
    if (!(await stage.until(BOUND_MS, () => last.listed !== undefined))) {
      this.#stuck.push('A new participant was not told what there is.');
    }
    this.final = last.listed ?? [];
  }

  async #sweep(): Promise<void> {
    const folder = join(await this.#stage.folder(), 'quarantine');
    const names = await readdir(folder).catch(() => []);
    let bytes = 0;
    for (const name of names) {
      bytes += (await stat(join(folder, name))).size;
    }
    if (bytes > QUARANTINE_BYTES) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
