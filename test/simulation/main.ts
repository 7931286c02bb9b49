/** `npm run simulate`: many seeds, or one of them with everything that happened. */
import { parseArgs } from 'node:util';
import { CONTROLS, NO_CONTROL } from './controls';
import { simulate, type RunOptions, type RunResult } from './simulate';

const USAGE = `Usage: npm run simulate -- [--seconds 60] [--seeds 1..1000] [--seed n] [--control name]
               [--without fault,fault]
--seconds   how long, from seed 1 or the first of --seeds on
--seeds     which ones
--seed      this one, with its trace
--without   kinds of faults that do not happen
--keep      goes on after a violation
--control   with one thing wrong that must be found: ${Object.keys(CONTROLS).join(', ')}`;

interface Totals {
  seeds: number;
  acknowledged: number;
  turns: number;
  violations: number;
  readonly faults: Map<string, number>;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      seed: { type: 'string' },
      seeds: { type: 'string' },
      control: { type: 'string' },
      without: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const control = values.control === undefined ? NO_CONTROL : CONTROLS[values.control];
  if (values.help || control === undefined) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const without = new Set(values.without?.split(','));
  const flag = [
    values.control === undefined ? '' : ` --control ${values.control}`,
    values.without === undefined ? '' : ` --without '${values.without}'`,
  ].join('');
  const chosen = { control, without };
  if (values.seed !== undefined) {
    return showOne({ seed: Number(values.seed), ...chosen });
  }
  const [first = 1, last = Infinity] = (values.seeds ?? '1').split('..').map(Number);
  const isBounded = values.seeds?.includes('..') === true;
  const seconds = Number(values.seconds ?? (isBounded ? Infinity : 60));
  const totals = { seeds: 0, acknowledged: 0, turns: 0, violations: 0, faults: new Map() };
  const started = performance.now();
  const spent = (): number => (performance.now() - started) / 1000;
  for (let seed = first; seed <= last && spent() < seconds; seed += 1) {
    const result = await simulate({ seed, ...chosen });
    add(totals, result);
    if (result.violations.length > 0) {
      tell(result, flag);
      if (!values.keep) {
        await showOne({ seed, ...chosen });
        break;
      }
    }
  }
  sumUp(totals, spent());
  return totals.violations === 0 ? 0 : 1;
}

async function showOne(options: RunOptions): Promise<number> {
  const { seed } = options;
  const result = await simulate({ ...options, onTrace: (line) => console.log(line) });
  console.log(`seed ${seed}: ${result.turns} turns, fingerprint ${result.fingerprint}`);
  for (const violation of result.violations) {
    console.log(`VIOLATION ${violation}`);
  }
  return result.violations.length === 0 ? 0 : 1;
}

function add(totals: Totals, { acknowledged, turns, violations, faults }: RunResult): void {
  totals.seeds += 1;
  totals.acknowledged += acknowledged;
  totals.turns += turns;
  totals.violations += violations.length > 0 ? 1 : 0;
  for (const [kind, count] of faults) {
    totals.faults.set(kind, (totals.faults.get(kind) ?? 0) + count);
  }
}

function tell({ seed, violations }: RunResult, flag: string): void {
  console.log(`seed ${seed}:`);
  for (const violation of violations) {
    console.log(`  ${violation}`);
  }
  console.log(`  again, with its trace: npm run simulate -- --seed ${seed}${flag}`);
}

function sumUp({ seeds, acknowledged, turns, violations, faults }: Totals, seconds: number): void {
  const rate = Math.round((seeds / seconds) * 60);
  console.log(
    `${seeds} seeds in ${seconds.toFixed(1)} s (${rate} a minute), ${turns} turns, ` +
      `${acknowledged} requests answered, ${violations} seeds with violations`,
  );
  const kinds = [...faults].sort(([, a], [, b]) => b - a);
  console.log(`faults: ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
}

process.exitCode = await main();
