import assert from 'node:assert/strict';
import type { DoctorAnswer } from '../../../../src/core/messages/doctorReport';
import {
  diagnosticsLines,
  doctorText,
  recoveryText,
} from '../../../../src/vscode/pages/doctorText';
import { doctorAnswer, WELL } from '../../../support/doctorAnswer';

const time = (at: number): string => `T${at}`;

/** An answer in which everything names something that is nobody else's business. */
function telling(): DoctorAnswer {
  const { status } = doctorAnswer();
  const view = {
    ...{ id: 'secret-id', port: 3000, serviceType: 'dev', service: 'secret-service' },
    ...{ workspace: '/home/me/secret-shop', holders: [], allocatedAt: 1 },
  };
  return doctorAnswer({
    status: {
      ...status,
      leader: {
        ...status.leader,
        pid: 4711,
        label: 'secret-shop',
        workspace: '/home/me/secret-shop',
      },
      participants: [
        {
          ...{ id: 'p-window', kind: 'window', label: 'secret-shop', pid: 4711, version: '1.2.3' },
          folders: ['/home/me/secret-shop'],
        },
      ],
      storage: { ok: false, problem: 'It cannot write to /home/me/secret-home.' },
    },
    failovers: { count: 2, since: 940_000, lastHour: 1 },
    machine: {
      ...WELL,
      home: {
        ...WELL.home,
        path: '/home/me/secret-home',
        exposed: ['secret-file'],
        quarantined: ['hosts/x/quarantine/secret-copy'],
        network: 'NFS',
      },
      socket: { path: '/run/user/secret-user/s', present: true },
      tools: [{ name: 'lsof', purpose: 'who', without: 'Dark.', present: false }],
      excluded: [{ first: 5000, last: 5010 }],
      untold: ['The room cannot be told (EIO: /home/me/secret-home).'],
    },
    configuration: {
      path: '/home/me/secret-home/config.json',
      problems: [
        {
          ...{ severity: 'error', path: ['service_types', 'secret-type'], offset: 0, length: 0 },
          message: '"secret-type" is wrong.',
        },
      ],
    },
    conflicts: [
      { ...view, state: 'conflict', process: { pid: 4712, command: 'secret-command', cwd: '/x' } },
    ],
    orphans: [{ ...view, state: 'orphaned' }],
    recovery: {
      ...{ epoch: 3, at: 5, attempts: 1 },
      steps: [
        {
          ...{ step: 'state', result: 'repaired', what: 'Set aside in /home/me/secret-home.' },
          kept: ['/home/me/secret-home/q/1'],
        },
      ],
    },
    findings: [
      {
        ...{ severity: 'error', code: 'storage_unavailable', about: 'storage' },
        ...{ what: 'It cannot write to /home/me/secret-home.', todo: 'Repair it.' },
      },
      { severity: 'warning', about: 'conflict', what: 'Port of secret-service.', todo: 'Stop it.' },
      { severity: 'warning', about: 'conflict', what: 'Another.\n# Title', todo: 'Stop it.' },
    ],
  });
}

describe('the page of the doctor', () => {
  const lines = doctorText(telling(), time).split('\n');

  /** The lines of a section, without those that are empty. */
  function section(title: string): string[] {
    const from = lines.indexOf(`## ${title}`);
    const rest = lines.slice(from + 1);
    const end = rest.findIndex((line) => line.startsWith('#'));
    return rest.slice(0, end < 0 ? undefined : end).filter((line) => line !== '');
  }

  it('says how to see it anew', () => {
    assert.equal(lines[0], '# Styxy Doctor');
    assert.match(lines[2] ?? '', /T1000000.*"Styxy: Diagnose" again.*styxy doctor$/);
  });

  it('has findings first, each with what to do', () => {
    assert.equal(
      lines.find((line) => line.startsWith('## ')),
      '## Findings',
    );
    assert.deepEqual(section('Findings').slice(0, 3), [
      '- **Error**: It cannot write to /home/me/secret-home.',
      '  To do: Repair it.',
      '- **Warning**: Port of secret-service.',
    ]);
  });

  it('lets no foreign text begin a line', () => {
    assert.ok(section('Findings').includes('- **Warning**: Another.?# Title'));
    assert.ok(!lines.includes('# Title'));
  });

  it('tells what they follow from', () => {
    const coordination = section('Coordination').join('\n');
    assert.match(coordination, /Leader: secret-shop \(window, pid 4711\)$/m);
    assert.match(coordination, /Epoch: 3, since T/);
    assert.match(coordination, /Changes of leader: 2 since T940000/);
    assert.match(coordination, /Ports: in conflict: 1, orphaned: 1, with failing health checks: 0/);
    assert.match(coordination, /Participants: secret-shop \(window, pid 4711\) 1\.2\.3$/m);
    const machine = section('Machine').join('\n');
    assert.match(machine, /Home: \/home\/me\/secret-home\n- Mode: 0700/);
    assert.match(machine, /Free space: 9\.3 GiB/);
    assert.match(machine, /Tools: lsof \(missing\)/);
    assert.match(machine, /Excluded ports: 5000-5010/);
    assert.deepEqual(section('Recovery'), [
      '- **state**: repaired. Set aside in /home/me/secret-home.',
      '  The damaged copy lies in /home/me/secret-home/q/1',
    ]);
    assert.match(section('Not Known').join(), /EIO/);
  });

  it('says that all is well, and leaves out what there is none of', () => {
    const text = doctorText(doctorAnswer(), time);
    assert.match(text, /## Findings\n\n- All is well\.\n/);
    assert.doesNotMatch(text, /## Recovery|## Not Known|Excluded|Damaged/);
  });

  it('says why nobody leads', () => {
    const { findings } = telling();
    const text = doctorText({ findings: findings.slice(0, 1), machine: WELL });
    assert.match(text, /## Findings\n\n- \*\*Error\*\*: It cannot .*\n {2}To do: /);
    assert.match(text, /## Machine\n\n- Home: .*\n- Mode: 0700\n/);
    assert.doesNotMatch(doctorText({ findings, machine: undefined }), /## Machine/);
  });
});

describe('the page of the recovery report', () => {
  it('tells each step, with the copies that are kept', () => {
    const text = recoveryText(telling().recovery, time);
    assert.match(text, /^# Styxy Recovery Report\n\nLeadership 3, T5, attempts: 1\.\n/);
    assert.match(
      text,
      /\n- \*\*state\*\*: repaired\. Set .*\n {2}The damaged copy lies in .*\/q\/1\n$/,
    );
  });

  it('tells each result in words', () => {
    const steps = (['ok', 'waiting', 'off', 'failed'] as const).map((result) => {
      return { step: 'orphans', result, what: '.' } as const;
    });
    const text = recoveryText({ epoch: 1, at: 1, attempts: 1, steps }, time);
    assert.deepEqual(
      [...text.matchAll(/\*\*: ([a-z ]+)\./g)].map(([, word]) => word),
      ['in order', 'waiting', 'off', 'failed'],
    );
  });

  it('says that there was none', () => {
    assert.match(recoveryText(doctorAnswer().recovery, time), /Nobody leads now/);
  });
});

describe('diagnostics for a bug report', () => {
  const lines = diagnosticsLines(telling());

  it('name nobody, no folder, no process and no secret', () => {
    const text = lines.join('\n');
    assert.doesNotMatch(text, /secret|4711|4712|[/\\]/);
  });

  it('tell what helps to mend', () => {
    for (const line of [
      'Leader: window, epoch 3, 0 s',
      'Participants: window 1.2.3',
      'Changes of leader: 2, in the last hour 1',
      'Commits: 12, storage: unavailable',
      'Home: mode 0700, 1 exposed, 1 quarantined',
      'Disk: 9536 MiB free, NFS, hard links: yes',
      'Tools: lsof missing',
      'Outgoing ports: 32768-60999',
      'Excluded ports: 5000-5010',
      'Configuration: 1 errors, 0 warnings',
      'Recovery: state repaired',
      'Findings: 1 error storage, 2 warning conflict',
      'Not known: 1 facts',
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });
});
