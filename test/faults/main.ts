/**
 * `npm run storm`: tries to break the promises that no port has two holders and that nothing
 * acknowledged is lost. Exit code 1 if it could.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CONTROLS, type Control } from './controls';
import { reportOf, textOf } from './report';
import { FAULTS, storm, type StormOptions } from './storm';

const USAGE = `Usage: npm run storm -- [options]
  --seconds <n>       how long faults are injected (60)
  --seed <n>          makes all choices of driver and participants (1)
  --participants <n>  1 to 64 (6)
  --control <name>    ${CONTROLS.join(', ')}: the product with one thing taken away; must fail
  --worker            leaders run in worker threads, as in an editor, not on main threads
  --faults <kinds>    only these, once each and in this order, separated by ";"
  --keep              keeps diaries, logs and home also when nothing was found
  --json              one object instead of the table
Kinds: ${FAULTS.map(({ kind }) => kind).join('; ')}`;

/** Beyond so many, each is one lane that takes its time: two cores are shared by all. */
const MANY = 16;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      participants: { type: 'string', default: '6' },
      control: { type: 'string' },
      faults: { type: 'string' },
      worker: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const control = CONTROLS.find((name) => name === values.control);
  const kinds = values.faults?.split(';').map((kind) => kind.trim());
  const strange = kinds?.find((kind) => !FAULTS.some((fault) => fault.kind === kind));
  const numbers = [values.seconds, values.seed, values.participants].map(Number);
  const [seconds = 0, seed = 0, participants = 0] = numbers;
  const isWrong =
    numbers.some((number) => !Number.isInteger(number) || number < 1) ||
    participants > 64 ||
    (values.control !== undefined && (control === undefined || values.worker)) ||
    strange !== undefined;
  if (values.help || isWrong) {
    console.error(strange === undefined ? USAGE : `There is no fault "${strange}".\n${USAGE}`);
    return values.help ? 0 : 2;
  }
  if (process.platform === 'win32') {
    console.error('The storm freezes processes with SIGSTOP, which Windows does not have.');
    return 2;
  }
  const { worker, keep, json } = values;
  return inNamespace() ?? run({ seconds, seed, participants, control, kinds, worker, keep }, json);
}

/** A small disk takes root; in a namespace of its own every user may be that. */
function inNamespace(): number | undefined {
  if (process.platform !== 'linux' || process.getuid?.() === 0) {
    return undefined;
  }
  if (spawnSync('unshare', ['-rm', 'true']).status !== 0) {
    console.error('No namespace to be had here: goes on without full disks.');
    return undefined;
  }
  const args = ['-rm', process.execPath, ...process.argv.slice(1)];
  return spawnSync('unshare', args, { stdio: 'inherit' }).status ?? 2;
}

interface Wanted {
  readonly seconds: number;
  readonly seed: number;
  readonly participants: number;
  readonly control: Control | undefined;
  readonly kinds: readonly string[] | undefined;
  readonly worker: boolean;
  readonly keep: boolean;
}

async function run({ control, kinds, worker, ...wanted }: Wanted, json: boolean): Promise<number> {
  const isMany = wanted.participants > MANY;
  let count = 0;
  const options: StormOptions = {
    ...wanted,
    script: join(__dirname, 'participant.js'),
    lanes: isMany ? 1 : 2,
    pauseMs: isMany ? 500 : 40,
    ...(control === undefined ? {} : { control }),
    ...(worker ? { worker: join(__dirname, 'leaderWorker.js') } : {}),
    ...(kinds === undefined ? {} : { kinds }),
    onFault: ({ at, kind, injected }) => {
      count += 1;
      if (!json) {
        console.log(`#${count} ${at.toFixed(1)} s  ${kind}${injected ? '' : ' (found nothing)'}`);
      }
    },
  };
  if (!json) {
    console.log(`Storm of seed ${wanted.seed}, ${wanted.participants} participants`);
  }
  const report = reportOf(options, await storm(options));
  console.log(json ? JSON.stringify(report) : `\n${textOf(report)}`);
  return report.violations.length === 0 ? 0 : 1;
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
