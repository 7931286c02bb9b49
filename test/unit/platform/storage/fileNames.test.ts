import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EpochFile } from '../../../../src/core/host/interfaces';
import { StyxyError } from '../../../../src/core/domain/errors';
import {
  claimName,
  fileName,
  parseListing,
  parseName,
  temporaryName,
} from '../../../../src/platform/storage/fileNames';

const epoch = fc.integer({ min: 1, max: 9_999_999_999 });
const file: fc.Arbitrary<EpochFile> = fc.oneof(
  fc.record({ kind: fc.constant('lock' as const), epoch }),
  fc.record({
    kind: fc.constant('journal' as const),
    epoch,
    copy: fc.constantFrom('a' as const, 'b' as const),
  }),
  fc.record({
    kind: fc.constant('checkpoint' as const),
    epoch,
    copy: fc.constantFrom('main' as const, 'bak' as const),
  }),
);

describe('names of epoch files', () => {
  it('are as documented', () => {
    assert.equal(fileName({ kind: 'lock', epoch: 7 }), 'lock.0000000007');
    assert.equal(fileName({ kind: 'journal', epoch: 7, copy: 'b' }), 'journal.0000000007.b.ndjson');
    assert.equal(
      fileName({ kind: 'checkpoint', epoch: 7, copy: 'bak' }),
      'state.0000000007.json.bak',
    );
    assert.equal(claimName('00ff'), 'claim.00ff');
  });

  it('come back as the same file', () => {
    fc.assert(
      fc.property(file, (original) => {
        assert.deepEqual(parseName(fileName(original)), { kind: 'file', file: { ...original } });
      }),
    );
  });

  it('sort like their numbers', () => {
    fc.assert(
      fc.property(epoch, epoch, (left, right) => {
        const names = [left, right].map((number) => fileName({ kind: 'lock', epoch: number }));
        assert.equal(left < right, (names[0] ?? '') < (names[1] ?? ''));
      }),
    );
  });

  const foreign = [
    '',
    'lock',
    'lock.1',
    'lock.0000000000',
    'lock.00000000011',
    'lock.0000000001.bak',
    'xlock.0000000001',
    'lock.0000000001\n',
    'LOCK.0000000001',
    'journal.0000000001.c.ndjson',
    'journal.0000000001.a.ndjson~',
    'state.0000000001.json.old',
    'state.json',
    'claim.',
    'claim.../../lock',
    `claim.${'a'.repeat(65)}`,
    'audit.log',
    'quarantine',
    '.DS_Store',
  ];
  for (const name of foreign) {
    it(`ignores ${JSON.stringify(name)}`, () => {
      assert.equal(parseName(name), undefined);
    });
  }

  for (const nonce of ['', '../x', 'a/b', 'a\0', 'ä', 'a'.repeat(65)]) {
    it(`refuses a claim named ${JSON.stringify(nonce)}`, () => {
      assert.throws(
        () => claimName(nonce),
        (error) => error instanceof StyxyError && error.code === 'invalid_argument',
      );
    });
  }

  for (const number of [0, -1, 1.5, Number.NaN, 10_000_000_000]) {
    it(`refuses the epoch ${number}`, () => {
      assert.throws(
        () => fileName({ kind: 'lock', epoch: number }),
        (error) => error instanceof StyxyError && error.code === 'storage_corrupt',
      );
    });
  }
});

describe('a listing', () => {
  it('the listing of an empty folder has no highest epoch', () => {
    assert.deepEqual(parseListing([]), { files: [], highest: 0, claims: [] });
  });

  it('takes the highest epoch from any of our names and ignores others', () => {
    const listing = parseListing([
      'lock.0000000003',
      'journal.0000000004.a.ndjson',
      'state.0000000002.json',
      'state.0000000002.json.bak',
      'claim.aa',
      'claim.bb',
      'lock.9',
      'quarantine',
    ]);
    assert.equal(listing.highest, 4);
    assert.equal(listing.files.length, 4);
    assert.deepEqual(listing.claims, ['aa', 'bb']);
  });

  it('counts an unfinished checkpoint as a sign of its epoch, not as a file', () => {
    const listing = parseListing(['lock.0000000003', temporaryName(5, 'aabb')]);
    assert.equal(listing.highest, 5);
    assert.equal(listing.files.length, 1);
  });
});
