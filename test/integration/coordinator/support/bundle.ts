/** Starting TypeScript costs a process most of a second; a bundle, built once, starts at once. */
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../../..');

export interface Bundle {
  /** What `Peer` forks. */
  readonly participant: string;
  /** The worker's script, built like the one that ships. */
  readonly leaderWorker: string;
}

let built: Promise<Bundle> | undefined;

export function bundle(): Promise<Bundle> {
  built ??= buildOnce();
  return built;
}

async function buildOnce(): Promise<Bundle> {
  const outdir = mkdtempSync(join(tmpdir(), 'styxy-bundle-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  await build({
    absWorkingDir: ROOT,
    entryPoints: {
      participant: join(__dirname, 'participant.ts'),
      leaderWorker: 'src/leaderWorker.ts',
    },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return {
    participant: join(outdir, 'participant.js'),
    leaderWorker: join(outdir, 'leaderWorker.js'),
  };
}
