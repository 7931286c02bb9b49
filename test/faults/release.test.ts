import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of the points at which the storm freezes a leader. */
const TRACES = ['STYXY_FAULT_POINTS', 'SIGSTOP'];

function holds(folder: string, trace: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .filter((name) => readFileSync(join(folder, name), 'utf8').includes(trace));
}

describe('fault points', () => {
  for (const trace of TRACES) {
    it(`are in the build of the storm, and "${trace}" is in nothing that ships`, () => {
      assert.ok(holds('out/faults', trace).includes('participant.js'));
      assert.ok(readdirSync('dist').includes('extension.js'));
      assert.deepEqual(holds('dist', trace), []);
    });
  }
});
