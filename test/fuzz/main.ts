/**
 * `npm run fuzz`: gives every boundary wrong input for as long as you like. Exit code 1 if one of
 * them broke.
 */
import { parseArgs } from 'node:util';
import { Fuzzer, textOf } from './fuzzer';
import type { Target } from './target';
import { TARGETS } from './targets';

const USAGE = `Usage: npm run fuzz -- [options]
  --seconds <n>  how long (60); each target has at least one round
  --seed <n>     of the first round (1); the rounds behind it count up
  --only <name>  one target
Targets: ${TARGETS.map(({ name }) => name).join('; ')}`;

interface Tally {
  inputs: number;
  slowestMs: number;
  /** Seed and run of the slowest input. */
  slowest: string;
  found: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  const seed = Number(values.seed);
  const targets = TARGETS.filter(({ name }) => values.only === undefined || name === values.only);
  const isWrong = !(seconds > 0) || !Number.isSafeInteger(seed) || targets.length === 0;
  if (values.help || isWrong) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  return fuzz(targets, seed, seconds);
}

async function fuzz(targets: readonly Target[], first: number, seconds: number): Promise<number> {
  const fuzzer = new Fuzzer();
  const tallies = new Map<Target, Tally>(
    targets.map((target) => [target, { inputs: 0, slowestMs: 0, slowest: '', found: 0 }]),
  );
  const end = performance.now() + seconds * 1000;
  try {
    for (let seed = first; seed === first || performance.now() < end; seed += 1) {
      for (const [target, tally] of tallies) {
        if (seed === first || performance.now() < end) {
          await playOne(fuzzer, target, seed, tally);
        }
      }
    }
  } finally {
    await fuzzer.close();
  }
  console.log(tableOf(tallies));
  return [...tallies.values()].some(({ found }) => found > 0) ? 1 : 0;
}

async function playOne(fuzzer: Fuzzer, target: Target, seed: number, tally: Tally): Promise<void> {
  const outcome = await fuzzer.play(target, seed);
  tally.inputs += target.runs;
  if (outcome.kind !== 'passed') {
    tally.found += 1;
    console.log(`${textOf(target, seed, outcome)}\n`);
  } else if (outcome.slowestMs > tally.slowestMs) {
    tally.slowestMs = outcome.slowestMs;
    tally.slowest = `seed ${seed}, run ${outcome.slowestRun}`;
  }
}

function tableOf(tallies: ReadonlyMap<Target, Tally>): string {
  const rows = [...tallies].map(([{ name }, { inputs, slowestMs, slowest, found }]) => [
    name.padEnd(42),
    `${inputs} inputs`.padStart(16),
    `${found} found`.padStart(9),
    `slowest ${slowestMs.toFixed(0)} ms (${slowest})`,
  ]);
  return rows.map((row) => row.join('  ')).join('\n');
}

void main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 2;
  },
);
