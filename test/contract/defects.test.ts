import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../support/manifest';
import type { NamedTest } from './defect';
import { DEFECTS_OF_THE_ORIGINAL } from './defects';

/** Whether the file, which must be there, has the test. */
function has({ file, title }: NamedTest): boolean {
  const text = readFileSync(join(REPOSITORY, 'test', file), 'utf8');
  const titles = [...text.matchAll(/\bit\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)];
  return titles.some(([, quote, source = '']) => {
    const before = quote === '`' ? (source.split('${')[0] ?? '') : source;
    return before !== '' && before === title;
  });
}

describe('each defect of the original', () => {
  for (const defect of DEFECTS_OF_THE_ORIGINAL) {
    switch (defect.kind) {
      case 'tested':
        it(`has its test: ${defect.row}`, () => {
          const { file, title } = defect.test;
          assert.ok(has(defect.test), `There is no test "${title}" in test/${file}.`);
        });
        break;
      case 'absent':
        it(`has its reason: ${defect.row}`, () => {
          assert.ok(defect.why.endsWith('.'));
        });
        break;
    }
  }

  it('is listed once', () => {
    const rows = DEFECTS_OF_THE_ORIGINAL.map(({ row }) => row);
    assert.equal(new Set(rows).size, rows.length);
  });
});
