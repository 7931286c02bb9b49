import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LockRecord } from '../../../../src/core/host/interfaces';
import { formatLockRecord, parseLockRecord } from '../../../../src/platform/storage/lockFile';

const RECORD: LockRecord = {
  v: 1,
  protocol: 1,
  nonce: '00112233445566778899aabbccddeeff',
  pid: 4711,
  startedAt: 1_795_418_352_800,
  bootId: 'd7db0d71-0b26-4df5-b2ad-102069110053',
  product: 'Code',
  version: '0.1.0',
  socket: '/run/user/1000/styxy/00112233445566778899aabbccddeeff.sock',
  secret: 'ab'.repeat(32),
};

describe('a lock record', () => {
  it('comes back as it was written', () => {
    assert.deepEqual(parseLockRecord(formatLockRecord(RECORD)), RECORD);
  });

  it('keeps fields that a later version added', () => {
    const later = { ...RECORD, editorColour: 'blue' };
    assert.deepEqual(parseLockRecord(JSON.stringify(later)), later);
  });

  it('is unreadable at every length but the whole', () => {
    const text = formatLockRecord(RECORD).trimEnd();
    for (let length = 0; length < text.length; length++) {
      assert.equal(parseLockRecord(text.slice(0, length)), 'unreadable');
    }
  });

  it('is unreadable with any bit flipped, or says the same', () => {
    const whole = Buffer.from(formatLockRecord(RECORD));
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const text = Buffer.from(whole);
      text.writeUInt8(text.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const read = parseLockRecord(text.toString('utf8'));
      if (read !== 'unreadable') {
        assert.deepEqual({ ...read, ...RECORD }, read, `bit ${bit}`);
      }
    }
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ['v', 2],
    ['protocol', '1'],
    ['protocol', -1],
    ['nonce', '../../etc/passwd'],
    ['pid', 0],
    ['pid', 1.5],
    ['pid', Number.NaN],
    ['startedAt', null],
    ['socket', ''],
    ['secret', 'short'],
    ['secret', undefined],
  ];
  for (const [field, value] of wrong) {
    it(`is unreadable when ${field} is ${JSON.stringify(value) ?? 'missing'}`, () => {
      const damaged = JSON.stringify({ ...RECORD, [field]: value });
      assert.equal(parseLockRecord(damaged), 'unreadable');
    });
  }

  it('is unreadable or a record, never an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.equal(parseLockRecord(text), 'unreadable');
      }),
    );
  });
});
