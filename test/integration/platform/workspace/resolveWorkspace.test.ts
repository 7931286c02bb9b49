import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileWorkspaceResolver } from '../../../../src/platform/workspace/resolveWorkspace';
import { refusal, temporaryFolder, withoutAccess } from '../support';

describe('the workspace of a folder', () => {
  const temporary = temporaryFolder();
  const resolver = new FileWorkspaceResolver();
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
