import { spawn } from 'node:child_process';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanEnvironment } from './environment.mjs';

/** A cold start takes 2 s here; a loaded two-core machine may need ten times that. */
const START_TIMEOUT_MS = 60_000;
/** How long the server and its extension hosts may take to end by themselves. */
const STOP_TIMEOUT_MS = 5_000;
/** Enough of the server's last words to explain a failure. */
const OUTPUT_LIMIT = 20_000;

/** An editor without a marketplace asks nothing of the network. */
const NO_GALLERY = { EXTENSIONS_GALLERY: '{}' };

/** What makes an editor start quietly, look tidy in pictures and behave the same every time. */
export const QUIET_SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.layoutControl.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'window.commandCenter': false,
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'remote.autoForwardPorts': false,
  'remote.restoreForwardedPorts': false,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'files.simpleDialog.enable': true,
  'terminal.integrated.enablePersistentSessions': false,
  'terminal.integrated.shellIntegration.enabled': false,
  'window.restoreWindows': 'none',
};

/**
 * Starts code-server in a process group of its own and resolves once it answers.
 *
 * - `host` is what `ensureTestHost` returned; `dataDir` holds everything the editor writes.
 * - `env` is added to the environment of the server, and so of extension hosts and terminals.
 * - `settings` replace the file of user settings; without them, what is there is kept.
 * - `trust` lets the editor ask whether a folder is trusted; else every folder is.
 * - `development` lets an address name an extension under development (see `url`).
 * - `gallery: false` turns the marketplace off.
 * - `graceSeconds` is how long an extension host outlives its page; the editor's own default of
 *   three hours would keep hosts of closed windows alive.
 */
export async function startCodeServer(options) {
  const { host, dataDir, env = {}, settings, gallery = true } = options;
  await mkdir(dataDir, { recursive: true });
  if (settings !== undefined) {
    await writeSettings(dataDir, settings);
  }
  const port = await freePort();
  const child = spawn(host.node, serverArguments(port, options), {
    env: cleanEnvironment({ ...(gallery ? {} : NO_GALLERY), ...env }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const remember = (chunk) => {
    output = (output + chunk).slice(-OUTPUT_LIMIT);
  };
  child.stdout.on('data', remember);
  child.stderr.on('data', remember);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => {
      remember(`${error}`);
      resolve();
    });
    child.once('exit', resolve);
  });
  const server = {
    pid: child.pid,
    port,
    authority: `localhost:${port}`,
    dataDir,
    /** Resolves when the server's process is gone, whoever ended it. */
    ended,
    output: () => output,
    url: (target, options) => windowUrl(port, target, options),
    stop: () => stopGroup(child, ended),
  };
  try {
    await answers(server, child);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

function serverArguments(port, { host, dataDir, trust, development, graceSeconds = 5 }) {
  return [
    host.serverMain,
    '--host=127.0.0.1',
    `--port=${port}`,
    '--without-connection-token',
    '--accept-server-license-terms',
    `--server-data-dir=${dataDir}`,
    '--telemetry-level=off',
    `--reconnection-grace-time=${graceSeconds}`,
    ...(trust ? [] : ['--disable-workspace-trust']),
    // Without it, a built version ignores the extension under development in the page's address.
    ...(development ? ['--enable-smoke-test-driver'] : []),
  ];
}

/** Replaces the user settings of the editor that keeps its data in `dataDir`, in one step. */
export async function writeSettings(dataDir, settings) {
  const folder = join(dataDir, 'data', 'User');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'settings.json');
  await writeFile(`${file}.new`, `${JSON.stringify(settings, undefined, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** The address that opens a folder, a `.code-workspace` file or nothing in a window of its own. */
function windowUrl(port, target, { extension, tests } = {}) {
  const url = new URL(`http://localhost:${port}/`);
  if (target === undefined) {
    url.searchParams.set('ew', 'true');
  } else {
    url.searchParams.set(target.endsWith('.code-workspace') ? 'workspace' : 'folder', target);
  }
  const payload = [];
  if (extension !== undefined) {
    payload.push(['extensionDevelopmentPath', `vscode-remote://localhost:${port}${extension}`]);
  }
  if (tests !== undefined) {
    payload.push(['extensionTestsPath', `vscode-remote://localhost:${port}${tests}`]);
  }
  if (payload.length > 0) {
    url.searchParams.set('payload', JSON.stringify(payload));
  }
  return url.toString();
}

/** Installs a packed extension for every window of the server that keeps its data in `dataDir`. */
export async function installExtension({ host, dataDir, vsix }) {
  const args = ['--accept-server-license-terms', `--server-data-dir=${dataDir}`];
  const child = spawn(host.node, [host.serverMain, ...args, '--install-extension', vsix], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: START_TIMEOUT_MS,
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 && output.includes('successfully installed')
        ? resolve()
        : reject(new Error(`Installing ${vsix} failed (${code}):\n${output}`)),
    );
  });
}

async function answers(server, child) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new Error(`code-server ended while it started:\n${server.output()}`);
    }
    if ((await statusOf(`http://127.0.0.1:${server.port}/version`)) === 200) {
      return;
    }
    await delay(100);
  }
  throw new Error(`code-server did not answer within ${START_TIMEOUT_MS} ms:\n${server.output()}`);
}

function statusOf(url) {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(0));
  });
}

/** Ends the server with its extension hosts and terminals: asks first, then insists. */
async function stopGroup(child, ended) {
  if (child.pid === undefined) {
    return;
  }
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([ended, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
  // The group may hold members after its leader has gone, such as a terminal that ignores SIGTERM.
  signalGroup(child.pid, 'SIGKILL');
  await ended;
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') {
      throw error;
    }
  }
}

/** A loopback port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
