import assert from 'node:assert/strict';
import { ifAvailable, ifPresent, ignoring } from '../../../../src/platform/fs/errors';

function failing(code?: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(code), code === undefined ? {} : { code }));
}

describe('a file operation that may fail', () => {
  it('answers what it answered', async () => {
    for (const lenient of [ifPresent, ifAvailable]) {
      assert.equal(await lenient(Promise.resolve('text')), 'text');
    }
    assert.equal(await ignoring(['EEXIST'], Promise.resolve('text')), 'text');
  });

  it('takes only absence for absence', async () => {
    assert.equal(await ifPresent(failing('ENOENT')), undefined);
    await assert.rejects(ifPresent(failing('EACCES')), { code: 'EACCES' });
    await assert.rejects(ifPresent(failing('ENOTDIR')), { code: 'ENOTDIR' });
  });

  it('ignores the errnos that were named, and no others', async () => {
    assert.equal(await ignoring(['EEXIST', 'ENOTDIR'], failing('ENOTDIR')), undefined);
    await assert.rejects(ignoring(['EEXIST'], failing('ENOENT')), { code: 'ENOENT' });
  });

  it('never hides a mistake in the code', async () => {
    assert.equal(await ifAvailable(failing('EIO')), undefined);
    for (const code of [undefined, 'ERR_INVALID_ARG_TYPE']) {
      for (const lenient of [ifPresent, ifAvailable]) {
        await assert.rejects(lenient(failing(code)), Error);
      }
    }
  });
});
