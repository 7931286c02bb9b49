import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './environment.mjs';

/*
 * What tests need and the repository does not hold is installed into `.vscode-test/`. Only
 * built-ins are imported here, because this runs before anything is installed.
 */

export const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));
const CACHE = join(REPOSITORY, '.vscode-test');

/** Written last, so that a folder without it is known to be half an installation. */
const COMPLETE = 'complete.json';

/**
 * Fills the folder `name` of the cache by `install(folder)`, unless that was done before, and
 * returns its path. It is filled under another name and renamed at the end: two commands at once,
 * or one that is interrupted, never leave a half-filled folder under the final name.
 */
export async function installOnce(name, log, install) {
  const folder = join(CACHE, name);
  if (existsSync(join(folder, COMPLETE))) {
    return folder;
  }
  log(`Installing ${name} into ${CACHE} ...`);
  const started = Date.now();
  const partial = `${folder}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    // Without a package.json of its own npm would install into the project around this folder.
    await writeFile(join(partial, 'package.json'), '{ "private": true }\n');
    await install(partial);
    await writeFile(join(partial, COMPLETE), `{ "seconds": ${(Date.now() - started) / 1000} }\n`);
    if (!existsSync(join(folder, COMPLETE))) {
      await rm(folder, { recursive: true, force: true });
      await rename(partial, folder);
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  log(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  return folder;
}

/**
 * Installs packages (or what the package.json in `cwd` names). Install scripts stay off: they need
 * a compiler, or the very Node version that is being installed.
 */
export function npmInstall(cwd, ...packages) {
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return runNpm(['install', ...flags, ...packages], { cwd });
}

/** Runs npm and streams its output; rejects with the command line when it fails. */
export function runNpm(args, { cwd }) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, {
      cwd,
      env: cleanEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`npm ${args.join(' ')} failed (${code}) in ${cwd}`)),
    );
  });
}
