import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assignment, renderFile } from '../../../src/core/plan/renderDotenv';
import { hostileText } from '../hostile';
import { assertSame, pureTarget } from '../target';
import { mutatedText } from '../textMutations';

const CORPUS = [
  'SECRET=abc\nexport A=1\n\n# >>> styxy: written by Styxy, change styxy.json instead\nPORT=3000\n# <<< styxy\nB=2',
  'A=1\r\n# >>> styxy\r\nPORT=1\r\n# <<< styxy\r\nC="multi\nline"\r\n',
  '# >>> styxy: lost its end\nPORT=3000\nAPI_URL=x\nMINE=1\n',
  '\uFEFFA=1\n',
  '',
];

const values = fc
  .array(fc.tuple(fc.constantFrom('PORT', 'API_URL', 'MINE', '_B1'), hostileText), { maxLength: 4 })
  .map((entries) => new Map(entries));

export const dotenv = pureTarget({
  name: 'dotenv files',
  runs: 1_500,
  inputs: fc.record({ before: mutatedText(CORPUS), values }),
  holds: ({ before, values: wanted }) => {
    const once = renderFile(before, wanted);
    assertSame(renderFile(once.text, wanted).text, once.text, 'twice is once');
    if (!before.split('\n').some((line) => line.trim().startsWith('# >>> styxy'))) {
      assert.ok(once.text.startsWith(before), 'a line of somebody else was changed');
    }
    const lines = once.text.split(/\r?\n/);
    for (const [key, value] of wanted) {
      assert.ok(lines.includes(assignment(key, value)), `${key} is not on a line of its own`);
    }
    // All but the block and, where it was appended, one line end and a blank line.
    const rest = renderFile(once.text, new Map()).text.replace(/^\uFEFF/, '');
    assert.ok(rest.length <= before.length + 4);
    for (const line of rest.split('\n')) {
      assert.ok(line.trim() === '' || before.includes(line.trimEnd()), 'a line from nowhere');
    }
  },
});
