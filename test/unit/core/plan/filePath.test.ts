import assert from 'node:assert/strict';
import { filePathProblem } from '../../../../src/core/plan/filePath';
import { errorsOf } from './plans';

describe('filePathProblem', () => {
  for (const path of [
    '.env',
    '.env.local',
    'apps/web/.env',
    '.github/x.env',
    'a b/ü.env',
    '...a',
  ]) {
    it(`takes ${path}`, () => {
      assert.equal(filePathProblem(path), undefined);
    });
  }

  for (const [path, problem] of [
    ['', /needs a path/],
    ['/etc/environment', /begins at the workspace/],
    ['C:/env', /no drive/],
    ['c:env', /no drive/],
    ['.env:stream', /no drive/],
    ['..', /leave/],
    ['../.env', /leave/],
    ['a/../../.env', /leave/],
    ['a\\..\\.env', /"\/" between/],
    ['\\\\server\\share', /"\/" between/],
    ['./.env', /one spelling/],
    ['a//.env', /one spelling/],
    ['a/', /one spelling/],
    ['.', /one spelling/],
    ['.env\0', /control/],
    ['.env\n', /control/],
    ['.g\u200cit/config', /invisible/],
    ['.git', /\.git folder/],
    ['.git/hooks/post-checkout', /\.git folder/],
    ['sub/.GIT/config', /\.git folder/],
    ['GIT~1/config', /\.git folder/],
    ['.git./config', /dot or a blank/],
    ['.git /config', /dot or a blank/],
    ['styxy.json', /no plan/],
    ['sub/Styxy.JSON', /no plan/],
  ] as const) {
    it(`refuses ${JSON.stringify(path)}`, () => {
      assert.match(filePathProblem(path) ?? '', problem);
    });
  }

  it('holds for the paths of a plan', () => {
    const [error] = errorsOf('{ "files": { "../.env": {} } }');
    assert.deepEqual(error?.path, ['files', '../.env']);
    assert.match(error?.message ?? '', /leave the workspace/);
  });
});
