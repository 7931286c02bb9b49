import assert from 'node:assert/strict';
import { auditRefusal } from '../../../../src/core/audit/entry';
import type { AuditQuery, AuditWhat } from '../../../../src/core/domain/audit';

describe('a query of the audit log', () => {
  it('may ask for anything that can be in it', () => {
    const fine: readonly AuditQuery[] = [
      {},
      { port: 1, what: 'moved', since: 0, limit: 1 },
      { port: 65_535, workspace: '/a', serviceType: 'dev', limit: 1_000_000 },
    ];
    assert.deepEqual(fine.map(auditRefusal), [undefined, undefined, undefined]);
  });

  const wrong: readonly (readonly [string, AuditQuery])[] = [
    ['port', { port: 0 }],
    ['port', { port: 65_536 }],
    ['what', { what: 'teleported' as AuditWhat }],
    ['since', { since: NaN }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 1.5 }],
  ];
  for (const [field, query] of wrong) {
    it(`is refused for ${JSON.stringify(query)}`, () => {
      const error = auditRefusal(query);
      assert.equal(error?.code, 'invalid_argument');
      assert.equal(error.details.field, field);
    });
  }
});
