import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  checkpointName,
  claimName,
  fileName,
  journalName,
  lockName,
  parseListing,
  parseName,
  temporaryName,
} from '../../../src/platform/storage/fileNames';
import { formatLockRecord, parseLockRecord } from '../../../src/platform/storage/lockFile';
import { assertSame, pureTarget, refusalOf } from '../target';
import { mutatedText } from '../textMutations';

const RECORD = {
  v: 1,
  protocol: 1,
  nonce: 'ab'.repeat(12),
  pid: 4000,
  startedAt: 1_000_000,
  bootId: '11111111-2222-4333-8444-555555555555',
  product: 'Visual Studio Code',
  version: '0.1.0',
  socket: '/run/user/1000/styxy/a.sock',
  secret: '0f'.repeat(32),
} as const;

export const lockRecord = pureTarget({
  name: 'lock files',
  runs: 1_500,
  // One without a sum, as an older version wrote it: what is wrong in it is not seen by the sum.
  inputs: mutatedText([formatLockRecord(RECORD), JSON.stringify(RECORD)]),
  holds: (text) => {
    const record = parseLockRecord(text);
    if (record === 'unreadable') {
      return;
    }
    assert.match(record.secret, /^[0-9a-f]{64}$/);
    assert.ok(Number.isSafeInteger(record.pid) && record.pid >= 1);
    const again = parseLockRecord(formatLockRecord(record));
    assertSame(JSON.stringify(again), JSON.stringify(record), 'the record that is read back');
  },
});

const NAMES = [
  lockName(1),
  lockName(9_999_999_999),
  journalName(42, 'a'),
  journalName(42, 'b'),
  checkpointName(42, 'main'),
  checkpointName(42, 'bak'),
  temporaryName(42, 'ab12-bak'),
  claimName('ab'.repeat(12)),
];

export const epochNames = pureTarget({
  name: 'names of files',
  runs: 1_500,
  // NAME_MAX of most file systems.
  inputs: fc.array(
    mutatedText(NAMES).map((name) => name.slice(0, 255)),
    { maxLength: 5 },
  ),
  holds: (names) => {
    const { files, highest, claims } = parseListing(names);
    assert.ok(Number.isSafeInteger(highest) && highest >= 0 && highest < 1e10);
    assert.deepEqual(
      files.map(fileName).filter((name) => !names.includes(name)),
      [],
    );
    for (const nonce of claims) {
      assert.ok(names.includes(claimName(nonce)));
    }
    for (const name of names) {
      const parsed = parseName(name);
      assert.ok(parsed === undefined || /^[0-9A-Za-z.-]+$/.test(name), 'leaves the folder');
      refusalOf(() => assert.ok(!/[/\\]/.test(claimName(name))));
    }
  },
});
