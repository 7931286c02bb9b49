import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, runNpm } from './cache.mjs';

const OLDEST_NODE = 20;

/** Installs what `package-lock.json` locks, unless that is what was installed last. */
export async function installLocked() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    throw new Error(`Node ${OLDEST_NODE} or newer is needed; this is ${process.version}.`);
  }
  // npm writes this file at the end of an installation.
  const installed = modified('node_modules/.package-lock.json');
  if (installed > 0 && installed >= modified('package-lock.json')) {
    return;
  }
  // `npm ci` empties the folder first: behind a link, that would be another checkout's.
  const modules = join(REPOSITORY, 'node_modules');
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error(
      `${modules} is a link and out of date: install where it points to, or remove it.`,
    );
  }
  console.log('Installing what package-lock.json locks ...');
  await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: REPOSITORY });
}

function modified(path) {
  return statSync(join(REPOSITORY, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
