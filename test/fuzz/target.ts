/** What is fuzzed: inputs of one boundary, and what must hold for each of them. */
import assert from 'node:assert/strict';
import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { StyxyError } from '../../src/core/domain/errors';

/** Shrinking large inputs may take long; what is found by then is told. */
const CHECK_LIMIT_MS = 120_000;

/** Longer inputs are told by their beginning: the seed makes them again. */
const SHOWN_LENGTH = 2_000;

/** One scene serves many inputs, such as a leader at its socket. */
export interface Scene<Input> {
  /** Throws for an input that shows a defect. */
  holds(input: Input): void | Promise<void>;
  close?(): Promise<void>;
}

export interface TargetOptions<Input> {
  readonly name: string;
  /** Inputs of one round. */
  readonly runs: number;
  readonly inputs: fc.Arbitrary<Input>;
  readonly open: () => Scene<Input> | Promise<Scene<Input>>;
}

/** One round: the same seed makes the same inputs. */
export interface Round {
  readonly seed: number;
  readonly runs: number;
  /** Called before each input, also those of shrinking. */
  onRun(): void;
}

export type Finding =
  | { readonly kind: 'passed'; readonly slowestMs: number; readonly slowestRun: number }
  | {
      readonly kind: 'failed';
      readonly run: string;
      readonly input: string;
      readonly error: string;
    };

export interface Target {
  readonly name: string;
  readonly runs: number;
  play(round: Round): Promise<Finding>;
  /** The input of a run, counted from 0, of a round with this seed. */
  inputOf(seed: number, run: number): string;
}

/** A target whose scene is nothing but a function. */
export function pureTarget<Input>(
  options: Omit<TargetOptions<Input>, 'open'> & Pick<Scene<Input>, 'holds'>,
): Target {
  const { holds, ...rest } = options;
  return target({ ...rest, open: () => ({ holds }) });
}

export function target<Input>({ name, runs, inputs, open }: TargetOptions<Input>): Target {
  return {
    name,
    runs,
    play: async (round) => {
      const scene = await open();
      try {
        return await play(inputs, scene, round);
      } finally {
        await scene.close?.();
      }
    },
    inputOf: (seed, run) => {
      const [input] = fc.sample(inputs, { seed, numRuns: run + 1 }).slice(-1);
      return shown(input);
    },
  };
}

async function play<Input>(
  inputs: fc.Arbitrary<Input>,
  scene: Scene<Input>,
  { seed, runs, onRun }: Round,
): Promise<Finding> {
  let run = 0;
  let slowestMs = 0;
  let slowestRun = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    onRun();
    const started = performance.now();
    await scene.holds(input);
    const ms = performance.now() - started;
    if (ms > slowestMs) {
      slowestMs = ms;
      slowestRun = run;
    }
    run += 1;
    assertUnpolluted();
  });
  const details = await fc.check(property, {
    seed,
    numRuns: runs,
    interruptAfterTimeLimit: CHECK_LIMIT_MS,
  });
  if (!details.failed) {
    return { kind: 'passed', slowestMs, slowestRun };
  }
  const { counterexample, counterexamplePath, errorInstance } = details;
  const error = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
  return {
    kind: 'failed',
    run: counterexamplePath ?? '',
    input: shown(counterexample?.[0]),
    error: cut(error ?? ''),
  };
}

function shown(input: unknown): string {
  const most = { depth: 8, maxArrayLength: 20, maxStringLength: SHOWN_LENGTH / 2 };
  return cut(inspect(input, most).replace(/[\0-\b\v-\u001f\u007f-\u009f]/g, '?'));
}

/** Fails without a comparison of large values, which takes longer than all else. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  assert.ok(isDeepStrictEqual(actual, expected), what);
}

function cut(text: string): string {
  return text.length <= SHOWN_LENGTH
    ? text
    : `${text.slice(0, SHOWN_LENGTH)}... (${text.length} characters in all)`;
}

const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Map.prototype];
const KNOWN = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length);

function assertUnpolluted(): void {
  const now = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length);
  assert.deepEqual(now, KNOWN, 'a prototype that everything shares was changed');
}

/** Longest message of an error that a person can read. */
const MAX_MESSAGE_LENGTH = 8_192;

/** What is thrown must be for a user; undefined if nothing is. */
export function refusalOf(action: () => unknown): StyxyError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return assertCoded(error);
  }
}

/** The same where it takes time. */
export async function laterRefusalOf(
  action: () => Promise<unknown>,
): Promise<StyxyError | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return assertCoded(error);
  }
}

/** An error with a code that is not `internal` and a message that can be read and sent. */
export function assertCoded(error: unknown): StyxyError {
  if (!(error instanceof StyxyError)) {
    throw error;
  }
  assert.notEqual(error.code, 'internal', error.message);
  assert.ok(error.message.length > 0 && error.message.length <= MAX_MESSAGE_LENGTH, 'its length');
  assert.doesNotThrow(() => JSON.stringify(error));
  return error;
}
