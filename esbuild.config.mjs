import { rm } from 'node:fs/promises';
import { build, context } from 'esbuild';

const flags = new Set(process.argv.slice(2));
const watch = flags.has('--watch');

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  // jsonc-parser's `main` build loads its parts with a computed require, which breaks in a bundle.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
};

/** What ships: minified, with everything but `vscode` inside. */
const product = {
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    leaderWorker: 'src/leaderWorker.ts',
    cli: 'src/cli.ts',
  },
  outdir: 'dist',
  define: { __STYXY_FAULT_POINTS__: 'false' },
  minify: !watch,
  sourcemap: watch ? 'linked' : false,
};

/** Tests that run inside an editor's extension host cannot load TypeScript: they get a bundle. */
const hostTests = {
  ...common,
  entryPoints: { index: 'test/host/index.ts' },
  outdir: 'out/test/host',
  external: ['vscode', 'mocha'],
  sourcemap: 'inline',
};

const benchmarks = {
  ...common,
  entryPoints: { main: 'test/bench/main.ts', participant: 'test/bench/participant.ts' },
  outdir: 'out/bench',
  sourcemap: 'inline',
};

/** The storm: the only build in which a leader can be stopped in the middle of something. */
const faults = {
  ...common,
  entryPoints: {
    main: 'test/faults/main.ts',
    participant: 'test/faults/participant.ts',
    leaderWorker: 'src/leaderWorker.ts',
  },
  outdir: 'out/faults',
  define: { __STYXY_FAULT_POINTS__: 'true' },
  sourcemap: 'inline',
};

if (flags.has('--host-tests')) {
  await build(hostTests);
} else if (flags.has('--faults')) {
  await build(faults);
} else if (watch) {
  const watching = await context(product);
  await watching.watch();
} else {
  await rm('dist', { recursive: true, force: true });
  await build(product);
  if (flags.has('--bench')) {
    await build(benchmarks);
  }
}
