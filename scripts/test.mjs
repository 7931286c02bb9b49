import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { REPOSITORY } from './cache.mjs';
import { ensureChromium } from './ensureChromium.mjs';
import { installLocked } from './install.mjs';
import { ensureTestHost } from './testHost.mjs';

/*
 * `npm test`: installs what is missing, runs every lane and sums up. Only built-ins are imported,
 * because on a fresh clone nothing else is there yet.
 */

/**
 * The lanes in the order in which they run: what fails fast comes first. Each is the npm script
 * `script`; `editor` means that it needs the test host and a browser, `check` that it is one check
 * without tests to count.
 */
const LANES = [
  { name: 'lint', script: 'lint', check: true },
  { name: 'unit', script: 'test:unit' },
  { name: 'coverage', script: 'coverage', check: true },
  { name: 'integration', script: 'test:integration' },
  { name: 'faults', script: 'test:faults' },
  { name: 'simulation', script: 'test:simulation' },
  { name: 'fuzz', script: 'test:fuzz' },
  { name: 'contract', script: 'test:contract' },
  { name: 'host', script: 'test:host', editor: true },
  { name: 'e2e', script: 'test:e2e', editor: true },
];

/** Far above what any lane takes; a lane that reaches it hangs. */
const LANE_TIMEOUT_MS = 30 * 60_000;

/** How long an interrupted lane may take to clean up behind itself. */
const INTERRUPT_TIMEOUT_MS = 15_000;

const USAGE = `Usage: node scripts/test.mjs [--lane <name>]... [--allow-skips]
Lanes: ${LANES.map((lane) => lane.name).join(', ')}
--allow-skips  skipped tests, and lanes that cannot run here, do not fail the run`;

/** The process group of the lane that is running, ended with this process. */
let running;
let interrupted = false;

async function main() {
  const { values } = parseArgs({
    options: {
      lane: { type: 'string', multiple: true },
      'allow-skips': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const unknown = values.lane?.find((name) => !LANES.some((lane) => lane.name === name));
  if (unknown !== undefined) {
    console.error(`There is no lane "${unknown}".\n${USAGE}`);
    return 2;
  }
  const lanes = LANES.filter((lane) => values.lane?.includes(lane.name) ?? true);
  await installLocked();
  const results = [];
  for (const lane of lanes) {
    const result = await runLane(lane, values['allow-skips']);
    if (result.problem) {
      console.error(`\nLane ${lane.name}: ${result.problem}`);
    }
    results.push(result);
    if (interrupted) {
      return 130;
    }
  }
  return sumUp(results);
}

async function runLane(lane, allowSkips) {
  console.log(`\n=== ${lane.name} ===`);
  const started = Date.now();
  const counts = await countsOf(lane);
  const seconds = (Date.now() - started) / 1000;
  return judge({ name: lane.name, seconds, ...counts }, lane, allowSkips);
}

/** Runs a lane and returns its counts, its exit code, or why it could not run. */
async function countsOf(lane) {
  const none = { passes: 0, failures: 0, pending: 0 };
  if (lane.editor) {
    try {
      await ensureTestHost();
      await ensureChromium();
    } catch (error) {
      return { ...none, cannotRun: error.message };
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'styxy-test-'));
  const file = join(folder, 'result.json');
  try {
    const code = await runScript(lane.script, { STYXY_LANE_RESULT: file });
    const counts = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : undefined;
    return { ...none, ...counts, code, counted: counts !== undefined };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Decides what a lane's outcome is worth: silence is never success. */
function judge(result, lane, allowSkips) {
  const { passes, failures, pending, code, counted, cannotRun } = result;
  if (cannotRun !== undefined) {
    const problem = `cannot run: ${cannotRun}`;
    return allowSkips ? { ...result, problem } : { ...result, failures: 1, problem };
  }
  if (lane.check) {
    return code === 0 ? result : { ...result, failures: 1, problem: `failed (${code})` };
  }
  if (!counted) {
    return { ...result, failures: 1, problem: `ended without a result (${code})` };
  }
  if (passes + failures + pending === 0) {
    return { ...result, failures: 1, problem: 'ran no tests' };
  }
  if (code !== 0 && failures === 0) {
    return { ...result, failures: 1, problem: `all tests passed, but the lane failed (${code})` };
  }
  if (pending > 0 && !allowSkips) {
    const problem = `${pending} skipped, which counts as failed`;
    return { ...result, failures: failures + pending, problem };
  }
  return result;
}

function runScript(script, env) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', script], {
      cwd: REPOSITORY,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      // A group of its own, so that a lane that hangs can be ended with all it started.
      detached: process.platform !== 'win32',
      shell: process.platform === 'win32',
    });
    running = child;
    const timer = setTimeout(() => {
      console.error(`The lane did not end within ${LANE_TIMEOUT_MS / 60_000} minutes.`);
      endRunning('SIGKILL');
    }, LANE_TIMEOUT_MS);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      running = undefined;
      resolve(code ?? signal);
    });
  });
}

function endRunning(signal) {
  if (running?.pid === undefined) {
    return;
  }
  try {
    process.kill(process.platform === 'win32' ? running.pid : -running.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') {
      throw error;
    }
  }
}

function sumUp(results) {
  // Again at the end, because the output of a whole run is long and may reach the reader cut.
  for (const { name, failed = [] } of results) {
    for (const { title, error } of failed) {
      console.log(`\nFailed in ${name}: ${title}\n${error}`);
    }
  }
  const table = results.map(({ name, passes, failures, pending, seconds, problem = '' }) => [
    name,
    String(passes),
    String(failures),
    String(pending),
    `${seconds.toFixed(1)} s`,
    problem.split('\n')[0],
  ]);
  const rows = [['lane', 'passed', 'failed', 'skipped', 'time', ''], ...table];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  console.log('');
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 || column === 5 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(cells.join('  ').trimEnd());
  }
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`\n${total('passes')} passed, ${total('failures')} failed`);
  return total('failures') === 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    interrupted = true;
    endRunning(signal);
    setTimeout(() => endRunning('SIGKILL'), INTERRUPT_TIMEOUT_MS).unref();
  });
}

process.exitCode = await main().catch((error) => {
  console.error(error.message);
  console.log('\n0 passed, 1 failed');
  return 1;
});
