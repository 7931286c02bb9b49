#!/usr/bin/env node
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openChromium } from '../../../scripts/chromium.mjs';
import { QUIET_SETTINGS, startCodeServer } from '../../../scripts/codeServer.mjs';
import { ensureChromium } from '../../../scripts/ensureChromium.mjs';
import { ensureTestHost } from '../../../scripts/testHost.mjs';

/*
 * Behaves like the executable of a desktop VS Code as far as `@vscode/test-electron` can tell: it
 * opens a window with the extension under development, runs the tests in its extension host,
 * passes their output on and ends with their exit code. The window is a page of headless Chromium.
 */

const RUN_TIMEOUT_MS = Number(process.env.STYXY_HOST_TIMEOUT_MS ?? 600_000);
const CLOSE_TIMEOUT_MS = 5_000;

/** What the workbench itself logs at every start; it arrives mixed with the output of the tests. */
const NOISE = new RegExp(
  [
    '^Resolv(ing|ed) connection token',
    '^Creating a socket',
    '^Ignoring fetching additional builtin',
    '^Updating additional builtin',
    '^Canceled: Canceled',
    '^Creation of workbench contribution',
    '^Timed out waiting for authentication provider',
    '^\\[(reconnection-grace-time|[A-Za-z]+Host:|AccountPolicyGate|Service Worker)',
  ].join('|'),
);

/** Splits what a VS Code executable is started with into what matters here. */
function parse(argv) {
  const value = (name) =>
    argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(`--${name}=`.length);
  const paths = argv.filter((arg) => !arg.startsWith('-')).map((arg) => resolve(arg));
  const options = {
    extension: value('extensionDevelopmentPath'),
    tests: value('extensionTestsPath'),
    userDataDir: value('user-data-dir'),
    target: paths[0],
    trust: !argv.includes('--disable-workspace-trust'),
  };
  if (options.extension === undefined || options.tests === undefined) {
    throw new Error(
      'Expected --extensionDevelopmentPath=<folder> and --extensionTestsPath=<file>.',
    );
  }
  if (options.target !== undefined && !existsSync(options.target)) {
    throw new Error(`There is no ${options.target} to open.`);
  }
  return options;
}

/** Where a desktop VS Code keeps them, so that one preparation serves both. */
async function userSettings(userDataDir) {
  const file = userDataDir && join(userDataDir, 'User', 'settings.json');
  return file && existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
}

/** Desktop VS Code loads the `index.js` of a folder; the page's address must name the file. */
function testsFile(tests) {
  const path = resolve(tests);
  return existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.js') : path;
}

async function run(options, dataDir, cleanups) {
  const host = await ensureTestHost();
  const executable = await ensureChromium();
  const server = await startCodeServer({
    host,
    dataDir,
    trust: options.trust,
    development: true,
    gallery: false,
    settings: {
      ...QUIET_SETTINGS,
      'security.workspace.trust.enabled': options.trust,
      ...(await userSettings(options.userDataDir)),
    },
  });
  cleanups.push(() => server.stop());
  const browser = await openChromium({ executable, profile: join(dataDir, 'chromium') });
  cleanups.push(() => browser.close());
  const page = browser.pages()[0] ?? (await browser.newPage());

  let ended = false;
  const code = new Promise((settle, fail) => {
    const timer = setTimeout(() => {
      const picture = join(tmpdir(), `styxy-host-${process.pid}.png`);
      void page
        .screenshot({ path: picture, timeout: CLOSE_TIMEOUT_MS })
        .then(() => console.error(`What the window showed: ${picture}`))
        .catch((error) => console.error(`No picture of the window: ${error.message}`))
        .then(() => fail(new Error(`The tests did not end within ${RUN_TIMEOUT_MS} ms.`)));
    }, RUN_TIMEOUT_MS);
    timer.unref();
    page.once('crash', () => fail(new Error('The page crashed.')));
    void server.ended.then(() => fail(new Error(`The server ended:\n${server.output()}`)));
    const end = (exitCode) => {
      ended = true;
      settle(exitCode);
    };
    void page.exposeFunction('codeAutomationExit', end).catch(fail);
  });
  // Whatever happens before the first await below must not count as unhandled.
  code.catch(() => undefined);
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    // What a window says while it closes is not about the tests.
    if (!ended && !NOISE.test(String(args[0]))) {
      (console[type] ?? console.log)(...args);
    }
  });
  await page.goto(
    server.url(options.target, {
      extension: resolve(options.extension),
      tests: testsFile(options.tests),
    }),
  );
  return code;
}

async function main() {
  const options = parse(process.argv.slice(2));
  const dataDir = await mkdtemp(join(tmpdir(), 'styxy-host-'));
  const cleanups = [];
  const interrupted = new Promise((settle) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => settle(130));
    }
  });
  try {
    return await Promise.race([run(options, dataDir, cleanups), interrupted]);
  } finally {
    for (const cleanup of cleanups.reverse()) {
      const late = new Promise((settle) => setTimeout(settle, 2 * CLOSE_TIMEOUT_MS).unref());
      await Promise.race([cleanup(), late]);
    }
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
