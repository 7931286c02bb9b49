/** Has targets played in a thread of its own, and ends it when an input takes too long. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Order, Outcome, Shared } from './orders';
import type { Target } from './target';

/** Far above what the slowest input takes on a busy machine, and far below what hanging means. */
const HANG_MS = 60_000;
const LOOK_MS = 250;

/** What the largest inputs need, a few times over. */
const MAX_HEAP_MB = 1_024;

export class Fuzzer {
  readonly #counter = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  #worker: Worker | undefined;

  async play(target: Target, seed: number): Promise<Outcome> {
    const order: Order = { name: target.name, seed, runs: target.runs };
    const worker = (this.#worker ??= this.#start());
    const outcome = await this.#watch(worker, order);
    if (outcome.kind === 'passed' || outcome.kind === 'failed') {
      return outcome;
    }
    await this.close();
    const run = Atomics.load(new Int32Array(this.#counter), 0) - 1;
    // Inputs of shrinking cannot be made again by number, but come again with the seed.
    const isNumbered = run >= 0 && run < target.runs;
    return {
      ...outcome,
      run: String(run),
      input: isNumbered ? target.inputOf(seed, run) : 'unknown: found while shrinking another one',
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): Worker {
    const workerData: Shared = { counter: this.#counter };
    const resourceLimits = { maxOldGenerationSizeMb: MAX_HEAP_MB };
    return new Worker(join(__dirname, 'worker.js'), { workerData, resourceLimits });
  }

  #watch(worker: Worker, order: Order): Promise<Outcome> {
    const counter = new Int32Array(this.#counter);
    return new Promise((resolve) => {
      let seen = -1;
      let since = performance.now();
      const timer = setInterval(() => {
        const now = Atomics.load(counter, 0);
        if (now !== seen) {
          seen = now;
          since = performance.now();
        } else if (performance.now() - since > HANG_MS) {
          settle({ kind: 'hung', ...NOWHERE, error: `It took more than ${HANG_MS / 1000} s.` });
        }
      }, LOOK_MS);
      const settle = (outcome: Outcome): void => {
        clearInterval(timer);
        worker.off('message', settle);
        worker.off('error', onError);
        resolve(outcome);
      };
      const onError = (error: Error): void =>
        settle({ kind: 'died', ...NOWHERE, error: error.stack ?? String(error) });
      worker.on('message', settle);
      worker.on('error', onError);
      worker.postMessage(order);
    });
  }
}

const NOWHERE = { run: '', input: '' };

/** What to type to see it again. */
export function replayOf({ name }: Target, seed: number): string {
  return `npm run fuzz -- --seconds 1 --seed ${seed} --only '${name}'`;
}

/** For a person; empty if nothing was found. */
export function textOf(target: Target, seed: number, outcome: Outcome): string {
  if (outcome.kind === 'passed') {
    return '';
  }
  const { kind, run, input, error } = outcome;
  return [
    `${target.name}: ${kind} with seed ${seed} at run ${run}`,
    `  input: ${input}`,
    `  ${error.split('\n').join('\n  ')}`,
    `  again: ${replayOf(target, seed)}`,
  ].join('\n');
}
