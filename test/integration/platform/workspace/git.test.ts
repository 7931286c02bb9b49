import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CommandResult, RunCommand } from '../../../../src/platform/fs/runProgram';
import {
  branchOf,
  FileWorkspaceReader,
  isTracked,
  worktreeOf,
} from '../../../../src/platform/workspace/git';
import { refusal, temporaryFolder, withoutAccess } from '../support';

const run = promisify(execFile);

/** Nobody's own configuration, and no repository but the one named. */
const ENVIRONMENT = {
  ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};
const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid'];

async function git(folder: string, ...args: string[]): Promise<void> {
  const allowed = ['-c', 'protocol.file.allow=always'];
  await run('git', ['-C', folder, ...IDENTITY, ...allowed, ...args], { env: ENVIRONMENT });
}

/** A repository on `main` with one commit that has `.env`. */
async function repositoryAt(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await writeFile(join(folder, '.env'), 'A=1\n');
  await git(folder, 'add', '.env');
  await git(folder, 'commit', '--quiet', '--message=one');
}

const answering =
  (result: CommandResult): RunCommand =>
  () =>
    Promise.resolve(result);

describe('git', () => {
  const temporary = temporaryFolder();
  const at = (...names: string[]) => join(temporary.path, ...names);

  beforeEach(() => repositoryAt(at('repo')));

  describe('branchOf', () => {
    it('is what is checked out, slashes included', async () => {
      assert.equal(await branchOf(at('repo')), 'main');
      await git(at('repo'), 'switch', '--quiet', '--create', 'feature/cart-ü');
      assert.equal(await branchOf(at('repo')), 'feature/cart-ü');
    });

    it('is that of a repository above, and of one before its first commit', async () => {
      await mkdir(at('repo', 'apps', 'web'), { recursive: true });
      assert.equal(await branchOf(at('repo', 'apps', 'web')), 'main');
      await mkdir(at('new'));
      await git(at('new'), 'init', '--quiet', '--initial-branch=trunk');
      assert.equal(await branchOf(at('new')), 'trunk');
    });

    it('reads no further than a NUL', async () => {
      await writeFile(at('repo', '.git', 'HEAD'), 'ref: refs/heads/main\0b\n');
      assert.equal(await branchOf(at('repo')), 'main');
      await mkdir(at('other'));
      await writeFile(at('other', '.git'), 'gitdir: nowhere\0\n');
      assert.equal(await branchOf(at('other')), undefined);
    });

    it('is each worktree’s own', async () => {
      await git(at('repo'), 'worktree', 'add', '--quiet', '-b', 'staging', at('tree'));
      assert.equal(await branchOf(at('tree')), 'staging');
      assert.equal(await branchOf(at('repo')), 'main');
    });

    it('is a submodule’s own, whose pointer is relative', async () => {
      await repositoryAt(at('library'));
      await git(at('repo'), 'submodule', '--quiet', 'add', at('library'), 'lib');
      await git(at('repo', 'lib'), 'switch', '--quiet', '--create', 'inner');
      assert.equal(await branchOf(at('repo', 'lib')), 'inner');
    });

    it('is none without a branch', async () => {
      await git(at('repo'), 'switch', '--quiet', '--detach');
      assert.equal(await branchOf(at('repo')), undefined);
      await mkdir(at('plain'));
      assert.equal(await branchOf(at('plain')), undefined);
      assert.equal(await branchOf(at('gone')), undefined);
    });

    for (const [name, content] of [
      ['nothing', ''],
      ['words', 'hello\n'],
      ['a pointer to nothing', 'gitdir: ../nowhere\n'],
      ['a pointer without an end', `gitdir: ${'x'.repeat(100_000)}`],
    ] as const) {
      it(`is none where .git holds ${name}`, async () => {
        await mkdir(at('plain'));
        await writeFile(at('plain', '.git'), content);
        assert.equal(await branchOf(at('plain')), undefined);
      });
    }

    it('is none where HEAD is no file, or stands for another format', async () => {
      await mkdir(at('plain', '.git', 'HEAD'), { recursive: true });
      assert.equal(await branchOf(at('plain')), undefined);
      await rm(at('plain', '.git', 'HEAD'), { recursive: true });
      await writeFile(at('plain', '.git', 'HEAD'), 'ref: refs/heads/.invalid\n');
      assert.equal(await branchOf(at('plain')), undefined);
    });

    it('is none where nobody may look', async () => {
      await withoutAccess(temporary.path, async () => {
        assert.equal(await branchOf(at('repo')), undefined);
      });
    });
  });

  describe('isTracked', () => {
    it('is what the index says, for files that are gone too', async () => {
      assert.equal(await isTracked(at('repo'), '.env'), true);
      assert.equal(await isTracked(at('repo'), '.env.local'), false);
      await rm(at('repo', '.env'));
      assert.equal(await isTracked(at('repo'), '.env'), true);
      await writeFile(at('repo', 'staged.env'), '');
      await git(at('repo'), 'add', 'staged.env');
      assert.equal(await isTracked(at('repo'), 'staged.env'), true);
    });

    it('takes a path for what it says, not for a pattern', async () => {
      assert.equal(await isTracked(at('repo'), '*.env'), false);
      assert.equal(await isTracked(at('repo'), ':(glob)**'), false);
      await writeFile(at('repo', '[a].env'), '');
      await git(at('repo'), '--literal-pathspecs', 'add', '[a].env');
      assert.equal(await isTracked(at('repo'), '[a].env'), true);
      assert.equal(await isTracked(at('repo'), 'a.env'), false);
    });

    it('is asked in the repository that the file lies in', async () => {
      await git(at('repo'), 'worktree', 'add', '--quiet', '-b', 'staging', at('tree'));
      assert.equal(await isTracked(at('tree'), '.env'), true);
      assert.equal(await isTracked(at('tree'), 'other.env'), false);
      await repositoryAt(at('library'));
      await git(at('repo'), 'submodule', '--quiet', 'add', at('library'), 'lib');
      assert.equal(await isTracked(at('repo'), 'lib/.env'), true);
      assert.equal(await isTracked(at('repo'), 'lib/other.env'), false);
      await mkdir(at('repo', 'apps', 'web'), { recursive: true });
      assert.equal(await isTracked(at('repo', 'apps', 'web'), '.env'), false);
      await writeFile(at('repo', 'apps', 'web', '.env'), '');
      await git(at('repo'), 'add', 'apps/web/.env');
      assert.equal(await isTracked(at('repo', 'apps', 'web'), '.env'), true);
      assert.equal(await isTracked(at('repo'), 'apps/web/.env'), true);
    });

    it('follows links to the file that would be written', async () => {
      await symlink('.env', at('repo', 'link.env'));
      assert.equal(await isTracked(at('repo'), 'link.env'), true);
      await symlink(at('repo'), at('short'));
      assert.equal(await isTracked(at('short'), '.env'), true);
      assert.equal(await isTracked(at('short'), 'new.env'), false);
    });

    it('listens to no repository that a hook of another one names', async () => {
      const hooked: RunCommand = async (file, args, options = {}) => {
        const env = {
          ...process.env,
          GIT_DIR: at('elsewhere'),
          GIT_WORK_TREE: at('elsewhere'),
          GIT_INDEX_FILE: at('elsewhere', 'index'),
          ...options.env,
        };
        try {
          const { stdout } = await run(file, [...args], { env });
          return { stdout, exitCode: 0 };
        } catch (error) {
          assert.ok(error instanceof Error && 'code' in error);
          return { stdout: '', exitCode: Number(error.code) };
        }
      };
      assert.equal(await isTracked(at('repo'), '.env', hooked), true);
      assert.equal(await isTracked(at('repo'), 'other.env', hooked), false);
    });

    it('runs no program that the repository names', async () => {
      const marker = at('ran');
      await git(at('repo'), 'config', 'core.fsmonitor', `touch '${marker}'; false`);
      assert.equal(await isTracked(at('repo'), '.env'), true);
      assert.equal(await branchOf(at('repo')), 'main');
      await assert.rejects(run('ls', [marker]));
    });

    it('is false without a repository, and asks nobody', async () => {
      await mkdir(at('plain'));
      const never: RunCommand = () => assert.fail('git was started');
      assert.equal(await isTracked(at('plain'), '.env', never), false);
    });

    it('is true when git is missing, too slow or at odds with the repository', async () => {
      const path = 'other.env';
      assert.equal(await isTracked(at('repo'), path, answering({ stdout: '' })), true);
      assert.equal(
        await isTracked(at('repo'), path, answering({ stdout: '', exitCode: 128 })),
        true,
      );
      assert.equal(
        await isTracked(at('repo'), path, answering({ stdout: '', exitCode: 1 })),
        false,
      );
      await mkdir(at('plain', '.git'), { recursive: true });
      assert.equal(await isTracked(at('plain'), path), true);
      await rm(at('plain', '.git'), { recursive: true });
      await writeFile(at('plain', '.git'), 'no pointer\n');
      assert.equal(await isTracked(at('plain'), path), true);
    });

    it('is true where nobody may look', async () => {
      await withoutAccess(temporary.path, async () => {
        assert.equal(await isTracked(at('repo'), '.env.local'), true);
      });
    });
  });
});

describe('what git says of a folder', () => {
  const temporary = temporaryFolder();
  const at = (...names: string[]) => join(temporary.path, ...names);
  const repo = () => ({ kind: 'worktree', root: at('repo'), repository: at('repo', '.git') });

  beforeEach(() => repositoryAt(at('repo')));

  it('the working tree that holds it', async () => {
    await mkdir(at('repo', 'apps', 'web'), { recursive: true });
    assert.deepEqual(await worktreeOf(at('repo')), repo());
    assert.deepEqual(await worktreeOf(at('repo', 'apps', 'web')), repo());
    await symlink(at('repo', 'apps'), at('link'));
    assert.deepEqual(await worktreeOf(at('link', 'web')), repo());
  });

  it('worktrees share their repository, and each has a root of its own', async () => {
    const trees = [at('tree'), at('repo', '.worktrees', 'inside')];
    for (const root of trees) {
      await git(at('repo'), 'worktree', 'add', '--quiet', '--detach', root);
      assert.deepEqual(await worktreeOf(root), { ...repo(), root });
    }
  });

  it('worktrees of a bare repository do, too', async () => {
    await git(at(), 'clone', '--quiet', '--bare', at('repo'), at('bare'));
    for (const root of [at('one'), at('two')]) {
      await git(at('bare'), 'worktree', 'add', '--quiet', '--detach', root);
      const found = await worktreeOf(root);
      assert.deepEqual(found, { kind: 'worktree', root, repository: at('bare') });
    }
  });

  it('a clone is another repository, and so is a submodule', async () => {
    await git(at(), 'clone', '--quiet', at('repo'), at('clone'));
    const clone = { kind: 'worktree', root: at('clone'), repository: at('clone', '.git') };
    assert.deepEqual(await worktreeOf(at('clone')), clone);
    await git(at('repo'), 'submodule', '--quiet', 'add', at('clone'), 'lib');
    const repository = at('repo', '.git', 'modules', 'lib');
    const library = { kind: 'worktree', root: at('repo', 'lib'), repository };
    assert.deepEqual(await worktreeOf(at('repo', 'lib')), library);
  });

  it('nothing without a repository', async () => {
    await mkdir(at('plain'));
    assert.deepEqual(await worktreeOf(at('plain')), { kind: 'none' });
  });

  it('a repository of its own, where the pointer leads nowhere', async () => {
    await mkdir(at('odd'));
    await writeFile(at('odd', '.git'), 'nonsense\n');
    const entry = at('odd', '.git');
    const odd = { kind: 'worktree', root: at('odd'), repository: entry };
    assert.deepEqual(await worktreeOf(at('odd')), odd);
    await writeFile(entry, 'gitdir: ../gone\n');
    assert.deepEqual(await worktreeOf(at('odd')), { ...odd, repository: at('gone') });
  });

  it('the same, where the pointer has a NUL in it', async () => {
    await mkdir(at('odd'));
    await writeFile(at('odd', '.git'), 'gitdir: nowhere\0\n');
    assert.deepEqual(await worktreeOf(at('odd')), {
      kind: 'worktree',
      root: at('odd'),
      repository: at('odd', 'nowhere'),
    });
  });

  it('unknown when the folder is gone, even from within a repository', async () => {
    await mkdir(at('repo', 'gone'));
    await rm(at('repo', 'gone'), { recursive: true });
    assert.deepEqual(await worktreeOf(at('repo', 'gone')), { kind: 'unknown' });
  });

  it('unknown when it may not be looked at', async () => {
    await mkdir(at('repo', 'apps'));
    await withoutAccess(at('repo'), async () => {
      assert.deepEqual(await worktreeOf(at('repo', 'apps')), { kind: 'unknown' });
    });
  });
});

describe('the workspace of a folder', () => {
  const temporary = temporaryFolder();
  const resolver = new FileWorkspaceReader();
  const nothing: ReadonlySet<string> = new Set();
  const at = (...names: string[]) => join(temporary.path, ...names);
  const deep = () => at('repo', 'packages', 'web', 'src');

  beforeEach(() => mkdir(deep(), { recursive: true }));

  it('is the folder itself when nothing else speaks', async () => {
    assert.deepEqual(await resolver.resolve(deep(), nothing), {
      workspace: deep(),
      because: 'folder',
    });
  });

  it('is the nearest with a .git, be it a folder or a worktree’s file', async () => {
    await mkdir(at('repo', '.git'));
    assert.deepEqual(await resolver.resolve(deep(), nothing), {
      workspace: at('repo'),
      because: 'git',
    });
    await writeFile(at('repo', 'packages', '.git'), 'gitdir: /somewhere\n');
    assert.deepEqual(await resolver.resolve(deep(), nothing), {
      workspace: at('repo', 'packages'),
      because: 'git',
    });
  });

  it('is the nearest with a plan, even above a .git', async () => {
    await writeFile(at('repo', 'styxy.json'), '{}');
    await mkdir(at('repo', 'packages', 'web', '.git'));
    assert.deepEqual(await resolver.resolve(deep(), nothing), {
      workspace: at('repo'),
      because: 'plan',
    });
    await writeFile(at('repo', 'packages', 'styxy.json'), '{}');
    assert.equal((await resolver.resolve(deep(), nothing)).workspace, at('repo', 'packages'));
  });

  it('is not one whose plan is a folder', async () => {
    await mkdir(at('repo', 'styxy.json'));
    assert.equal((await resolver.resolve(deep(), nothing)).because, 'folder');
  });

  it('is the nearest open folder before everything else', async () => {
    await writeFile(at('repo', 'packages', 'web', 'styxy.json'), '{}');
    const open = new Set([at('repo'), at('repo', 'packages'), at('other')]);
    assert.deepEqual(await resolver.resolve(deep(), open), {
      workspace: at('repo', 'packages'),
      because: 'open',
    });
    assert.equal((await resolver.resolve(at('repo'), open)).workspace, at('repo'));
  });

  it('is canonical', async () => {
    await symlink(at('repo', 'packages'), at('short'));
    assert.deepEqual(await resolver.resolve(at('short', 'web', '..', 'web'), nothing), {
      workspace: at('repo', 'packages', 'web'),
      because: 'folder',
    });
  });

  it('is seen as it is now, not as it was', async () => {
    await mkdir(at('repo', '.git'));
    assert.equal((await resolver.resolve(deep(), nothing)).because, 'git');
    await rm(at('repo', '.git'), { recursive: true });
    assert.equal((await resolver.resolve(deep(), nothing)).because, 'folder');
  });

  it('is refused for what is no folder', async () => {
    await writeFile(at('file'), '');
    await refusal(resolver.resolve(at('missing'), nothing), 'invalid_argument', /no folder/);
    await refusal(resolver.resolve(at('file'), nothing), 'invalid_argument', /is a file/);
    await refusal(resolver.resolve(at('file', 'x'), nothing), 'invalid_argument', /no folder/);
    await symlink(at('loop'), at('loop'));
    await refusal(resolver.resolve(at('loop'), nothing), 'invalid_argument', /ELOOP/);
  });

  it('exists unless it is proven gone', async () => {
    assert.equal(await resolver.exists(deep()), true);
    assert.equal(await resolver.exists(at('missing')), false);
    await writeFile(at('file'), '');
    assert.equal(await resolver.exists(at('file')), false);
    assert.equal(await resolver.exists(at('file', 'x')), false);
    await symlink(at('loop'), at('loop'));
    assert.equal(await resolver.exists(at('loop')), true);
  });

  it('exists where it may not be looked at', async () => {
    await withoutAccess(temporary.path, async () => {
      assert.equal(await resolver.exists(deep()), true);
      await refusal(resolver.resolve(deep(), nothing), 'permission_denied', /may read/);
    });
  });
});
