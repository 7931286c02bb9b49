import assert from 'node:assert/strict';
import { join } from 'node:path';
import { StyxyError } from '../../../../src/core/domain/errors';
import { homeFolder } from '../../../../src/platform/home/paths';
import { socketPathFor } from '../../../../src/platform/net/socket';

describe('the home', () => {
  const user = { homedir: '/home/me', development: false };

  it('is ~/.styxy, or ~/.styxy-dev in development hosts', () => {
    assert.equal(homeFolder({ ...user, env: {} }), join('/home/me', '.styxy'));
    assert.equal(homeFolder({ ...user, env: { STYXY_HOME: '' } }), join('/home/me', '.styxy'));
    assert.equal(
      homeFolder({ ...user, env: {}, development: true }),
      join('/home/me', '.styxy-dev'),
    );
  });

  it('is STYXY_HOME wherever that is set', () => {
    for (const development of [false, true]) {
      const env = { STYXY_HOME: '/srv/styxy' };
      assert.equal(homeFolder({ ...user, env, development }), '/srv/styxy');
    }
  });

  it('is never relative', () => {
    for (const asked of ['styxy', './styxy', '~/styxy']) {
      assert.throws(
        () => homeFolder({ ...user, env: { STYXY_HOME: asked } }),
        (error) => error instanceof StyxyError && error.code === 'invalid_argument',
      );
    }
  });
});

describe('a socket path', () => {
  const windows = {
    platform: 'win32',
    uid: undefined,
    runtimeDir: undefined,
    tmpdir: 'C:\\Temp',
    hostId: '0123456789ab',
  } as const;

  it('is a pipe name on Windows', async () => {
    assert.equal(await socketPathFor('00ff', windows), '\\\\.\\pipe\\styxy-0123456789ab-00ff');
  });

  it('is never made of anything but a nonce', async () => {
    for (const nonce of ['', '../x', 'a/b', 'a\\b', 'a\0']) {
      await assert.rejects(
        socketPathFor(nonce, windows),
        (error) => error instanceof StyxyError && error.code === 'invalid_argument',
      );
    }
  });
});
