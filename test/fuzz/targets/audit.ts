import assert from 'node:assert/strict';
import fc from 'fast-check';
import { auditLine, MAX_AUDIT_LINE_BYTES, parseAuditLine } from '../../../src/core/audit/entry';
import { AUDIT_WHATS, type AuditEntry } from '../../../src/core/domain/audit';
import { maskSecrets, maskSecretsIn } from '../../../src/core/domain/maskSecrets';
import { hostileText, hostileValue } from '../hostile';
import { pureTarget } from '../target';
import { mutatedText } from '../textMutations';

const SECRET = 'c0ffee0123456789abcdef0123456789abcdef0123456789abcdef0123456789';

const text = mutatedText([
  `node server.js --token ${SECRET} --port 3000`,
  `curl -H "Authorization: Bearer ${SECRET}" http://me:${SECRET}@localhost:3000/a/b`,
  `{"password":"${SECRET}","api_key": '${SECRET}'}`,
  'shop',
]);

const entries = fc.record({
  at: fc.double(),
  epoch: fc.nat(),
  seq: fc.nat(),
  what: fc.constantFrom(...AUDIT_WHATS),
  actor: fc.record({
    kind: fc.constant('cli' as const),
    label: text,
    pid: fc.nat(),
    id: hostileText,
  }),
  port: fc.nat(),
  service: hostileText,
  serviceType: hostileText,
  workspace: hostileText,
  before: hostileValue,
  after: fc.oneof(text, hostileValue),
  note: text,
});

export const auditLines = pureTarget({
  name: 'lines of the audit log, written',
  runs: 200,
  inputs: entries,
  holds: (entry) => {
    const line = auditLine(entry);
    assert.ok(Buffer.byteLength(line) <= MAX_AUDIT_LINE_BYTES, 'longer than a line may be');
    assert.equal(line.indexOf('\n'), line.length - 1, 'more than one line');
    assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
    const read = parseAuditLine(line);
    assert.equal(read?.seq, entry.seq);
    assert.equal(read.what, entry.what);
  },
});

const ENTRY: AuditEntry = {
  at: 1_000_000,
  epoch: 3,
  seq: 17,
  what: 'moved',
  actor: { kind: 'window', label: 'shop', pid: 41, id: 'p-window' },
  port: 3001,
  service: 'web',
  serviceType: 'dev',
  workspace: '/home/me/shop',
  before: { port: 3000 },
  after: { port: 3001 },
  note: 'moved by the user',
};

export const auditReading = pureTarget({
  name: 'lines of the audit log, read',
  runs: 1_500,
  inputs: mutatedText([auditLine(ENTRY), auditLine({ ...ENTRY, what: 'granted' })]),
  holds: (line) => {
    const read = parseAuditLine(line);
    if (read !== undefined) {
      assert.ok(Number.isFinite(read.at));
      assert.equal(parseAuditLine(auditLine(read))?.seq, read.seq);
    }
  },
});

/** Glued to other letters a secret may pass for a word: only one that stands alone is promised. */
function withoutSecret(from: string): string {
  return from.replaceAll(SECRET, 'x');
}

/** Behind something that may end or hide its name. */
const SEPARATORS = fc.constantFrom(' ', '\n', '\t', '\0', '\u202e', ';', '&', '"', ',');

export const masking = pureTarget({
  name: 'secrets',
  runs: 800,
  inputs: fc.record({
    before: text.map(withoutSecret),
    separator: SEPARATORS,
    named: fc.constantFrom('TOKEN=', '--password ', 'Authorization: Bearer ', 'https://me:', ''),
    after: text.map(withoutSecret),
  }),
  holds: ({ before, separator, named, after }) => {
    const tail = named === 'https://me:' ? '@localhost' : '';
    const whole = `${before}${separator}${named}${SECRET}${tail}${separator}${after}`;
    const masked = maskSecrets(whole);
    assert.ok(!masked.includes(SECRET), 'the secret is still there');
    assert.ok(!JSON.stringify(maskSecretsIn({ a: [whole], token: SECRET })).includes(SECRET));
  },
});
