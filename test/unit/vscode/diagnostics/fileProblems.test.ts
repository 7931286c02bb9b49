import assert from 'node:assert/strict';
import type { FileProblem } from '../../../../src/core/domain/configuration';
import { errorsKey, positions, problemText } from '../../../../src/vscode/diagnostics/problemText';

const problem: FileProblem = {
  severity: 'error',
  path: ['services', 'web', 'port'],
  offset: 3,
  length: 2,
  message: '"port" is 80.',
  example: '"port": 5173',
};

describe('problems of a file', () => {
  it('say what would be right, where that is known', () => {
    assert.equal(problemText(problem), '"port" is 80.\nRight would be: "port": 5173');
    const { example, ...rest } = problem;
    assert.ok(example);
    assert.equal(problemText(rest), '"port" is 80.');
  });

  it('are told again when they are others, and not because they moved', () => {
    const moved = { ...problem, offset: 9 };
    assert.equal(errorsKey([problem]), errorsKey([moved]));
    assert.notEqual(errorsKey([problem]), errorsKey([{ ...problem, message: 'Another.' }]));
    assert.equal(errorsKey([{ ...problem, severity: 'warning' }]), undefined);
  });

  it('are on their lines, whatever ends these', () => {
    const at = positions('a\nbc\r\nd\re');
    assert.deepEqual(at(0), { line: 0, character: 0 });
    assert.deepEqual(at(1), { line: 0, character: 1 });
    assert.deepEqual(at(3), { line: 1, character: 1 });
    assert.deepEqual(at(6), { line: 2, character: 0 });
    assert.deepEqual(at(8), { line: 3, character: 0 });
    assert.deepEqual(at(99), { line: 3, character: 1 });
  });
});
