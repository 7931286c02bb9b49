import assert from 'node:assert/strict';
import { isSameProcess } from '../../../../src/core/health/ownership';

describe('whether it is the same process', () => {
  const process = { pid: 7, startMark: '220812' };
  const cases = [
    ['the same mark', process, { ...process, command: 'other', startedAt: 5 }, true],
    ['a clock that was set', { ...process, startedAt: 5 }, { ...process, startedAt: 9e12 }, true],
    ['a pid that was used again', process, { pid: 7, startMark: '220813' }, false],
    ['another pid', process, { pid: 8, startMark: '220812' }, false],
    ['a mark that was told once', process, { pid: 7 }, true],
    ['no marks', { pid: 7 }, { pid: 7 }, true],
    ['nothing and something', undefined, process, false],
    ['something and nothing', process, {}, false],
    ['nothing', undefined, undefined, true],
  ] as const;
  for (const [name, a, b, same] of cases) {
    it(`${name}: ${same ? 'yes' : 'no'}`, () => {
      assert.equal(isSameProcess(a, b), same);
      assert.equal(isSameProcess(b, a), same);
    });
  }
});
