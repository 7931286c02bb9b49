import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { folder, releaseAll, requireEnv, styxy } from './support';

/** Long enough for every ping of a follower to be missed, if the host's thread answered them. */
const STALL_MS = 4_000;

/** Allocates from a process of its own and answers when it had its answer. */
function allocateOutside(): { readonly answered: Promise<{ at: number; text: string }> } {
  const cli = join(requireEnv('STYXY_REPOSITORY'), 'dist/cli.js');
  const args = ['port', 'web', '-s', 'dev', '--project', folder().uri.fsPath];
  // The process notes the time itself: this one is about to stop looking.
  const script = `
    const { spawnSync } = require('node:child_process');
    const { stdout } = spawnSync(process.execPath, ${JSON.stringify([cli, ...args])});
    console.log(JSON.stringify({ at: Date.now(), text: String(stdout) }));`;
  const child = spawn(process.execPath, ['-e', script], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  return {
    answered: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve(JSON.parse(output)));
    }),
  };
}

describe('a stalled extension host', () => {
  afterEach(releaseAll);

  it('keeps no follower waiting: the leader has a thread of its own', async () => {
    const { role } = await styxy();
    assert.equal(role.kind, 'leader');
    const { answered } = allocateOutside();
    const began = Date.now();
    while (Date.now() - began < STALL_MS) {
      // What another extension of this window might do.
    }
    const { at, text } = await answered;
    console.log(`      answered after ${at - began} ms of ${STALL_MS}`);
    assert.match(text, /^30\d\d\n$/);
    assert.ok(at - began < STALL_MS, 'it was answered only after the stall');
    const after = await styxy();
    assert.deepEqual(after.role, role);
  });
});
