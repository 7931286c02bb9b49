import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { REPOSITORY } from './cache.mjs';
import { QUIET_SETTINGS } from './codeServer.mjs';
import { ensureChromium } from './ensureChromium.mjs';
import { ensureTestHost } from './testHost.mjs';

/*
 * Runs `test/host` inside the extension host of a real VS Code. `STYXY_TEST_HOST` chooses which:
 * `vscode` (downloaded by test-electron), `code-server` (from the npm registry), or, by default,
 * the first of the two that can work here.
 */

const UPDATE_SERVER = 'https://update.code.visualstudio.com/api/releases/stable';
/** Whoever can download an editor gets this small answer in well under a second. */
const REACHABLE_TIMEOUT_MS = 3_000;
/** The lower end of `engines.vscode` is what users may have; the newest is what most have. */
const VSCODE_VERSION = process.env.STYXY_VSCODE_VERSION ?? 'stable';

async function isReachable(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(REACHABLE_TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch (error) {
    console.log(`${new URL(url).host} cannot be reached (${error.cause?.code ?? error.name}).`);
    return false;
  }
}

async function chooseHost() {
  const asked = process.env.STYXY_TEST_HOST;
  if (asked === 'vscode' || asked === 'code-server') {
    return asked;
  }
  if (asked) {
    throw new Error(`STYXY_TEST_HOST is ${asked}; it must be vscode or code-server.`);
  }
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    console.log('There is no display for a desktop VS Code.');
    return 'code-server';
  }
  return (await isReachable(UPDATE_SERVER)) ? 'vscode' : 'code-server';
}

async function build() {
  for (const flags of [[], ['--host-tests']]) {
    const result = spawnSync(process.execPath, ['esbuild.config.mjs', ...flags], {
      cwd: REPOSITORY,
      stdio: 'inherit',
    });
    if (result.status !== 0) {
      throw new Error(`The build failed: node esbuild.config.mjs ${flags.join(' ')}`);
    }
  }
}

/** The windows to test in; `test/host/index.ts` loads what belongs to `STYXY_HOST_SUITE`. */
const SUITES = ['folder', 'workspace'];

/** Two folders with nothing in them, and a workspace of both: what tests need, they write. */
async function makeWorkspace(root) {
  const folders = ['one', 'two'];
  for (const name of folders) {
    await mkdir(join(root, name), { recursive: true });
  }
  const workspace = join(root, 'tests.code-workspace');
  const content = { folders: folders.map((path) => ({ path })), settings: {} };
  await writeFile(workspace, `${JSON.stringify(content, undefined, 2)}\n`);
  return { folder: join(root, 'one'), workspace };
}

/** Runs one suite in a fresh editor with a fresh home, and returns its counts. */
async function runSuite(suite, runInHost) {
  const root = await mkdtemp(join(tmpdir(), 'styxy-lane-'));
  try {
    const userDataDir = join(root, 'user');
    await mkdir(join(userDataDir, 'User'), { recursive: true });
    await writeFile(join(userDataDir, 'User', 'settings.json'), JSON.stringify(QUIET_SETTINGS));
    const home = join(root, 'home');
    await mkdir(home, { mode: 0o700 });
    const targets = await makeWorkspace(join(root, 'workspace'));
    const result = join(root, 'result.json');
    const failed = await runInHost({
      extensionDevelopmentPath: REPOSITORY,
      extensionTestsPath: join(REPOSITORY, 'out/test/host/index.js'),
      extensionTestsEnv: {
        STYXY_HOME: home,
        STYXY_HOST_SUITE: suite,
        STYXY_LANE_RESULT: result,
        STYXY_REPOSITORY: REPOSITORY,
        // Inside the editor nothing tells whether this is a terminal.
        FORCE_COLOR: process.stdout.isTTY && !process.env.NO_COLOR ? '1' : '0',
      },
      launchArgs: [
        targets[suite],
        `--user-data-dir=${userDataDir}`,
        `--extensions-dir=${join(root, 'extensions')}`,
        '--disable-extensions',
      ],
    }).then(
      () => false,
      (error) => error,
    );
    return await readCounts(suite, result, failed);
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function readCounts(suite, file, failed) {
  if (!existsSync(file)) {
    throw new Error(`The suite "${suite}" ended without a result: ${failed.message ?? 'no tests'}`);
  }
  const counts = JSON.parse(await readFile(file, 'utf8'));
  if (counts.tests === 0) {
    throw new Error(`The suite "${suite}" has no tests.`);
  }
  if (failed && counts.failures === 0) {
    throw new Error(`The suite "${suite}" passed, but the editor failed: ${failed.message}`);
  }
  return counts;
}

async function chooseRunner() {
  if ((await chooseHost()) === 'vscode') {
    console.log(`Host: VS Code ${VSCODE_VERSION}, downloaded by @vscode/test-electron.`);
    return (options) => runTests({ ...options, version: VSCODE_VERSION });
  }
  console.log('Host: VS Code as served by code-server, in headless Chromium.');
  await ensureTestHost();
  await ensureChromium();
  const vscodeExecutablePath = join(REPOSITORY, 'test/support/host/launcher.mjs');
  return (options) => runTests({ ...options, vscodeExecutablePath });
}

async function main() {
  const runInHost = await chooseRunner();
  await build();
  const sum = { passes: 0, failures: 0, pending: 0, tests: 0 };
  const failed = [];
  for (const suite of SUITES) {
    console.log(`\nSuite: ${suite}`);
    const counts = await runSuite(suite, runInHost);
    for (const key of Object.keys(sum)) {
      sum[key] += counts[key];
    }
    failed.push(...counts.failed);
  }
  const file = process.env.STYXY_LANE_RESULT;
  if (file) {
    await writeFile(file, JSON.stringify({ ...sum, failed }));
  }
  process.exitCode = sum.failures > 0 ? 1 : 0;
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
