import assert from 'node:assert/strict';
import {
  describeConflict,
  describeHolders,
  describeProcess,
  describeSome,
  show,
} from '../../../../src/core/domain/describe';
import { nearestWord } from '../../../../src/core/domain/nearestWord';

describe('words in messages', () => {
  for (const [process, text] of [
    [undefined, 'a process that the system does not name'],
    [{}, 'a process that the system does not name'],
    [{ command: 'node' }, 'node'],
    [{ pid: 12 }, 'a process (pid 12)'],
    [{ pid: 12, command: 'node', cwd: '/x' }, 'node (pid 12, in /x)'],
    [{ pid: 12, command: 'node', cwd: '/x/y', workspace: '/x' }, 'node (pid 12, in /x)'],
  ] as const) {
    it(`name a process: ${text}`, () => {
      assert.equal(describeProcess(process), text);
    });
  }

  it('name a conflict without a pair', () => {
    assert.equal(
      describeConflict({ port: 3000, reason: 'allocated' }),
      'port 3000 is allocated to another service',
    );
  });

  it('name nobody', () => {
    assert.equal(describeHolders([]), 'nobody');
  });

  it('name a few of many', () => {
    assert.equal(describeSome(['a', 'b', 'c']), 'a; b; c');
    assert.equal(describeSome(['a', 'b', 'c', 'd', 'e']), 'a; b; c; and 2 more');
  });

  for (const [value, text] of [
    ['a\u001b[2Jb', '"a?[2Jb"'],
    ['x'.repeat(65), `"${'x'.repeat(64)}..."`],
    [NaN, 'NaN'],
    [10n, '10'],
    [null, 'null'],
    [Object.create(null), 'an object'],
    [Symbol('x'), 'Symbol(x)'],
  ] as const) {
    it(`show ${text} harmlessly`, () => {
      assert.equal(show(value), text);
    });
  }

  for (const [word, meant] of [
    ['wbe', 'web'],
    ['webb', 'web'],
    ['WEB', 'web'],
    ['w', undefined],
    ['database', undefined],
    ['', undefined],
  ] as const) {
    it(`take "${word}" for ${meant}`, () => {
      assert.equal(nearestWord(word, ['api', 'web', 'docs']), meant);
    });
  }

  it('prefer the nearer, then the first', () => {
    assert.equal(nearestWord('tests', ['rests', 'test', 'nests']), 'rests');
    assert.equal(nearestWord('test', ['rest', 'test']), 'test');
  });
});
