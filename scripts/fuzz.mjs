/*
 * `npm run fuzz`, and with `--test` its lane: the targets are bundled, because they run in a
 * worker thread, which cannot load TypeScript.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { REPOSITORY } from './cache.mjs';

const FUZZ = join(REPOSITORY, 'test', 'fuzz');

const isTest = process.argv.includes('--test');
const rest = process.argv.slice(2).filter((each) => each !== '--test');

await mkdir(join(REPOSITORY, 'out'), { recursive: true });
const out = await mkdtemp(join(REPOSITORY, 'out', 'fuzz-'));
try {
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: {
      main: join(FUZZ, isTest ? 'fuzz.test.ts' : 'main.ts'),
      worker: join(FUZZ, 'worker.ts'),
    },
    outdir: out,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // jsonc-parser's `main` build loads its parts with a computed require, which breaks in a bundle.
    mainFields: ['module', 'main'],
    define: { __STYXY_FAULT_POINTS__: 'false' },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  process.exitCode = await run(isTest ? lane() : [join(out, 'main.js'), ...rest]);
} finally {
  await rm(out, { recursive: true, force: true });
}

function lane() {
  return [
    join('node_modules', 'mocha', 'bin', 'mocha.js'),
    '--no-config',
    `--reporter=${join(REPOSITORY, 'test', 'support', 'laneReporter.cjs')}`,
    '--timeout=240000',
    join(out, 'main.js'),
  ];
}

/** Runs Node with these arguments and answers its exit code. */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
      cwd: REPOSITORY,
      stdio: 'inherit',
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
