import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matches } from '../../../../src/core/domain/glob';

const CASES = [
  ['monitoring-*', 'monitoring-prom', true],
  ['monitoring-*', 'monitoring-', true],
  ['monitoring-*', 'monitoring', false],
  ['monitoring-*', 'my-monitoring-prom', false],
  ['*', '', true],
  ['*', 'anything at all', true],
  ['', '', true],
  ['', 'a', false],
  ['a', '', false],
  ['db?', 'db1', true],
  ['db?', 'db', false],
  ['db?', 'db12', false],
  ['*-db', 'a-db-db', true],
  ['*-db', 'a-db-dbs', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['**?', 'x', true],
  ['**?', '', false],
  ['feature/*', 'feature/a/b', true],
  ['feature/?', 'feature/🚀', true],
  ['Grafana', 'grafana', false],
] as const;

/** What means something in a regular expression means itself here. */
const LITERALS = ['a.c', '(a+)+', '[ab]', 'a|b', '^a$', '\\d', 'a{2}', '{a,b}', '!a', 'a\nb'];

/** Few characters, so that patterns and texts meet. */
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 });

/** By definition: every way to take the first character of the pattern, to the end. */
function byDefinition([want, ...wanted]: readonly string[], given: readonly string[]): boolean {
  if (want === undefined) {
    return given.length === 0;
  }
  if (want === '*') {
    return [...given, ''].some((_, index) => byDefinition(wanted, given.slice(index)));
  }
  const [first, ...others] = given;
  return first !== undefined && (want === '?' || want === first) && byDefinition(wanted, others);
}

describe('a glob', () => {
  for (const [pattern, text, expected] of CASES) {
    it(`'${pattern}' ${expected ? 'matches' : 'does not match'} '${text}'`, () => {
      assert.equal(matches(pattern, text), expected);
    });
  }

  it('takes everything but * and ? for itself', () => {
    for (const literal of LITERALS) {
      assert.ok(matches(literal, literal), literal);
      assert.equal(matches(literal, 'abc'), false, literal);
      assert.equal(matches(literal, 'a'), false, literal);
    }
  });

  it('answers as by its definition', () => {
    let matching = 0;
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        const expected = byDefinition([...pattern], [...text]);
        matching += expected ? 1 : 0;
        assert.equal(matches(pattern, text), expected);
      }),
      { numRuns: 5_000 },
    );
    assert.ok(matching > 100, `only ${matching} matched`);
  });

  it('tries a long run of stars against a text that almost matches without exploding', () => {
    assert.equal(matches('a*'.repeat(500) + 'b', 'a'.repeat(5_000)), false);
    assert.equal(matches('*a'.repeat(500) + '*', 'a'.repeat(5_000)), true);
  });
});
