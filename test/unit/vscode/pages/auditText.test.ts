import assert from 'node:assert/strict';
import type { AuditEntry } from '../../../../src/core/domain/audit';
import { askedQuestion, auditText, readQuestion } from '../../../../src/vscode/pages/auditText';
import type { AuditQuestion } from '../../../../src/vscode/window/services';

const ACTOR = { kind: 'window', label: 'shop', pid: 42, id: 'p1' } as const;
const web = { service: 'web', serviceType: 'dev', workspace: '/home/me/shop' };

function entry(some: Partial<AuditEntry>): AuditEntry {
  return { at: 1, epoch: 1, seq: 1, what: 'granted', actor: ACTOR, ...some };
}

function lines(entries: readonly AuditEntry[], truncated = false): string[] {
  const answer = { entries, truncated, path: '/home/me/.styxy/audit.log' };
  return auditText(answer, askedQuestion({ kind: 'all' }, 0), (at) => `T${at}`).split('\n');
}

/** Columns without their padding. */
function shown(...entries: AuditEntry[]): string[] {
  return lines(entries)
    .filter((line) => line.startsWith('T'))
    .map((line) => line.replace(/ {2,}/g, ' | '));
}

describe('auditText', () => {
  it('says where the log is, what is shown and how to see another part', () => {
    const header = lines([], true).filter((line) => line.startsWith('#'));
    assert.match(header.join('\n'), /all entries.*\n.*\/home\/me\/\.styxy\/audit\.log/);
    assert.match(header.join('\n'), /Show Audit Log" again/);
    assert.match(header.join('\n'), /styxy audit$/m);
    assert.match(header.at(-1) ?? '', /Older entries match too/);
    assert.ok(lines([]).includes('No entry matches.'));
    assert.doesNotMatch(lines([]).join('\n'), /Older entries/);
  });

  it('tells each kind of entry in a line, in the order of the log', () => {
    const holders = [
      { kind: 'window', label: 'shop', pid: 1 },
      { kind: 'cli', label: 'styxy port web', pid: 2 },
    ];
    const range = { first: 10_010, last: 10_019 };
    const leader = { kind: 'leader', label: 'leader', id: '' } as const;
    assert.deepEqual(
      shown(
        entry({ at: 1, port: 3000, ...web }),
        entry({
          at: 2,
          what: 'moved',
          port: 3005,
          ...web,
          before: { port: 3000 },
          after: { port: 3005 },
          note: 'its plan names 3005 now',
        }),
        entry({ at: 3, what: 'joined', port: 3005, ...web, after: { holders } }),
        entry({ at: 4, what: 'left', port: 3005, ...web, after: { holders: [] } }),
        entry({ at: 5, what: 'type-added', serviceType: 'grafana', after: { range } }),
        entry({ at: 6, what: 'recovered', actor: leader, note: 'the windows were heard' }),
        entry({ at: 7, what: 'conflict', port: 3000, before: { command: 'node', pid: 7 } }),
        entry({
          at: 8,
          what: 'configuration',
          before: { characters: 0 },
          after: { characters: 9 },
        }),
        entry({ at: 9, what: 'forgotten', workspace: '/gone', actor: leader }),
      ),
      [
        'T1 | granted | 3000 web (dev) in /home/me/shop | by shop (window, pid 42)',
        'T2 | moved | 3005 web (dev) in /home/me/shop, 3000 to 3005, its plan names 3005 now | by shop (window, pid 42)',
        'T3 | joined | 3005 web (dev) in /home/me/shop, held by shop, styxy port web | by shop (window, pid 42)',
        'T4 | left | 3005 web (dev) in /home/me/shop, held by nobody | by shop (window, pid 42)',
        'T5 | type-added | grafana, 10010-10019 | by shop (window, pid 42)',
        'T6 | recovered | the windows were heard | by the leader',
        'T7 | conflict | 3000, node (pid 7) | by shop (window, pid 42)',
        'T8 | configuration | 0 to 9 characters | by shop (window, pid 42)',
        'T9 | forgotten | /gone | by the leader',
      ],
    );
  });

  it('keeps an entry on its line, and bears details of any shape', () => {
    assert.equal(shown(entry({ what: 'moved', before: 7, after: ['x'] })).length, 1);
    const [line] = shown(entry({ service: 'web', note: 'a\nT2  granted\u2028b' }));
    assert.match(line ?? '', /a\?T2 \| granted\?b/);
  });
});

describe('questions to the audit log', () => {
  const questions: readonly AuditQuestion[] = [
    { kind: 'all' },
    { kind: 'hour' },
    { kind: 'port', port: 3000 },
    { kind: 'type', serviceType: 'dev' },
    { kind: 'workspace', workspace: '/home/me/shop' },
  ];

  it('survive the address of a document, and other texts are none', () => {
    for (const question of questions) {
      assert.deepEqual(readQuestion(JSON.parse(JSON.stringify(question))), question);
    }
    for (const passed of [
      undefined,
      'all',
      {},
      { kind: 'x' },
      { kind: 'port', port: 0 },
      { kind: 'type', serviceType: '-' },
      { kind: 'workspace', workspace: 'a' },
    ]) {
      assert.equal(readQuestion(passed), undefined);
    }
  });

  it('ask for what they name', () => {
    const now = 7_200_000;
    const asked = questions.map((question) => askedQuestion(question, now));
    assert.deepEqual(
      asked.map(({ query }) => ({ ...query, limit: undefined })),
      [
        { limit: undefined },
        { since: 3_600_000, limit: undefined },
        { port: 3000, limit: undefined },
        { serviceType: 'dev', limit: undefined },
        { workspace: '/home/me/shop', limit: undefined },
      ],
    );
    assert.deepEqual(
      asked.map(({ text }) => text),
      ['all entries', 'the last hour', 'port 3000', 'type dev', 'workspace shop'],
    );
    assert.deepEqual(
      asked.map(({ commandLine }) => commandLine),
      [
        'styxy audit',
        'styxy audit --since 1h',
        'styxy audit --port 3000',
        'styxy audit --type dev',
        'styxy audit --workspace "/home/me/shop"',
      ],
    );
  });
});
