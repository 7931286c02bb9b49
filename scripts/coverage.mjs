/*
 * `npm run coverage`: branch coverage of src/core by its unit tests, with the floor that the
 * quality rules set. The tests are bundled first: a loader that rewrites each module adds helper
 * branches of its own, which no test could reach.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { REPOSITORY } from './cache.mjs';

const BRANCHES_FLOOR = 95;

/** An ES module has no `__dirname`, and a bundle lies elsewhere: tests read files beside themselves. */
const folderOfEachTest = {
  name: 'folder-of-each-test',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]test[\\/].*\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8')).replace(/\b__dirname\b/g, () =>
        JSON.stringify(dirname(path)),
      ),
    }));
  },
};

// Inside the repository, or the source maps' paths would not lead back to it.
const out = await mkdtemp(join(REPOSITORY, 'out-coverage-'));
try {
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: ['test/unit/core/**/*.test.ts'],
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [folderOfEachTest],
  });
  process.exitCode = await run([
    join('node_modules', 'c8', 'bin', 'c8.js'),
    '--include=src/core/**',
    '--exclude-after-remap',
    `--branches=${BRANCHES_FLOOR}`,
    '--check-coverage',
    '--reporter=text',
    `--temp-directory=${join(out, 'raw')}`,
    process.execPath,
    join('node_modules', 'mocha', 'bin', 'mocha.js'),
    '--no-config',
    '--reporter=dot',
    '--timeout=120000',
    `${out}/**/*.test.mjs`,
  ]);
} finally {
  await rm(out, { recursive: true, force: true });
}

/** Runs Node with these arguments and answers its exit code. */
function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
