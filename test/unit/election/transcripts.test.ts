/** `STYXY_TRANSCRIPTS=write` writes the texts anew: look at what changed before you commit it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { played } from './transcript';

const FOLDER = join(__dirname, 'transcripts');
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

describe('An election goes as its transcript says', () => {
  it('has a transcript of each kind', () => {
    assert.ok(names.length >= 8, names.join(', '));
  });

  for (const name of names) {
    it(`${name} is what happens`, async () => {
      const path = join(FOLDER, name);
      const text = readFileSync(path, 'utf8');
      const now = await played(text);
      if (process.env.STYXY_TRANSCRIPTS === 'write') {
        writeFileSync(path, now);
      } else {
        assert.equal(now, text, differences(text, now));
      }
    });
  }
});

/** The first line that is another one, with the steps before it. */
function differences(expected: string, actual: string): string {
  const [before, now] = [expected, actual].map((text) => text.split('\n')) as [string[], string[]];
  const at = now.findIndex((line, index) => line !== before[index]);
  return [
    `Line ${at + 1} is another one:`,
    ...before.slice(Math.max(0, at - 5), at).map((line) => `    ${line}`),
    `  - ${before[at] ?? '(the end)'}`,
    `  + ${now[at] ?? '(the end)'}`,
  ].join('\n');
}
