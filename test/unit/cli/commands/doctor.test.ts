import assert from 'node:assert/strict';
import type { DoctorAnswer, Finding } from '../../../../src/core/messages/doctorReport';
import { StyxyError } from '../../../../src/core/domain/errors';
import { doctorAnswer, WELL } from '../../../support/doctorAnswer';
import { FakeWorld, NOW, SELF, participant, view } from '../support/fakes';

const SEEN = new Date(1_000_000).toISOString();

const WARNING: Finding = {
  severity: 'warning',
  about: 'disk',
  what: 'Little room.',
  todo: 'Tidy.',
};
const BROKEN: Finding = {
  ...{ severity: 'error', code: 'invalid_config', about: 'configuration' },
  ...{ what: 'It is\u001b[2J broken.', todo: 'Correct it.' },
};

function world(over: Partial<DoctorAnswer> = {}): FakeWorld {
  const run = new FakeWorld();
  run.coordinator.doctorAnswer = doctorAnswer(over);
  return run;
}

describe('styxy doctor', () => {
  it('says that all is well, then what it looked at', async () => {
    const run = world({
      status: { ...doctorAnswer().status, participants: [participant()] },
      machine: { ...WELL, tools: [{ name: 'lsof', purpose: '', without: '', present: false }] },
      recovery: {
        ...{ epoch: 3, at: 1, attempts: 1 },
        steps: [{ step: 'state', result: 'repaired', what: 'Read.', kept: ['/home/me/q/state'] }],
      },
    });
    assert.equal(await run.run('doctor'), 0);
    const [first, , ...rest] = run.stdout;
    const text = rest.join('\n');
    assert.equal(first, 'All is well.');
    assert.match(text, /^Leader +shop \(window, pid 41\)\nEpoch +3, since /);
    assert.match(text, /^Participants +shop \(window, pid 41\) 0\.1\.0$/m);
    assert.match(text, /^Home +~\/\.styxy$/m);
    assert.match(text, /^Free space +9\.3 GiB$/m);
    assert.match(text, /^Tools +lsof \(missing\)$/m);
    assert.match(text, /^Outgoing ports +32768-60999$/m);
    assert.match(text, /^STEP +RESULT +WHAT +KEPT\nstate +repaired +Read\. +~\/q\/state$/m);
    assert.deepEqual(run.stderr, []);
  });

  it('says findings first, each with what to do, and safe for a terminal', async () => {
    const run = world({
      findings: [BROKEN, WARNING],
      machine: { ...WELL, untold: ['The room cannot be told (EIO).'] },
    });
    assert.equal(await run.run('doctor'), 2);
    assert.deepEqual(run.stdout.slice(0, 5), [
      'error: It is?[2J broken.',
      '    Correct it.',
      'warning: Little room.',
      '    Tidy.',
      '',
    ]);
    assert.equal(run.stdout.at(-1), 'The room cannot be told (EIO).');
  });

  it('knows that it leads itself', async () => {
    const { status } = doctorAnswer();
    const run = world({ status: { ...status, leader: { ...status.leader, participant: SELF } } });
    assert.equal(await run.run('doctor'), 0);
    assert.match(run.stdout.join('\n'), /^Leader +this command, while it runs$/m);
  });

  const codes = [
    ['storage_unavailable', 6],
    ['permission_denied', 7],
    ['invalid_config', 2],
    ['internal', 1],
  ] as const;
  for (const [code, exit] of codes) {
    it(`ends with ${exit} when ${code} is the worst`, async () => {
      const run = world({ findings: [{ ...BROKEN, code } as Finding, BROKEN, WARNING] });
      assert.equal(await run.run('doctor', '--json'), exit);
    });
  }

  it('ends with 0 when nothing is an error', async () => {
    assert.equal(await world({ findings: [WARNING] }).run('doctor'), 0);
  });

  it('prints one object, with ISO times and allocations as everywhere', async () => {
    const { status } = doctorAnswer();
    const run = world({
      findings: [WARNING],
      status: { ...status, participants: [participant()] },
      conflicts: [view({ state: 'conflict' })],
      configuration: {
        path: '/c',
        problems: [
          { severity: 'error', path: ['a', 0], offset: 3, length: 1, message: 'It is wrong.' },
        ],
      },
    });
    assert.equal(await run.run('doctor', '--json'), 0);
    const told = run.json() as Record<string, unknown>;
    assert.deepEqual(Object.keys(told), [
      ...['at', 'findings', 'epoch', 'leader', 'participants', 'storage', 'commits', 'failovers'],
      ...['machine', 'configuration', 'conflicts', 'orphans', 'unhealthy', 'health', 'recovery'],
    ]);
    assert.equal(told.at, SEEN);
    assert.deepEqual(told.findings, [WARNING]);
    assert.deepEqual(told.leader, { kind: 'window', label: 'shop', pid: 41, since: SEEN });
    assert.deepEqual(told.participants, [
      { kind: 'window', label: 'shop', pid: 41, version: '0.1.0' },
    ]);
    assert.deepEqual(told.failovers, { count: 2, since: new Date(940_000).toISOString() });
    assert.deepEqual(told.configuration, {
      path: '/c',
      problems: [{ severity: 'error', path: 'a[0]', message: 'It is wrong.' }],
    });
    const [conflict] = told.conflicts as { allocatedAt: string; state: string }[];
    assert.equal(conflict?.state, 'conflict');
    assert.equal(conflict.allocatedAt, new Date(NOW - 60_000).toISOString());
    assert.deepEqual(told.recovery, { epoch: 3, attempts: 1, steps: [], at: SEEN });
    assert.deepEqual(run.stderr, []);
  });
});

describe('styxy doctor where nobody can lead', () => {
  const refusal = new StyxyError('permission_denied', 'Others may write. Run: chmod 700 x');

  it('says why, then what the machine tells', async () => {
    const run = new FakeWorld();
    run.coordinator.refuses.set('doctor', refusal);
    run.machine = { ...WELL, home: { ...WELL.home, mode: '0777', freeBytes: 1 } };
    assert.equal(await run.run('doctor'), 7);
    const text = run.stdout.join('\n');
    assert.match(text, /^error: Others may write\. Run: chmod 700 x\n {4}Do what it says/);
    assert.match(text, /^error: The disk of \/home\/me\/\.styxy has 0 MiB left\.$/m);
    assert.match(text, /^Mode +0777$/m);
    assert.deepEqual(run.stderr, []);
    assert.equal(run.coordinator.closed, 1);
  });

  it('is one object for programs', async () => {
    const run = new FakeWorld();
    run.coordinator.refuses.set('doctor', refusal);
    assert.equal(await run.run('doctor', '--json'), 7);
    const told = run.json() as Record<string, unknown>;
    assert.deepEqual(Object.keys(told), ['at', 'error', 'findings', 'machine']);
    assert.deepEqual(told.error, refusal.toJSON());
    assert.deepEqual(told.machine, WELL);
    assert.equal(told.at, new Date(NOW).toISOString());
  });

  it('says why even if the machine tells nothing', async () => {
    const run = new FakeWorld();
    run.coordinator.refuses.set('doctor', new StyxyError('invalid_argument', 'No home. Set one.'));
    run.machine = new StyxyError('invalid_argument', 'No home. Set one.');
    assert.equal(await run.run('doctor'), 2);
    assert.equal(run.stdout[0], 'error: No home. Set one.');
    assert.equal(run.stdout.length, 2);
  });

  it('is cancelled like every command', async () => {
    const run = new FakeWorld();
    run.coordinator.refuses.set('doctor', new StyxyError('cancelled', 'Cancelled.'));
    assert.equal(await run.run('doctor'), 130);
    assert.deepEqual(run.stdout, []);
  });
});

describe('styxy recovery', () => {
  const report = {
    ...{ epoch: 3, at: 1_000_000, attempts: 2 },
    steps: [
      { step: 'state', result: 'repaired', what: 'One copy was.', kept: ['/home/me/q/a', '/b'] },
      { step: 'orphans', result: 'ok', what: 'Everything is held.' },
    ],
  } as const;

  it('prints a line for each step, and where damaged copies lie', async () => {
    const run = world({ recovery: report });
    assert.equal(await run.run('recovery'), 0);
    assert.deepEqual(
      run.stdout.map((line) => line.replace(/ {2,}/g, ' | ')),
      [
        'STEP | RESULT | WHAT | KEPT',
        'state | repaired | One copy was. | ~/q/a, /b',
        'orphans | ok | Everything is held.',
      ],
    );
    assert.match(run.stderr.join('\n'), /^epoch 3, .*, 2 attempts$/);
  });

  it('prints one object', async () => {
    const run = world({ recovery: report });
    assert.equal(await run.run('recovery', '--json'), 0);
    assert.deepEqual(run.json(), { ...report, at: SEEN });
    assert.deepEqual(run.stderr, []);
  });

  it('says that there was none', async () => {
    const run = world();
    assert.equal(await run.run('recovery'), 0);
    assert.deepEqual(run.stdout, []);
    assert.match(run.stderr.join('\n'), /Nobody leads now.*styxy doctor/);
  });
});
