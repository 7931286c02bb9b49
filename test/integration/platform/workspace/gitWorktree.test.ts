import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FileWorktreeReader } from '../../../../src/platform/workspace/gitWorktree';
import { temporaryFolder, withoutAccess } from '../support';

const run = promisify(execFile);

/** Nobody's own configuration, and no repository but the one named. */
const ENVIRONMENT = {
  ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};
const SETTINGS = [
  ...['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid'],
  ...['-c', 'protocol.file.allow=always'],
];

async function git(folder: string, ...args: string[]): Promise<void> {
  await run('git', ['-C', folder, ...SETTINGS, ...args], { env: ENVIRONMENT });
}

async function repositoryAt(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await git(folder, 'init', '--quiet');
  await git(folder, 'commit', '--quiet', '--allow-empty', '--message=one');
}

describe('what git says of a folder', () => {
  const temporary = temporaryFolder();
  const at = (...names: string[]) => join(temporary.path, ...names);
  const worktreeOf = (folder: string) => new FileWorktreeReader().worktreeOf(folder);
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
