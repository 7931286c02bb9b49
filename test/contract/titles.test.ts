import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../support/manifest';

/** A title that begins like this goes on with another one, and says nothing alone in a log. */
const FRAGMENTS =
  /^(and|as|because|but|by|from|neither|nor|not|of|or|so|that|to|which|who|whose|with) /;

describe('the title of a test', () => {
  const folder = join(REPOSITORY, 'test');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const titles = files
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const calls = text.matchAll(/\bit\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g);
      return [...calls].map(([, , title = '']) => ({ name, title }));
    });

  it('says what is true: it is no fragment of a sentence', () => {
    assert.ok(titles.length > 1_000, `${titles.length} titles were found`);
    const fragments = titles.filter(({ title }) => FRAGMENTS.test(title));
    assert.deepEqual(fragments, []);
  });
});
