import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Report } from './report';

const STORM = resolve('out/faults/main.js');

/** What takes little time. The long run of all is `npm run storm`. */
const SHORT = [
  'kill leader',
  'flip journal.a',
  'freeze leader, short',
  'truncate journal.b',
  'delete lock',
  'kill before CHECK',
  'delete state',
  'full disk, leader killed',
  'kill in checkpoint',
  'flip lock',
  'clock of leader',
];

interface Outcome {
  readonly code: number | null;
  readonly report: Report;
}

/** As a person would run it. */
async function storm(...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [STORM, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const code = await new Promise<number | null>((end) => child.once('close', end));
  assert.ok(out.startsWith('{'), `No report (${code}).\n${errors}`);
  return { code, report: JSON.parse(out) as Report };
}

describe('the storm', function () {
  this.timeout(300_000);

  it('finds nothing lost and no port given twice', async () => {
    const { code, report } = await storm('--worker', '--faults', SHORT.join(';'));
    assert.deepEqual(report.violations, [], `kept in ${report.kept}`);
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(report.faults), SHORT);
    assert.ok(report.acknowledged > 0);
    assert.ok(report.failOvers.killed.count > 0, 'no leader was killed');
  });

  it('finds nothing where the controls fail', async () => {
    const faults = 'stale checkpoint;stale commit';
    const { code, report } = await storm('--faults', faults);
    assert.deepEqual(report.violations, [], `kept in ${report.kept}`);
    assert.equal(code, 0);
    assert.deepEqual(report.faults, { 'stale checkpoint': 1, 'stale commit': 1 });
  });

  it('goes on when clocks are set back while somebody waits', async () => {
    const faults = ['clocks in a freeze', 'full disk, clock goes back'];
    const { code, report } = await storm('--faults', faults.join(';'));
    assert.deepEqual(report.violations, [], `kept in ${report.kept}`);
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(report.faults), faults, 'a disk of its own takes Linux');
  });

  for (const [control, fault] of [
    ['shared-state', 'stale checkpoint'],
    ['no-check', 'stale commit'],
  ] as const) {
    it(`finds what goes wrong with the control "${control}"`, async () => {
      const { code, report } = await storm('--control', control, '--faults', fault);
      const { violations, kept = '' } = report;
      assert.equal(code, 1);
      assert.deepEqual(report.faults, { [fault]: 1 });
      const rules = new Set(violations.map(({ rule }) => rule));
      assert.ok(rules.has('lost') || rules.has('came back'), [...rules].join());
      assert.ok(violations.some(({ trace }) => trace.length >= 2));
      assert.ok(existsSync(join(kept, 'diaries')), 'the proof was not kept');
      await rm(kept, { recursive: true });
    });
  }
});
