import assert from 'node:assert/strict';
import type { MachineFacts } from '../../../../src/core/host/interfaces';
import type { DoctorAnswer, Finding } from '../../../../src/core/messages/doctorReport';
import { StyxyError } from '../../../../src/core/domain/errors';
import { findings, findingsWithoutLeader } from '../../../../src/core/doctor/findings';
import type { AllocationView, Participant } from '../../../../src/core/domain/model';
import type { RecoveryStep } from '../../../../src/core/messages/recoveryReport';
import { doctorAnswer, WELL } from '../../../support/doctorAnswer';
import { allocation } from '../../../support/world/makers';

const MIB = 1024 * 1024;

function home(over: Partial<MachineFacts['home']>): Partial<DoctorAnswer> {
  return { machine: { ...WELL, home: { ...WELL.home, ...over } } };
}

function machine(over: Partial<MachineFacts>): Partial<DoctorAnswer> {
  return { machine: { ...WELL, ...over } };
}

function steps(...all: readonly RecoveryStep[]): Partial<DoctorAnswer> {
  return { recovery: { epoch: 3, at: 1, attempts: 1, steps: all } };
}

function view(over: Partial<AllocationView> = {}): AllocationView {
  const id = '11111111-2222-4333-8444-555555555555';
  return { ...allocation({ id }), state: 'reserved', ...over };
}

function participants(...versions: readonly string[]): Partial<DoctorAnswer> {
  const all = versions.map((version, index): Participant => {
    const id = index === 0 ? 'p-window' : `p-${index}`;
    return { id, kind: 'window', label: `w${index}`, pid: 40 + index, version, folders: [] };
  });
  return { status: { ...doctorAnswer().status, participants: all } };
}

function monitoring(
  over: Partial<DoctorAnswer['health']['settings']>,
): Pick<DoctorAnswer, 'health'> {
  const { health } = doctorAnswer();
  return { health: { ...health, settings: { ...health.settings, ...over } } };
}

function configured(...severities: readonly ('error' | 'warning')[]): Partial<DoctorAnswer> {
  const problems = severities.map((severity) => ({
    severity,
    path: ['service_types', 'web'],
    offset: 0,
    length: 0,
    message: 'It is wrong.',
    example: '"web": {}',
  }));
  return { configuration: { path: '/c/config.json', problems } };
}

interface Rule {
  readonly of: string;
  readonly facts: Partial<DoctorAnswer>;
  readonly severity: Finding['severity'];
  readonly about: Finding['about'];
  readonly code?: string;
  readonly what: RegExp;
  readonly todo: RegExp;
}

const stranger = {
  state: 'conflict',
  process: { pid: 7, command: 'node x.js', cwd: '/home/me/b' },
} as const;

const RULES: readonly Rule[] = [
  {
    of: 'a disk that refuses',
    facts: {
      status: { ...doctorAnswer().status, storage: { ok: false, problem: 'The disk is full.' } },
    },
    ...{ severity: 'error', about: 'storage', code: 'storage_unavailable' },
    what: /^The disk is full\.$/,
    todo: /^Make room/,
  },
  {
    of: 'a step of recovery that failed',
    facts: steps({ step: 'indices', result: 'failed', what: '2 wrong.', kept: ['/q/state.1'] }),
    ...{ severity: 'error', about: 'recovery', code: 'storage_corrupt' },
    what: /^Recovery of indices: 2 wrong\.$/,
    todo: /Hand Over Leadership.*damaged copies.*\/q\/state\.1/,
  },
  {
    of: 'orphans that could not be looked for',
    facts: steps({ step: 'orphans', result: 'failed', what: 'No table.' }),
    ...{ severity: 'error', about: 'recovery', code: 'internal' },
    what: /^Recovery of orphans: No table\.$/,
    todo: /^The log says why\. [^:]*: Hand Over Leadership" makes the next leader try again\.$/,
  },
  {
    of: 'a state that was repaired',
    facts: steps({ step: 'state', result: 'repaired', what: 'Set aside.', kept: ['/q/a', '/q/b'] }),
    ...{ severity: 'warning', about: 'recovery' },
    what: /^Recovery of state: Set aside\.$/,
    todo: /check the disk\. Keep the damaged copies.*: \/q\/a, \/q\/b\.$/,
  },
  {
    of: 'orphans that ended',
    facts: steps({ step: 'orphans', result: 'repaired', what: '1 ended.' }),
    ...{ severity: 'info', about: 'recovery' },
    what: /^Recovery of orphans: 1 ended\.$/,
    todo: /^Nothing has to be done\.$/,
  },
  {
    of: 'a home that others may write to',
    facts: home({ mode: '0720', path: "/home/o'neill" }),
    ...{ severity: 'error', about: 'permissions', code: 'permission_denied' },
    what: /write to Styxy's home \/home\/o'neill \(mode 0720\)/,
    todo: /^Run: chmod 700 '\/home\/o'\\''neill'$/,
  },
  {
    of: 'a home that others may look into',
    facts: home({ mode: '0701' }),
    ...{ severity: 'warning', about: 'permissions' },
    what: /look into Styxy's home .* \(mode 0701\)/,
    todo: /^Run: chmod 700 '\/home\/me\/\.styxy'$/,
  },
  {
    of: 'files that only the mode of the home hides',
    facts: home({ exposed: ['auth.token', 'config.json'] }),
    ...{ severity: 'info', about: 'permissions' },
    what: /^Only the mode of \/home\/me\/\.styxy keeps other users from auth\.token, config\.json\.$/,
    todo: /^Run: chmod go-rwx '\/home\/me\/\.styxy\/auth\.token' '\/home\/me\/\.styxy\/config\.json'$/,
  },
  {
    of: 'very many exposed files',
    facts: home({ exposed: ['a', 'b', 'c', 'd', 'e', 'f'] }),
    ...{ severity: 'info', about: 'permissions' },
    what: /6 files in it, a, b, c, d, e among them\.$/,
    todo: /^Run: chmod -R go-rwx '\/home\/me\/\.styxy'$/,
  },
  {
    of: 'a disk that is all but full',
    facts: home({ freeBytes: 64 * MIB - 1 }),
    ...{ severity: 'error', about: 'disk', code: 'storage_unavailable' },
    what: / has 63 MiB left\.$/,
    todo: /^Make room there/,
  },
  {
    of: 'a disk with little room',
    facts: home({ freeBytes: 64 * MIB }),
    ...{ severity: 'warning', about: 'disk' },
    what: / has 64 MiB left\.$/,
    todo: /^Make room there/,
  },
  {
    of: 'a socket that is gone',
    facts: machine({ socket: { path: '/run/s', present: false } }),
    ...{ severity: 'warning', about: 'socket' },
    what: /socket \/run\/s was removed/,
    todo: /TMPDIR/,
  },
  {
    of: 'a participant of another version',
    facts: participants('1.1.0', '1.1.0', '1.0.0'),
    ...{ severity: 'warning', about: 'versions' },
    what: /^window "w2" \(pid 42\) runs Styxy 1\.0\.0, the leader, window "w0" \(pid 40\), 1\.1\.0\.$/,
    todo: /^Reload the older window/,
  },
  {
    of: 'a configuration that cannot be used',
    facts: configured('error'),
    ...{ severity: 'error', about: 'configuration', code: 'invalid_config' },
    what: /^\/c\/config\.json: service_types\.web: It is wrong\. Example: "web": \{\}$/,
    todo: /^Correct it and save/,
  },
  {
    of: 'a configuration that is doubtful',
    facts: configured('warning'),
    ...{ severity: 'warning', about: 'configuration' },
    what: /^\/c\/config\.json: service_types\.web: /,
    todo: /config validate/,
  },
  {
    of: 'a port that a stranger has',
    facts: { conflicts: [view(stranger)] },
    ...{ severity: 'warning', about: 'conflict' },
    what: /^Port 3000 of web in \/home\/me\/shop is in use by .*node x\.js.*pid 7/,
    todo: /ask for web again.*Styxy: Move Port/,
  },
  {
    of: 'a port that the wrong checkout has',
    facts: {
      conflicts: [
        view({
          ...stranger,
          intruder: { kind: 'sibling', workspace: '/home/me/b', sameRepository: true },
        }),
      ],
    },
    ...{ severity: 'warning', about: 'conflict' },
    what: /from another checkout of the same repository\.$/,
    todo: /^Stop that process/,
  },
  {
    of: 'a service that fails its check',
    facts: {
      unhealthy: [
        view({
          state: 'listening',
          health: { ok: false, reason: 'it answered 500', failures: 3 },
          planned: { health: '/healthz' },
        }),
      ],
    },
    ...{ severity: 'warning', about: 'health' },
    what: /listens on port 3000, but its health check fails: it answered 500, 3 times\.$/,
    todo: /the check of \/healthz/,
  },
  {
    of: 'an orphan that is going to be released',
    facts: {
      orphans: [view({ state: 'orphaned' })],
      ...monitoring({ maxFailures: 4, checkIntervalMs: 30_000 }),
    },
    ...{ severity: 'info', about: 'orphan' },
    what: /^Port 3000 of web in \/home\/me\/shop is held by nobody/,
    todo: /after 4 checks in a row, one every 30 s\. At once: styxy release 1{8}-/,
  },
  {
    of: 'an orphan that stays',
    facts: {
      orphans: [view({ state: 'orphaned' })],
      ...monitoring({ cleanupStaleAllocations: false }),
    },
    ...{ severity: 'info', about: 'orphan' },
    what: /^Port 3000 of web/,
    todo: /not released by themselves.*Release it: styxy release 1{8}-/,
  },
  {
    of: 'a tool that is missing',
    facts: machine({
      tools: [
        { name: 'lsof', purpose: 'who listens', without: 'Until then it is dark.', present: false },
        { name: 'ps', purpose: 'when', without: 'Nothing.', present: true },
      ],
    }),
    ...{ severity: 'warning', about: 'tool' },
    what: /^lsof is missing, or may not be used; Styxy asks it who listens\.$/,
    todo: /^Make it available\. Until then it is dark\.$/,
  },
  {
    of: 'a range that the system keeps',
    facts: machine({ excluded: [{ first: 2900, last: 3099 }] }),
    ...{ severity: 'warning', about: 'ports' },
    what: /ports 2900-3099, which are all of "dev" \(3000-3099\)/,
    todo: /Give "dev" another range/,
  },
  {
    of: 'some ports that the system keeps',
    facts: machine({ excluded: [{ first: 3099, last: 3099 }] }),
    ...{ severity: 'info', about: 'ports' },
    what: /ports 3099, which are some of "dev"/,
    todo: /passed over/,
  },
  {
    of: 'a range among the ports of outgoing connections',
    facts: machine({ ephemeral: { first: 1024, last: 3000 } }),
    ...{ severity: 'info', about: 'ports' },
    what: /1024-3000 to outgoing connections; ports of "dev" \(3000-3099\) are among them/,
    todo: /config\.json/,
  },
  {
    of: 'a leader that changes all the time',
    facts: { failovers: { count: 90, since: 1, lastHour: 5 } },
    ...{ severity: 'warning', about: 'failovers' },
    what: /changed 5 times in the last hour/,
    todo: /styxy audit --what leadership --since 1h/,
  },
  {
    of: 'a home on a network',
    facts: home({ network: 'NFS' }),
    ...{ severity: 'info', about: 'file-system' },
    what: /network file system \(NFS\)/,
    todo: /STYXY_HOME/,
  },
  {
    of: 'a home without hard links',
    facts: home({ hardLinks: false }),
    ...{ severity: 'info', about: 'file-system' },
    what: /has no hard links/,
    todo: /Nothing has to be done/,
  },
  {
    of: 'damaged files that are kept',
    facts: home({ quarantined: ['hosts/x/quarantine/state.1'] }),
    ...{ severity: 'info', about: 'quarantine' },
    what: /1 damaged file is kept in .*state\.1/,
    todo: /delete it/,
  },
];

describe('the doctor', () => {
  it('finds nothing on a machine on which all is well', () => {
    assert.deepEqual(findings(doctorAnswer()), []);
  });

  for (const { of, facts, severity, about, code, what, todo } of RULES) {
    it(`finds ${of}`, () => {
      const found = findings(doctorAnswer(facts));
      assert.equal(found.length, 1, JSON.stringify(found));
      const [first] = found;
      assert.equal(first?.severity, severity);
      assert.equal(first.about, about);
      assert.equal(first.severity === 'error' ? first.code : undefined, code);
      assert.match(first.what, what);
      assert.match(first.todo, todo);
    });
  }

  const quiet: Readonly<Record<string, Partial<DoctorAnswer>>> = {
    'steps that are in order, wait or are off': steps(
      { step: 'state', result: 'ok', what: 'Read.' },
      { step: 'orphans', result: 'waiting', what: 'Soon.' },
      { step: 'singletons', result: 'off', what: 'Off.' },
    ),
    'a step that repaired the configuration, whose problems are found anyway': steps({
      step: 'configuration',
      result: 'repaired',
      what: 'Errors.',
    }),
    'a disk with room': home({ freeBytes: 512 * MIB }),
    'modes where there are none': {
      machine: {
        ...WELL,
        home: {
          path: 'C:\\s',
          hostFolder: 'C:\\s\\h',
          exposed: [],
          quarantined: [],
          hardLinks: true,
        },
      },
    },
    'the socket of nobody': machine({ socket: { path: '', present: false } }),
    'participants of one version': participants('1.0.0', '1.0.0'),
    'ranges beside those of the system': machine({
      excluded: [{ first: 2000, last: 2999 }],
      ephemeral: { first: 3100, last: 4000 },
    }),
    'a leader that changes now and then': { failovers: { count: 90, since: 1, lastHour: 4 } },
  };
  for (const [of, facts] of Object.entries(quiet)) {
    it(`does not mind ${of}`, () => assert.deepEqual(findings(doctorAnswer(facts)), []));
  }

  it('warns of exposed files once the home is open', () => {
    const found = findings(doctorAnswer(home({ mode: '0750', exposed: ['auth.token'] })));
    assert.deepEqual(
      found.map(({ severity, what }) => `${severity} ${what.slice(0, 41)}`),
      [
        "warning Other users may look into Styxy's home /h",
        'warning Other users may read or write auth.token.',
      ],
    );
  });

  it('says the worst first', () => {
    const found = findings(
      doctorAnswer({
        ...home({ quarantined: ['x'], freeBytes: 1 }),
        ...configured('warning', 'error'),
        orphans: [view()],
        conflicts: [view(stranger)],
      }),
    );
    assert.deepEqual(
      found.map(({ severity, about }) => `${severity} ${about}`),
      [
        'error configuration',
        'error disk',
        'warning configuration',
        'warning conflict',
        'info quarantine',
        'info orphan',
      ],
    );
  });

  it('counts what would be too long to read', () => {
    const many = Array.from({ length: 23 }, (_, index) =>
      view({ ...stranger, port: 3000 + index }),
    );
    const found = findings(doctorAnswer({ conflicts: many }));
    assert.equal(found.length, 21);
    assert.match(found.at(-1)?.what ?? '', /^3 more ports/);
    const broken = findings(doctorAnswer(configured(...Array(23).fill('error' as const))));
    assert.equal(broken.length, 21);
    assert.equal(broken.filter(({ severity }) => severity === 'error').length, 20);
  });

  it('says first why nobody leads, and what the machine tells', () => {
    const error = new StyxyError('storage_newer', 'A newer Styxy wrote it. Update this one.');
    const { machine: facts } = doctorAnswer(home({ quarantined: ['x'], freeBytes: MIB }));
    const found = findingsWithoutLeader(error, facts);
    assert.deepEqual(
      found.map(({ severity, about }) => `${severity} ${about}`),
      ['error leader', 'error disk', 'info quarantine'],
    );
    assert.equal(found[0]?.what, 'A newer Styxy wrote it. Update this one.');
    assert.equal(found[0]?.severity === 'error' && found[0].code, 'storage_newer');
    assert.deepEqual(findingsWithoutLeader(error, undefined), found.slice(0, 1));
  });

  it('tells one refusal once', () => {
    const error = new StyxyError('permission_denied', 'Others may write. Run: chmod.');
    const { machine: facts } = doctorAnswer(home({ mode: '0777' }));
    assert.equal(findingsWithoutLeader(error, facts).length, 1);
  });
});
