import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  auditLine,
  matchesAudit,
  MAX_AUDIT_LINE_BYTES,
  parseAuditLine,
} from '../../../../src/core/audit/entry';
import { AUDIT_WHATS, type AuditEntry, type AuditQuery } from '../../../../src/core/domain/audit';

const AT = Date.UTC(2026, 10, 23, 7, 24, 0, 123);
const SMALL: AuditEntry = {
  at: AT,
  epoch: 2,
  seq: 40,
  what: 'leadership',
  actor: { kind: 'leader', label: 'leader', id: '' },
};
const FULL: AuditEntry = {
  ...SMALL,
  what: 'moved',
  actor: { kind: 'cli', label: 'styxy move 3000', pid: 12, id: 'run-1' },
  port: 3001,
  service: 'web',
  serviceType: 'dev',
  workspace: '/home/me/shop',
  before: { port: 3000 },
  after: { port: 3001 },
  note: 'asked for',
};

describe('a line of the audit log', () => {
  it('is JSON that says when, who and what', () => {
    const line = auditLine(FULL);
    assert.ok(line.endsWith('}\n'));
    assert.deepEqual(JSON.parse(line), {
      time: '2026-11-23T07:24:00.123Z',
      epoch: 2,
      seq: 40,
      what: 'moved',
      actor: { kind: 'cli', label: 'styxy move 3000', pid: 12, id: 'run-1' },
      port: 3001,
      service: 'web',
      serviceType: 'dev',
      workspace: '/home/me/shop',
      before: { port: 3000 },
      after: { port: 3001 },
      note: 'asked for',
    });
  });

  it('is read as it was written', () => {
    for (const entry of [SMALL, FULL]) {
      assert.deepEqual(parseAuditLine(auditLine(entry)), entry);
    }
    for (const what of AUDIT_WHATS) {
      assert.equal(parseAuditLine(auditLine({ ...SMALL, what }))?.what, what);
    }
  });

  it('a line with the name that a recovery had in the journal is read as a recovery', () => {
    const line = auditLine({ ...SMALL, what: 'recovered' }).replace('"recovered"', '"trusted"');
    assert.ok(line.includes('"what":"trusted"'));
    assert.deepEqual(parseAuditLine(line), { ...SMALL, what: 'recovered' });
  });

  it('holds no secret', () => {
    const secret = 'correct-horse-battery';
    const line = auditLine({
      ...FULL,
      actor: { ...FULL.actor, label: `styxy run -- serve --token ${secret}` },
      before: { password: secret },
      after: [`key=${secret}`],
      note: `Bearer ${secret}`,
    });
    assert.ok(!line.includes(secret));
    assert.ok(line.includes('"label":"styxy run -- serve --token ***"'));
  });

  it('cannot be two, nor do anything to a terminal', () => {
    const note = 'a\nb\r\u001b[2J\u007f\u009b2J\u2028\u202e\u2066z';
    const line = auditLine({ ...FULL, note });
    assert.match(line, /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*\n$/u);
    assert.equal(parseAuditLine(line)?.note, note);
  });

  it('is cut where it would be too long, and says so', () => {
    const line = auditLine({ ...FULL, before: { all: 'b '.repeat(20_000) }, note: 'short' });
    assert.ok(Buffer.byteLength(line) <= MAX_AUDIT_LINE_BYTES);
    const entry = parseAuditLine(line);
    assert.match(String(entry?.before), /^\{"all":"b b .*\.\.\. \[cut, 40010 characters in all\]$/);
    assert.deepEqual(
      { ...entry, before: undefined },
      { ...FULL, before: undefined, note: 'short' },
    );
  });

  it('is as long as it may be', () => {
    const lengthOf = (note: string) => Buffer.byteLength(auditLine({ ...FULL, note }));
    const room = MAX_AUDIT_LINE_BYTES - lengthOf('');
    for (const character of ['.', 'ü', '€', '😀']) {
      const size = Buffer.byteLength(character);
      const fits = character.repeat(Math.floor(room / size));
      assert.equal(parseAuditLine(auditLine({ ...FULL, note: fits }))?.note, fits);
      assert.match(auditLine({ ...FULL, note: fits + character }), /\[cut, /);
    }
  });

  it('is never too long, whatever is in it', () => {
    const text = fc
      .tuple(
        fc.constantFrom('\u0000', '\u202e', '"', 'ü', '€', '😀', '\ud800', 'x '),
        fc.nat(9_000),
      )
      .map(([part, times]) => part.repeat(times));
    const entries = fc.record({
      at: fc.double(),
      epoch: fc.nat(),
      seq: fc.nat(),
      what: fc.constantFrom(...AUDIT_WHATS),
      actor: fc.record({ kind: fc.constant('cli' as const), label: text, pid: fc.nat(), id: text }),
      port: fc.nat(),
      service: text,
      serviceType: text,
      workspace: text,
      before: fc.dictionary(text, text, { maxKeys: 3 }),
      after: fc.oneof(fc.jsonValue(), text),
      note: text,
    });
    fc.assert(
      fc.property(entries, (entry) => {
        const line = auditLine(entry);
        assert.ok(Buffer.byteLength(line) <= MAX_AUDIT_LINE_BYTES);
        assert.equal(line.indexOf('\n'), line.length - 1);
        assert.equal(parseAuditLine(line)?.seq, entry.seq);
      }),
      { numRuns: 50 },
    );
  });
});

describe('reading a line of the audit log', () => {
  const json = (change: object) =>
    JSON.stringify({ ...(JSON.parse(auditLine(FULL)) as object), ...change });

  const damaged: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['a torn line', auditLine(FULL).slice(0, 60)],
    ['no object', '[]'],
    ['null', 'null'],
    ['zeros', '\0'.repeat(100)],
    ['no time', json({ time: undefined })],
    ['a time that is none', json({ time: 'soon' })],
    ['a number that is none', json({ seq: '40' })],
    ['a negative number', json({ epoch: -1 })],
    ['a newer kind', json({ what: 'teleported' })],
    ['nobody', json({ actor: {} })],
  ];
  for (const [name, line] of damaged) {
    it(`passes over ${name}`, () => {
      assert.equal(parseAuditLine(line), undefined);
    });
  }

  it('leaves out what it does not know, and details that are not as expected', () => {
    assert.deepEqual(parseAuditLine(json({ colour: 'blue' })), FULL);
    const { port, ...others } = FULL;
    assert.equal(port, 3001);
    assert.deepEqual(parseAuditLine(json({ port: 'three' })), others);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        parseAuditLine(line);
      }),
    );
  });
});

describe('a question to the audit log', () => {
  const matching: readonly AuditQuery[] = [
    {},
    { port: 3001 },
    { port: 3000 },
    { workspace: '/home/me/shop' },
    { serviceType: 'dev' },
    { what: 'moved' },
    { since: AT },
    { limit: 1 },
    { port: 3001, workspace: '/home/me/shop', serviceType: 'dev', what: 'moved', since: AT - 1 },
  ];
  for (const query of matching) {
    it(`is answered by the entry: ${JSON.stringify(query)}`, () => {
      assert.equal(matchesAudit(FULL, query), true);
    });
  }

  const others: readonly AuditQuery[] = [
    { port: 3002 },
    { workspace: '/home/me' },
    { serviceType: 'api' },
    { what: 'granted' },
    { since: AT + 1 },
    { port: 3001, what: 'granted' },
  ];
  for (const query of others) {
    it(`is not answered by it: ${JSON.stringify(query)}`, () => {
      assert.equal(matchesAudit(FULL, query), false);
    });
  }

  it('is not answered by an entry that says nothing of it', () => {
    assert.equal(matchesAudit(SMALL, { port: 3000 }), false);
    assert.equal(matchesAudit(SMALL, { workspace: '/home/me/shop' }), false);
  });

  it('reads a negative zero, which JSON lets in, as the zero that is written', () => {
    const line = auditLine({ ...SMALL, seq: 0 }).replace('"seq":0', '"seq":-0');
    assert.ok(line.includes('"seq":-0'));
    assert.ok(Object.is(parseAuditLine(line)?.seq, 0));
  });
});
