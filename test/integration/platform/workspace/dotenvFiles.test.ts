import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock, SystemIds } from '../../../../src/platform/fs/runtime';
import { DotenvFiles } from '../../../../src/platform/workspace/dotenvFiles';
import { STRANGER, isRoot, refusal, temporaryFolder } from '../support';

const VALUES = new Map([['PORT', '3000']]);
const BLOCK = '# >>> styxy: written by Styxy, change styxy.json instead\nPORT=3000\n# <<< styxy\n';

/** Does something at the moment at which a temporary file gets its name. */
class IdsWith extends SystemIds {
  constructor(private readonly before: () => void) {
    super();
  }

  override nonce(bytes: number): string {
    this.before();
    return super.nonce(bytes);
  }
}

describe('the dotenv files of a plan', () => {
  const temporary = temporaryFolder();
  const clock = new SystemClock();
  const files = new DotenvFiles({ ids: new SystemIds(), clock });
  const at = (...names: string[]) => join(temporary.path, ...names);
  const write = (path: string, values: ReadonlyMap<string, string> = VALUES) =>
    files.write(temporary.path, path, values);
  const mode = async (path: string) => (await stat(path)).mode & 0o7777;

  it('are previewed without being touched', async () => {
    assert.deepEqual(await files.preview(temporary.path, '.env', VALUES), {
      kind: 'new',
      path: at('.env'),
      text: BLOCK,
      shadowed: [],
    });
    assert.deepEqual(await readdir(temporary.path), []);
    await writeFile(at('.env'), 'PORT=1\n');
    assert.deepEqual(await files.preview(temporary.path, '.env', VALUES), {
      kind: 'changed',
      path: at('.env'),
      text: `PORT=1\n\n${BLOCK}`,
      shadowed: ['PORT'],
    });
    assert.equal(await readFile(at('.env'), 'utf8'), 'PORT=1\n');
  });

  it('are made for their owner alone, and leave nothing beside them', async () => {
    assert.equal((await write('.env')).kind, 'new');
    assert.equal(await readFile(at('.env'), 'utf8'), BLOCK);
    assert.deepEqual(await readdir(temporary.path), ['.env']);
    if (process.platform !== 'win32') {
      assert.equal(await mode(at('.env')), 0o600);
    }
  });

  it('keep their mode and every other byte', async () => {
    const before = '\uFEFFA="ü"\r\n# mine\nB=2';
    await writeFile(at('.env'), before);
    await chmod(at('.env'), 0o664);
    assert.equal((await write('.env')).kind, 'changed');
    const block = BLOCK.replaceAll('\n', '\r\n');
    assert.equal(await readFile(at('.env'), 'utf8'), `${before}\r\n\r\n${block}`);
    if (process.platform !== 'win32') {
      assert.equal(await mode(at('.env')), 0o664);
    }
  });

  it('are left alone when nothing changes', async () => {
    await write('.env');
    await utimes(at('.env'), 1, 1);
    const before = await stat(at('.env'), { bigint: true });
    assert.equal((await write('.env')).kind, 'same');
    const after = await stat(at('.env'), { bigint: true });
    assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
  });

  it('are not made for nothing, and lose their block when no values are left', async () => {
    assert.equal((await write('.env', new Map())).kind, 'same');
    assert.deepEqual(await readdir(temporary.path), []);
    await writeFile(at('.env'), 'A=1\n');
    await write('.env');
    assert.equal((await write('.env', new Map())).kind, 'changed');
    assert.equal(await readFile(at('.env'), 'utf8'), 'A=1\n\n');
  });

  it('lie in folders that are there', async () => {
    await mkdir(at('apps', 'web'), { recursive: true });
    assert.equal((await write('apps/web/.env')).path, at('apps', 'web', '.env'));
    await refusal(write('apps/api/.env'), 'invalid_config', /no folder .*api/);
    await writeFile(at('file'), '');
    await refusal(write('file/.env'), 'invalid_config', /no folder .*file/);
    await refusal(
      files.write(at('gone'), '.env', VALUES),
      'invalid_config',
      /no folder .*gone\. Make it/,
    );
  });

  it('have paths that a plan may have', async () => {
    for (const path of ['', '../.env', '/etc/environment', '.git/config', 'styxy.json']) {
      await refusal(write(path), 'invalid_argument', /Name another file/);
    }
  });

  it('may be links inside the workspace, which stay links', async () => {
    await mkdir(at('config'));
    await writeFile(at('config', 'web.env'), 'A=1\n');
    await symlink(join('config', 'web.env'), at('.env'));
    assert.equal((await write('.env')).path, at('config', 'web.env'));
    assert.equal(await readFile(at('config', 'web.env'), 'utf8'), `A=1\n\n${BLOCK}`);
    assert.ok((await lstat(at('.env'))).isSymbolicLink());
  });

  it('are not reached by a link that leads to a plan or to git', async () => {
    await mkdir(at('.git'));
    await writeFile(at('.git', 'config'), '');
    await writeFile(at('styxy.json'), '{}');
    await symlink(at('.git', 'config'), at('one.env'));
    await symlink(at('.git'), at('folder'));
    await symlink(at('styxy.json'), at('two.env'));
    for (const path of ['one.env', 'folder/config', 'folder/new', 'two.env']) {
      await refusal(write(path), 'permission_denied', /no plan may render/);
    }
    assert.deepEqual(await readdir(at('.git')), ['config']);
    assert.equal(await readFile(at('styxy.json'), 'utf8'), '{}');
  });

  it('are not reached by a link that leads out of the workspace', async () => {
    const outside = await realpath(await mkdtemp(join(tmpdir(), 'styxy-outside-')));
    try {
      await writeFile(join(outside, '.env'), 'SECRET=1\n');
      await symlink(join(outside, '.env'), at('.env'));
      await symlink(outside, at('apps'));
      for (const path of ['.env', 'apps/.env', 'apps/new.env']) {
        const error = await refusal(write(path), 'permission_denied', /outside the workspace/);
        assert.doesNotMatch(JSON.stringify(error), /SECRET/);
      }
      assert.deepEqual(await readdir(outside), ['.env']);
      assert.equal(await readFile(join(outside, '.env'), 'utf8'), 'SECRET=1\n');
      // A sibling whose name begins like the workspace's is outside as well.
      await mkdir(at('shop'));
      await mkdir(at('shop-2'));
      await symlink(at('shop-2'), at('shop', 'apps'));
      await refusal(
        files.write(at('shop'), 'apps/.env', VALUES),
        'permission_denied',
        /outside the workspace/,
      );
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('are no folders, no links to nothing, no bytes and not endless', async () => {
    await mkdir(at('folder.env'));
    await refusal(write('folder.env'), 'invalid_config', /not a file/);
    await symlink(at('nothing'), at('dangling.env'));
    await refusal(write('dangling.env'), 'invalid_config', /link to nothing/);
    for (const content of [Buffer.from([0x41, 0xff]), Buffer.from('A=1\n', 'utf16le')]) {
      await writeFile(at('binary.env'), content);
      await refusal(write('binary.env'), 'invalid_config', /UTF-8/);
      assert.deepEqual(await readFile(at('binary.env')), content);
    }
    await writeFile(at('long.env'), ' '.repeat(1024 * 1024 + 1));
    await refusal(write('long.env'), 'invalid_config', /1 MiB/);
  });

  it('keep what an editor saves at the same moment', async () => {
    let saves = 0;
    const save = () => {
      saves += 1;
      if (saves === 1) {
        writeFileSync(at('.env'), 'MINE=1\n');
      }
    };
    const racing = new DotenvFiles({ ids: new IdsWith(save), clock });
    const { kind } = await racing.write(temporary.path, '.env', VALUES);
    assert.equal(kind, 'changed');
    assert.equal(await readFile(at('.env'), 'utf8'), `MINE=1\n\n${BLOCK}`);
    assert.deepEqual(await readdir(temporary.path), ['.env']);
  });

  it('are given up on while another program keeps changing them', async () => {
    let saves = 0;
    const save = () => {
      saves += 1;
      writeFileSync(at('.env'), `MINE=${saves}\n`);
    };
    const racing = new DotenvFiles({ ids: new IdsWith(save), clock });
    const error = await refusal(
      racing.write(temporary.path, '.env', VALUES),
      'storage_unavailable',
      /keeps changing/,
    );
    assert.equal(error.retryable, true);
    assert.equal(await readFile(at('.env'), 'utf8'), `MINE=${saves}\n`);
    assert.deepEqual(await readdir(temporary.path), ['.env']);
  });

  it('are refused where they may not be written', async () => {
    await mkdir(at('locked'));
    await writeFile(at('locked', '.env'), 'A=1\n', { mode: 0o644 });
    await chmod(temporary.path, 0o755);
    await chmod(at('locked'), 0o555);
    if (isRoot()) {
      process.seteuid?.(STRANGER);
    }
    try {
      const { details } = await refusal(
        write('locked/.env'),
        'permission_denied',
        /may not write .*"files" in styxy\.json/,
      );
      assert.equal(details.errno, 'EACCES');
    } finally {
      process.seteuid?.(process.getuid?.() ?? 0);
      await chmod(at('locked'), 0o755);
    }
    assert.equal(await readFile(at('locked', '.env'), 'utf8'), 'A=1\n');
  });
});
