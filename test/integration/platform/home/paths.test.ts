import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preparePaths, type PathsOptions } from '../../../../src/platform/home/paths';
import { MAX_SOCKET_PATH_BYTES } from '../../../../src/platform/net/socket';
import { isRoot, refusal, STRANGER, temporaryFolder } from '../support';

describe('paths', () => {
  const temporary = temporaryFolder();
  const at = (...names: string[]) => join(temporary.path, ...names);
  const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

  function options(over: Partial<PathsOptions> = {}): PathsOptions {
    return {
      env: { STYXY_HOME: at('home'), XDG_RUNTIME_DIR: at('run') },
      platform: 'linux',
      uid: process.getuid?.(),
      homedir: at('user'),
      tmpdir: at('tmp'),
      hostname: 'box',
      development: false,
      machineId: () => Promise.resolve('3d1219c7c4c5404aaa1f6d2a48adfda4'),
      inContainer: () => Promise.resolve(false),
      ...over,
    };
  }

  beforeEach(async () => {
    await Promise.all(['user', 'run', 'tmp'].map((name) => mkdir(at(name), { mode: 0o700 })));
  });

  describe('a home', () => {
    it('is made with everything in it private', async () => {
      const paths = await preparePaths(options());
      assert.equal(paths.home, at('home'));
      assert.match(paths.hostId, /^[0-9a-f]{12}$/);
      assert.equal(paths.hostFolder, at('home', 'hosts', paths.hostId));
      for (const folder of [paths.home, at('home', 'hosts'), paths.hostFolder]) {
        assert.equal(await modeOf(folder), 0o700);
      }
      assert.deepEqual((await preparePaths(options())).hostFolder, paths.hostFolder);
    });

    it('is made with the folders above it, and in the user folder by default', async () => {
      const deep = await preparePaths(options({ env: { STYXY_HOME: at('a', 'b', 'c') } }));
      assert.equal(deep.home, at('a', 'b', 'c'));
      assert.equal((await preparePaths(options({ env: {} }))).home, at('user', '.styxy'));
      const development = await preparePaths(options({ env: {}, development: true }));
      assert.equal(development.home, at('user', '.styxy-dev'));
    });

    it('may be readable by others', async () => {
      await mkdir(at('home'));
      await chmod(at('home'), 0o755);
      await assert.doesNotReject(preparePaths(options()));
      assert.equal(await modeOf(at('home')), 0o755);
    });

    for (const mode of [0o777, 0o1777, 0o770, 0o702]) {
      it(`is refused when others may write to it (${mode.toString(8)})`, async () => {
        await mkdir(at('home'));
        await chmod(at('home'), mode);
        const error = await refusal(
          preparePaths(options()),
          'permission_denied',
          new RegExp(`chmod 700 '${at('home')}'`),
        );
        assert.equal(error.details.mode, mode.toString(8).padStart(4, '0'));
      });
    }

    it('is refused when others may write to a folder in it', async () => {
      const { hostFolder } = await preparePaths(options());
      await chmod(hostFolder, 0o777);
      await refusal(preparePaths(options()), 'permission_denied', /chmod 700/);
    });

    it('is refused when it is a file, lies in a file, or is a link to nothing', async () => {
      await writeFile(at('home'), '');
      await refusal(preparePaths(options()), 'invalid_argument', /not a folder.*STYXY_HOME/);
      const below = options({ env: { STYXY_HOME: at('home', 'below') } });
      await refusal(preparePaths(below), 'invalid_argument', /part of that path is a file/);
      await rm(at('home'));
      await symlink(at('nowhere'), at('home'));
      await refusal(preparePaths(options()), 'storage_unavailable', /ENOENT/);
    });

    it('may be a link to a private folder, and is then named by that', async () => {
      await mkdir(at('elsewhere'), { mode: 0o700 });
      await symlink(at('elsewhere'), at('home'));
      assert.equal((await preparePaths(options())).home, at('elsewhere'));
    });

    it('is refused as a link to a folder that others may write to', async () => {
      await mkdir(at('shared'));
      await chmod(at('shared'), 0o777);
      await symlink(at('shared'), at('home'));
      await refusal(
        preparePaths(options()),
        'permission_denied',
        new RegExp(`chmod 700 '${at('shared')}'`),
      );
    });

    it('is refused when another user owns it, or the link to it', async function () {
      if (!isRoot()) {
        // Only root may give a folder away.
        this.skip();
      }
      await mkdir(at('home'), { mode: 0o700 });
      await chown(at('home'), STRANGER, STRANGER);
      const error = await refusal(preparePaths(options()), 'permission_denied', /another user/);
      assert.equal(error.details.owner, STRANGER);
      await rm(at('home'), { recursive: true });
      await symlink(at('home'), at('link'));
      await mkdir(at('home'), { mode: 0o700 });
      const stranger = options({ uid: STRANGER, env: { STYXY_HOME: at('link') } });
      await refusal(preparePaths(stranger), 'permission_denied', /another user/);
    });

    it('has no modes to check on Windows', async () => {
      await mkdir(at('home'));
      await chmod(at('home'), 0o777);
      await assert.doesNotReject(preparePaths(options({ uid: undefined })));
    });
  });

  describe('a socket path', () => {
    it('lies in the runtime folder', async () => {
      const paths = await preparePaths(options());
      assert.equal(await paths.socketPath('00ff'), at('run', 'styxy', '00ff.sock'));
      assert.equal(await modeOf(at('run', 'styxy')), 0o700);
    });

    it('gets its folder again when a clean-up took it', async () => {
      const paths = await preparePaths(options());
      await paths.socketPath('00ff');
      await rm(at('run', 'styxy'), { recursive: true });
      await paths.socketPath('00ff');
      assert.equal(await modeOf(at('run', 'styxy')), 0o700);
    });

    it('lies in a folder of the own for temporary files, where there is no runtime folder', async () => {
      const own = `styxy-${process.getuid?.()}`;
      for (const runtime of [undefined, 'relative', at('missing')]) {
        const env = { STYXY_HOME: at('home'), XDG_RUNTIME_DIR: runtime };
        const paths = await preparePaths(options({ env }));
        assert.equal(await paths.socketPath('00ff'), at('tmp', own, '00ff.sock'));
      }
      assert.equal(await modeOf(at('tmp', own)), 0o700);
    });

    it('does not lie where others may write', async () => {
      await mkdir(at('run', 'styxy'));
      await chmod(at('run', 'styxy'), 0o777);
      const paths = await preparePaths(options());
      const path = await paths.socketPath('00ff');
      assert.ok(path.startsWith(at('tmp')), path);
    });

    it('does not lie in the runtime folder of another user', async function () {
      if (!isRoot()) {
        // Only root may give a folder away.
        this.skip();
      }
      await chown(at('run'), STRANGER, STRANGER);
      const paths = await preparePaths(options());
      assert.ok((await paths.socketPath('00ff')).startsWith(at('tmp')));
    });

    it('is short enough, counted in bytes, or refused', async () => {
      const long = at('tmp', 'ü'.repeat(30));
      await mkdir(long);
      const shortTmp = await mkdtemp('/tmp/s-');
      const tight = { env: { STYXY_HOME: at('home') }, tmpdir: long, shortTmp };
      try {
        const path = await (await preparePaths(options(tight))).socketPath('0'.repeat(32));
        assert.ok(path.startsWith(join(shortTmp, `styxy-${process.getuid?.()}`)), path);
        assert.ok(Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES);
        const hopeless = { ...tight, shortTmp: long };
        const refused = (await preparePaths(options(hopeless))).socketPath('0'.repeat(32));
        await refusal(refused, 'invalid_argument', /103 bytes.*TMPDIR/);
      } finally {
        await rm(shortTmp, { recursive: true });
      }
    });
  });
});
