import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SystemClock, SystemIds } from '../../../../src/platform/fs/runtime';
import { ConfigFile } from '../../../../src/platform/home/configFile';
import { isRoot, refusal, STRANGER, temporaryFolder, withoutAccess } from '../support';

const NOW = Date.UTC(2026, 10, 23, 7, 24, 0, 123);

/** Stands still until it is set. */
class SetClock extends SystemClock {
  at = NOW;
  override now(): number {
    return this.at;
  }
}

/** Does something to the file at the moment when the temporary file is named. */
class MeddlingIds extends SystemIds {
  meddle: () => void = () => undefined;
  override nonce(bytes: number): string {
    this.meddle();
    return super.nonce(bytes);
  }
}

describe('config.json', () => {
  const temporary = temporaryFolder();
  const home = () => join(temporary.path, 'home');
  const at = (...names: string[]) => join(home(), ...names);
  let clock = new SetClock();
  const config = (ids = new SystemIds()) => new ConfigFile({ home: home(), clock, ids });
  const write = (text: string | Uint8Array) => writeFile(at('config.json'), text, { mode: 0o600 });
  const content = () => readFile(at('config.json'), 'utf8');
  const backups = async () => (await readdir(at('backups'))).sort();
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

  beforeEach(async () => {
    clock = new SetClock();
    await mkdir(home());
  });

  async function unreadable(message: RegExp): Promise<string> {
    const read = await config().read();
    assert.ok(read.kind === 'unreadable', read.kind);
    assert.match(read.error.message, message);
    assert.equal(await config().changed(read.stamp), false);
    return read.error.code;
  }

  describe('reading', () => {
    it('answers the text', async () => {
      await write('{ "ü": 1 } // mine\n');
      const read = await config().read();
      assert.ok(read.kind === 'read');
      assert.equal(read.text, '{ "ü": 1 } // mine\n');
      assert.equal(config().path, at('config.json'));
    });

    it('says that there is none', async () => {
      assert.equal((await config().read()).kind, 'absent');
      await rm(home(), { recursive: true });
      assert.equal((await config().read()).kind, 'absent');
    });

    it('takes up to 1 MiB', async () => {
      await write(' '.repeat(1024 * 1024));
      assert.equal((await config().read()).kind, 'read');
      await write(' '.repeat(1024 * 1024 + 1));
      assert.equal(await unreadable(/config\.json is longer than 1 MiB/), 'invalid_config');
    });

    it('takes nothing but a file of text', async () => {
      await write(Buffer.from([0xff, 0xfe, 0x7b, 0x00]));
      assert.equal(await unreadable(/is not UTF-8 text/), 'invalid_config');
      await rm(at('config.json'));
      await mkdir(at('config.json'));
      assert.equal(await unreadable(/is not a file/), 'invalid_config');
      await refusal(config().replace(undefined, '{}'), 'invalid_config', /is not a file/);
    });

    it('does not wait for a pipe', async () => {
      await promisify(execFile)('mkfifo', [at('config.json')]);
      assert.equal(await unreadable(/is not a file/), 'invalid_config');
    });

    it('never takes what it may not read for absent', async () => {
      await write('{}');
      await withoutAccess(home(), async () => {
        assert.equal(await unreadable(/EACCES/), 'storage_unavailable');
      });
    });

    it('takes links that go round for no file', async () => {
      await symlink(at('config.json'), at('config.json'));
      assert.equal(await unreadable(/ELOOP/), 'storage_unavailable');
    });
  });

  describe('a stamp', () => {
    it('changes with the file', async () => {
      const file = config();
      let stamp = (await file.read()).stamp;
      const steps: readonly (readonly [string, () => Promise<void>])[] = [
        ['created', () => write('{}')],
        ['another size', () => write('{ }')],
        ['another time', () => utimes(at('config.json'), 1, 1)],
        [
          'another file of the same size and time',
          async () => {
            await writeFile(at('other'), '[1]', { mode: 0o600 });
            await utimes(at('other'), 1, 1);
            await promisify(execFile)('mv', [at('other'), at('config.json')]);
          },
        ],
        ['another mode', () => chmod(at('config.json'), 0o400)],
        ['removed', () => rm(at('config.json'))],
        ['something else', async () => void (await mkdir(at('config.json')))],
      ];
      for (const [name, step] of steps) {
        assert.equal(await file.changed(stamp), false, `before: ${name}`);
        await step();
        assert.equal(await file.changed(stamp), true, name);
        stamp = (await file.read()).stamp;
      }
    });

    it('is that of the target of a link', async () => {
      await writeFile(at('dotfile'), '{}');
      await symlink('dotfile', at('config.json'));
      const { stamp } = await config().read();
      await writeFile(at('dotfile'), '{"a":1}');
      assert.equal(await config().changed(stamp), true);
    });

    it('is answered for what was written', async () => {
      const stamp = await config().replace(undefined, '{}');
      assert.equal(await config().changed(stamp), false);
      assert.equal((await config().read()).stamp, stamp);
      await write('{ }');
      assert.equal(await config().changed(stamp), true);
    });
  });

  describe('replacing', () => {
    it('makes a private file where there is none, and the home with it', async () => {
      await rm(home(), { recursive: true });
      await config().replace(undefined, '{"ü":1}\n');
      assert.equal(await content(), '{"ü":1}\n');
      assert.equal(await modeOf(at('config.json')), 0o600);
      assert.equal(await modeOf(home()), 0o700);
      assert.deepEqual(await readdir(home()), ['config.json']);
    });

    it('keeps what was there as a backup', async () => {
      await writeFile(at('config.json'), 'old', { mode: 0o644 });
      await config().replace('old', 'new');
      assert.equal(await content(), 'new');
      assert.equal(await modeOf(at('config.json')), 0o600);
      assert.deepEqual(await backups(), ['config.json.20261123T072400.123Z']);
      const backup = at('backups', 'config.json.20261123T072400.123Z');
      assert.equal(await readFile(backup, 'utf8'), 'old');
      assert.equal(await modeOf(backup), 0o600);
      assert.equal(await modeOf(at('backups')), 0o700);
      assert.deepEqual((await readdir(home())).sort(), ['backups', 'config.json']);
    });

    it('keeps a stricter mode', async () => {
      await write('old');
      await chmod(at('config.json'), 0o400);
      await config().replace('old', 'new');
      assert.equal(await content(), 'new');
      assert.equal(await modeOf(at('config.json')), 0o400);
    });

    it('is refused when the file is not what it was', async () => {
      await write('theirs');
      for (const before of ['ours', undefined, '', 'theirs\n']) {
        const error = await refusal(
          config().replace(before, 'new'),
          'storage_unavailable',
          /config\.json was changed while Styxy was about to write it/,
        );
        assert.equal(error.retryable, true);
        assert.equal(error.details.reason, 'changed');
      }
      assert.equal(await content(), 'theirs');
      assert.deepEqual(await readdir(home()), ['config.json']);
      await rm(at('config.json'));
      await refusal(config().replace('theirs', 'new'), 'storage_unavailable', /was changed/);
      assert.deepEqual(await readdir(home()), []);
    });

    it('is refused when the file changes while it is prepared', async () => {
      await write('old');
      const ids = new MeddlingIds();
      ids.meddle = () => writeFileSync(at('config.json'), 'theirs');
      await refusal(config(ids).replace('old', 'new'), 'storage_unavailable', /was changed/);
      assert.equal(await content(), 'theirs');
      assert.deepEqual(await backups(), []);
      assert.deepEqual((await readdir(home())).sort(), ['backups', 'config.json']);
    });

    it('happens one after the other', async () => {
      await write('0');
      const file = config();
      await Promise.all([file.replace('0', '1'), file.replace('1', '2'), file.replace('2', '3')]);
      assert.equal(await content(), '3');
      const results = await Promise.allSettled([file.replace('3', 'a'), file.replace('3', 'b')]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected'],
      );
      assert.equal(await content(), 'a');
    });

    it('the same text is not written again', async () => {
      await write('same');
      const { stamp } = await config().read();
      assert.equal(await config().replace('same', 'same'), stamp);
      assert.deepEqual(await readdir(home()), ['config.json']);
    });

    it('keeps a byte order mark, which nobody else has to know of', async () => {
      await write('\ufeff{}');
      const read = await config().read();
      assert.ok(read.kind === 'read');
      assert.equal(read.text, '{}');
      await config().replace('{}', '{ }');
      assert.equal(await content(), '\ufeff{ }');
      const [backup = ''] = await backups();
      assert.equal(await readFile(at('backups', backup), 'utf8'), '\ufeff{}');
    });

    it('never makes a file that it would not read', async () => {
      await write('{}');
      const long = ' '.repeat(1024 * 1024 + 1);
      await refusal(
        config().replace('{}', long),
        'invalid_config',
        /would become longer than 1 MiB/,
      );
      assert.equal(await content(), '{}');
    });

    it('a replacement that fails leaves everything as it was', async () => {
      await write('old');
      await writeFile(at('backups'), 'in the way');
      await refusal(config().replace('old', 'new'), 'storage_unavailable', /EEXIST|ENOTDIR/);
      assert.equal(await content(), 'old');
      assert.deepEqual((await readdir(home())).sort(), ['backups', 'config.json']);
    });

    it('says who may not write', async () => {
      await write('old');
      const folder = home();
      if (isRoot()) {
        await chmod(at('config.json'), 0o644);
        await chmod(folder, 0o755);
        await chmod(temporary.path, 0o755);
        process.seteuid?.(STRANGER);
      } else {
        await chmod(folder, 0o500);
      }
      try {
        await refusal(config().replace('old', 'new'), 'permission_denied', /may not write/);
      } finally {
        process.seteuid?.(process.getuid?.() ?? 0);
        await chmod(folder, 0o700);
      }
      assert.equal(await content(), 'old');
    });
  });

  describe('a link', () => {
    it('stays one; what it points to is replaced', async () => {
      const dotfiles = join(temporary.path, 'dotfiles');
      await mkdir(dotfiles);
      await writeFile(join(dotfiles, 'styxy.json'), 'old');
      await symlink('../dotfiles/styxy.json', join(home(), 'between'));
      await symlink('between', at('config.json'));
      await config().replace('old', 'new');
      assert.equal(await readlink(at('config.json')), 'between');
      assert.equal(await readFile(join(dotfiles, 'styxy.json'), 'utf8'), 'new');
      assert.ok((await lstat(join(dotfiles, 'styxy.json'))).isFile());
      assert.deepEqual(await readdir(dotfiles), ['styxy.json']);
      assert.equal((await backups()).length, 1);
    });

    it('a dangling link gets its file', async () => {
      const dotfiles = join(temporary.path, 'dotfiles');
      await mkdir(dotfiles);
      await symlink(join(dotfiles, 'styxy.json'), at('config.json'));
      assert.equal((await config().read()).kind, 'absent');
      await config().replace(undefined, 'new');
      assert.ok((await lstat(at('config.json'))).isSymbolicLink());
      assert.equal(await readFile(join(dotfiles, 'styxy.json'), 'utf8'), 'new');
    });

    it('into nowhere is refused', async () => {
      await symlink(join(temporary.path, 'gone', 'styxy.json'), at('config.json'));
      await refusal(config().replace(undefined, 'new'), 'storage_unavailable', /ENOENT/);
      assert.deepEqual(await readdir(home()), ['config.json']);
    });
  });

  describe('backups', () => {
    it('are the newest ten; other files stay', async () => {
      await mkdir(at('backups'));
      const others = ['config.json', 'config.json.mine', 'config.json.20261123T072400Z', 'x'];
      await Promise.all(others.map((name) => writeFile(at('backups', name), '')));
      await write('0');
      for (let version = 0; version < 13; version++) {
        clock.at = NOW + version * 60_000;
        await config().replace(String(version), String(version + 1));
      }
      const names = (await backups()).filter((name) => !others.includes(name));
      const texts = await Promise.all(names.map((name) => readFile(at('backups', name), 'utf8')));
      assert.deepEqual(texts, ['3', '4', '5', '6', '7', '8', '9', '10', '11', '12']);
      assert.equal((await backups()).length, 10 + others.length);
    });

    it('backups of the same moment are several files', async () => {
      await write('0');
      await config().replace('0', '1');
      await config().replace('1', '2');
      const names = ['config.json.20261123T072400.123Z', 'config.json.20261123T072400.124Z'];
      assert.deepEqual(await backups(), names);
    });

    it('are in the order of writing, also after a clock was set back', async () => {
      await write('0');
      for (let version = 0; version < 12; version++) {
        clock.at = NOW - version * 60_000;
        await config().replace(String(version), String(version + 1));
      }
      const names = await backups();
      const texts = await Promise.all(names.map((name) => readFile(at('backups', name), 'utf8')));
      assert.deepEqual(texts, ['2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
    });
  });
});
