import assert from 'node:assert/strict';
import { parseSince } from '../../../../src/cli/run/arguments';
import type { AuditEntry } from '../../../../src/core/domain/audit';
import { StyxyError } from '../../../../src/core/domain/errors';
import { FakeWorld, HERE, NOW, participant, SELF } from '../support/fakes';

function entry(over: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: NOW,
    epoch: 3,
    seq: 7,
    what: 'moved',
    actor: { kind: 'window', label: 'shop', pid: 41, id: 'p-window' },
    port: 5173,
    service: 'web',
    serviceType: 'dev',
    workspace: HERE,
    before: { port: 3000 },
    after: { port: 5173 },
    ...over,
  };
}

function errorOf(run: FakeWorld): { code: string; message: string } {
  return (run.json() as { error: ReturnType<typeof errorOf> }).error;
}

describe('styxy audit', () => {
  it('prints entries with ISO times as one object', async () => {
    const run = new FakeWorld();
    run.coordinator.entries = [entry()];
    run.coordinator.truncated = true;
    assert.equal(await run.run('audit', '--json'), 0);
    const { at, ...rest } = entry();
    assert.deepEqual(run.json(), {
      entries: [{ time: new Date(at).toISOString(), ...rest }],
      truncated: true,
      path: '/home/me/audit.log',
    });
    assert.deepEqual(run.coordinator.request('audit'), { limit: 200 });
    assert.deepEqual(run.stderr, []);
  });

  it('prints a line each to people, in the order of the log', async () => {
    const run = new FakeWorld();
    run.coordinator.entries = [
      entry({ note: 'its plan names 5173 now' }),
      {
        ...{ at: NOW, epoch: 3, seq: 8, what: 'type-added', serviceType: 'grafana' },
        actor: { kind: 'leader', label: 'leader', id: '' },
        after: { range: { first: 11_510, last: 11_519 } },
      },
      {
        ...{ at: NOW, epoch: 3, seq: 9, what: 'type-removed', serviceType: 'grafana' },
        actor: { kind: 'cli', label: 'styxy\u001b[2J', id: 'x' },
        before: { range: { first: 11_510, last: 11_519 } },
      },
    ];
    assert.equal(await run.run('audit'), 0);
    const [titles, ...lines] = run.stdout;
    assert.match(titles ?? '', /^WHEN +WHAT +PORT +SERVICE +TYPE +BY +CHANGE +WORKSPACE$/);
    const moved = /moved +5173 +web +dev +shop \(window\) +from 3000 to 5173, its plan .*~\/shop$/;
    assert.match(lines[0] ?? '', moved);
    assert.match(lines[1] ?? '', /type-added +grafana +leader +11510-11519$/);
    assert.match(lines[2] ?? '', /type-removed +grafana +styxy\?\[2J \(cli\) +11510-11519$/);
    assert.deepEqual(run.stderr, []);
  });

  it('asks for what was named', async () => {
    const run = new FakeWorld();
    const args = [
      ...['--port', '80', '--workspace', '../other', '--type', 'dev'],
      ...['--what', 'granted', '--since', '2h', '--limit', '5'],
    ];
    assert.equal(await run.run('audit', ...args), 0);
    assert.deepEqual(run.coordinator.request('audit'), {
      port: 80,
      workspace: '/home/me/other',
      serviceType: 'dev',
      what: 'granted',
      since: NOW - 7_200_000,
      limit: 5,
    });
  });

  it('asks for a workspace that is gone as it was typed', async () => {
    const run = new FakeWorld();
    run.gone.add('/home/me/old');
    assert.equal(await run.run('audit', '--workspace', '../old'), 0);
    assert.deepEqual(run.coordinator.request('audit'), { workspace: '/home/me/old', limit: 200 });
  });

  it('says that there is more, and that there is nothing', async () => {
    const more = new FakeWorld();
    more.coordinator.entries = [entry()];
    more.coordinator.truncated = true;
    await more.run('audit');
    assert.match(more.stderr.join('\n'), /older entries; --limit/);
    const most = new FakeWorld();
    Object.assign(most.coordinator, { entries: [entry()], truncated: true });
    await most.run('audit', '--limit', '2000');
    assert.match(most.stderr.join('\n'), /older entries; ask for less/);
    const none = new FakeWorld();
    assert.equal(await none.run('audit'), 0);
    assert.deepEqual(none.stdout, []);
    assert.match(none.stderr.join('\n'), /Nothing in ~\/audit\.log matches/);
  });

  for (const [option, value, hint] of [
    ['--port', '0', /1 to 65535/],
    ['--what', 'move', /Did you mean moved\?/],
    ['--what', 'xyzzy', /It tells: granted/],
    ['--since', 'yesterday', /30m, 2h or 3d/],
    ['--limit', '2001', /1 to 2000/],
    ['--limit', '0', /1 to 2000/],
    ['--type', '../x', /no name of a service type/],
  ] as const) {
    it(`refuses ${option} ${value}`, async () => {
      const run = new FakeWorld();
      assert.equal(await run.run('audit', option, value, '--json'), 2);
      assert.equal(errorOf(run).code, 'invalid_argument');
      assert.match(errorOf(run).message, hint);
      assert.deepEqual(run.coordinator.asked, []);
    });
  }
});

describe('since when', () => {
  it('is a time, or how long ago', () => {
    const times: readonly (readonly [text: string, at: number])[] = [
      ['45s', NOW - 45_000],
      ['30m', NOW - 1_800_000],
      ['2h', NOW - 7_200_000],
      ['3d', NOW - 259_200_000],
      ['2026-01-31', Date.UTC(2026, 0, 31)],
      ['2026-01-31T11:30:00Z', Date.UTC(2026, 0, 31, 11, 30)],
      ['2026-01-31T12:30:00.5+01:00', Date.UTC(2026, 0, 31, 11, 30, 0, 500)],
    ];
    for (const [text, at] of times) {
      assert.equal(parseSince(text, NOW), at, text);
    }
  });

  for (const text of ['', '2', 'h', '-2h', '2 h', '2w', '2026', '2026-13-01', '31/01/2026']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseSince(text, NOW), StyxyError);
    });
  }
});

describe('styxy instances', () => {
  function world(): FakeWorld {
    const made = new FakeWorld();
    made.coordinator.participants = [
      participant({ id: SELF, kind: 'cli', pid: 4000 }),
      participant({ folders: [HERE, '/b'] }),
      participant({ id: 'd', kind: 'daemon', label: 'styxy daemon', pid: 51, folders: [] }),
    ];
    return made;
  }

  it('prints who takes part, without the one who asks', async () => {
    const run = world();
    assert.equal(await run.run('instances', '--json'), 0);
    const common = { version: '0.1.0' };
    assert.deepEqual(run.json(), {
      instances: [
        { kind: 'window', label: 'shop', pid: 41, ...common, folders: [HERE, '/b'], leader: true },
        { kind: 'daemon', label: 'styxy daemon', pid: 51, ...common, folders: [], leader: false },
      ],
    });
  });

  it('shows a table to people', async () => {
    const run = world();
    await run.run('instances');
    assert.deepEqual(run.stdout, [
      'PID  KIND    ROLE      VERSION  LABEL         FOLDERS',
      ' 41  window  leader    0.1.0    shop          ~/shop, /b',
      ' 51  daemon  follower  0.1.0    styxy daemon',
    ]);
  });

  it('says that there is nobody', async () => {
    const run = new FakeWorld();
    assert.equal(await run.run('instances'), 0);
    assert.deepEqual(run.stdout, []);
    assert.match(run.stderr.join('\n'), /Nobody else/);
  });
});
