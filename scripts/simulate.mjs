/*
 * `npm run simulate`: the product's own modules under a simulated scheduler, disk, network and
 * clock. They are bundled with modules of Node replaced, and run in one process.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { REPOSITORY } from './cache.mjs';

const SIMULATION = join(REPOSITORY, 'test', 'simulation');

/** What the product imports, and what it gets instead. */
const REPLACED = new Map([
  ['node:fs', join(SIMULATION, 'fs.ts')],
  ['node:fs/promises', join(SIMULATION, 'fsPromises.ts')],
]);

const replaceModules = {
  name: 'replace-modules',
  setup({ onResolve }) {
    onResolve({ filter: /^node:fs/ }, ({ path }) => ({ path: REPLACED.get(path) }));
  },
};

const { isTest, isCoverage, rest } = ownArguments(process.argv.slice(2));
// Inside the repository, so that packages are found, and source maps lead back to it.
await mkdir(join(REPOSITORY, 'out'), { recursive: true });
const out = await mkdtemp(join(REPOSITORY, 'out', 'simulation-'));
try {
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: [join(SIMULATION, isTest ? 'simulation.test.ts' : 'main.ts')],
    outfile: join(out, isTest ? 'simulation.test.mjs' : 'main.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [replaceModules],
  });
  const raw = join(out, 'raw');
  process.exitCode = await run(command(), isCoverage ? { NODE_V8_COVERAGE: raw } : {});
  if (isCoverage) {
    await tellCoverage(raw, join(out, 'main.mjs'));
  }
} finally {
  await rm(out, { recursive: true, force: true });
}

function ownArguments(args) {
  return {
    isTest: args.includes('--test'),
    isCoverage: args.includes('--coverage'),
    rest: args.filter((each) => each !== '--test' && each !== '--coverage'),
  };
}

function command() {
  const reporter = join(REPOSITORY, 'test', 'support', 'laneReporter.cjs');
  return isTest
    ? [
        join('node_modules', 'mocha', 'bin', 'mocha.js'),
        '--no-config',
        `--reporter=${reporter}`,
        '--timeout=240000',
        join(out, 'simulation.test.mjs'),
      ]
    : ['--enable-source-maps', join(out, 'main.mjs'), ...rest];
}

/**
 * How much of each module's code ran, by what V8 counted and by the comments with which the bundle
 * names its modules.
 */
async function tellCoverage(raw, bundle) {
  const text = await readFile(bundle, 'utf8');
  const ran = new Uint8Array(text.length);
  for (const { startOffset, endOffset, count } of await rangesIn(raw, bundle)) {
    ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  }
  const modules = [...text.matchAll(/^\/\/ (\S+\.ts)$/gm)];
  const layers = new Map();
  for (const [index, { 1: name, index: start }] of modules.entries()) {
    const [, layer] = /^src\/(core|coordinator|platform)\//.exec(name) ?? [];
    if (layer !== undefined) {
      const part = ran.subarray(start, modules[index + 1]?.index ?? text.length);
      const covered = part.reduce((sum, byte) => sum + byte, 0);
      const before = layers.get(layer) ?? { covered: 0, size: 0 };
      layers.set(layer, { covered: before.covered + covered, size: before.size + part.length });
      console.log(`${percent(covered, part.length)}  ${name}`);
    }
  }
  for (const [layer, { covered, size }] of layers) {
    console.log(`${percent(covered, size)}  src/${layer}, of the modules that take part`);
  }
}

/** The outermost first, so that what lies within another one counts for itself. */
async function rangesIn(raw, bundle) {
  const found = [];
  for (const file of await readdir(raw)) {
    const { result } = JSON.parse(await readFile(join(raw, file), 'utf8'));
    const own = result.find(({ url }) => url === pathToFileURL(bundle).href);
    found.push(...(own?.functions ?? []).flatMap(({ ranges }) => ranges));
  }
  return found.sort(
    (a, b) => b.endOffset - b.startOffset - (a.endOffset - a.startOffset) || a.count - b.count,
  );
}

function percent(part, whole) {
  return `${((100 * part) / whole).toFixed(1).padStart(6)} %`;
}

/** Runs Node with these arguments and answers its exit code. */
function run(args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: REPOSITORY,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
