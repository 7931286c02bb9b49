import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY, runNpm } from './cache.mjs';
import { installExtension, QUIET_SETTINGS, startCodeServer } from './codeServer.mjs';
import { cleanEnvironment } from './environment.mjs';
import { onPath } from './ensureChromium.mjs';
import { installLocked } from './install.mjs';
import { ensureTestHost } from './testHost.mjs';

/*
 * `npm start`: opens an editor with the extension on two example folders. Only built-ins are
 * imported, because on a fresh clone nothing else is there yet.
 *
 * The extension is packed and installed, not loaded with `--extensionDevelopmentPath`: VS Code
 * keeps one window per extension under development and would replace the first example with the
 * second, and a development host that crashes is not started again.
 */

const EXAMPLES = ['examples/web', 'examples/shop'].map((folder) => join(REPOSITORY, folder));
const VSIX = join(REPOSITORY, 'styxy.vsix');

/** Kept between starts, so that tomorrow's ports are today's. */
const STATE = join(REPOSITORY, '.styxy-start');
const HOME = join(STATE, 'home');

/** A laptop that sleeps, or a page that is reloaded, finds its extension host again. */
const GRACE_SECONDS = 60;

const SETTINGS = { ...QUIET_SETTINGS, 'git.enabled': true, 'window.commandCenter': true };

function explain() {
  console.log(`
What to try, in each of the two windows:
  1. Terminal > Run Task... > serve: the server gets a port that nobody chose.
  2. Look at the status bar, and at the Styxy icon in the activity bar: both list all ports.
  3. F1 > Styxy: Allocate Port...

The same in a shell:
  export STYXY_HOME=${HOME}
  node ${join(REPOSITORY, 'dist/cli.js')} list
`);
}

/** The `code` command of a desktop VS Code, if there is one that can open a window here. */
function desktopCode() {
  const isRemoteShell = process.env.VSCODE_IPC_HOOK_CLI || process.env.WSL_DISTRO_NAME;
  const hasDisplay =
    process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const isRoot = process.platform === 'linux' && process.getuid() === 0;
  if (isRemoteShell || !hasDisplay || isRoot) {
    return undefined;
  }
  return onPath(process.platform === 'win32' ? 'code.cmd' : 'code');
}

/** Opens the windows with a profile of their own: nothing of the user's editor is changed. */
function openInCode(code) {
  const profile = [
    `--user-data-dir=${join(STATE, 'code')}`,
    `--extensions-dir=${join(STATE, 'code-extensions')}`,
  ];
  const options = {
    env: cleanEnvironment({ STYXY_HOME: HOME }),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  };
  for (const args of [
    ['--install-extension', VSIX, '--force'],
    ...EXAMPLES.map((folder) => ['--new-window', '--disable-workspace-trust', folder]),
  ]) {
    const result = spawnSync(code, [...profile, ...args], options);
    if (result.status !== 0) {
      throw new Error(`${code} ${args.join(' ')} failed (${result.status ?? result.error}).`);
    }
  }
  console.log(`\nOpened ${EXAMPLES.length} windows of VS Code (${code}).`);
  explain();
}

/** Serves the windows until this process is told to end. */
async function openInCodeServer() {
  const host = await ensureTestHost();
  const dataDir = join(STATE, 'code-server');
  await installExtension({ host, dataDir, vsix: VSIX });
  const isFirst = !existsSync(join(dataDir, 'data/User/settings.json'));
  const server = await startCodeServer({
    host,
    dataDir,
    env: { STYXY_HOME: HOME },
    graceSeconds: GRACE_SECONDS,
    ...(isFirst ? { settings: SETTINGS } : {}),
  });
  console.log('\nOpen each of these in a browser (Ctrl+C here ends the editor):');
  for (const folder of EXAMPLES) {
    console.log(`  ${server.url(folder)}`);
  }
  explain();
  const interrupted = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => resolve(signal));
    }
  });
  const reason = await Promise.race([interrupted, server.ended]);
  await server.stop();
  if (reason === undefined) {
    throw new Error(`The editor ended by itself:\n${server.output()}`);
  }
}

async function main() {
  await installLocked();
  await mkdir(HOME, { recursive: true, mode: 0o700 });
  await runNpm(['run', '--silent', 'package'], { cwd: REPOSITORY });
  const code = desktopCode();
  await (code === undefined ? openInCodeServer() : openInCode(code));
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
