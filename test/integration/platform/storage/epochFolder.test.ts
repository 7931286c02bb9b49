import assert from 'node:assert/strict';
import {
  link,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncKind } from '../../../../src/platform/fs/durableWrite';
import {
  errnoError,
  lockRecord,
  openFolder,
  refusal,
  temporaryFolder,
  withoutAccess,
} from '../support';

const LOCK_1 = { kind: 'lock', epoch: 1 } as const;
const MAIN_1 = { kind: 'checkpoint', epoch: 1, copy: 'main' } as const;

function content(seq: number) {
  return { sha: `sha-${seq}`, epoch: 1, seq, body: JSON.stringify({ allocations: [seq] }) };
}

/** What is in the file then. */
function written(seq: number) {
  return { ...content(seq), body: { allocations: [seq] } };
}

describe('the folder of epochs', () => {
  const temporary = temporaryFolder();
  const folder = () => openFolder(temporary.path);
  const at = (name: string) => join(temporary.path, name);
  const modeOf = async (name: string) => (await stat(at(name))).mode & 0o777;

  describe('a lock', () => {
    it('is a claim that was linked once', async () => {
      const record = lockRecord();
      await folder().prepareClaim(record);
      assert.deepEqual((await folder().list()).claims, [record.nonce]);
      assert.deepEqual(await folder().readClaim(record.nonce), { kind: 'read', value: record });
      assert.equal(await folder().claim(1, record), 'won');
      assert.deepEqual(await folder().list(), { files: [LOCK_1], highest: 1, claims: [] });
      assert.deepEqual(await folder().readLock(1), { kind: 'read', value: record });
      assert.equal(await modeOf('lock.0000000001'), 0o600);
    });

    it('is lost to whoever came first, and the claim can be used for the next number', async () => {
      const [first, second] = [lockRecord(), lockRecord()];
      await Promise.all([folder().prepareClaim(first), folder().prepareClaim(second)]);
      assert.equal(await folder().claim(1, first), 'won');
      assert.equal(await folder().claim(1, second), 'lost');
      assert.deepEqual(await folder().readLock(1), { kind: 'read', value: first });
      assert.equal(await folder().claim(2, second), 'won');
      assert.deepEqual((await folder().list()).claims, []);
    });

    it('does not change when a claim of its name is prepared again', async () => {
      const record = lockRecord();
      await folder().prepareClaim(record);
      await folder().claim(1, record);
      await link(at('lock.0000000001'), at(`claim.${record.nonce}`));
      await folder().prepareClaim({ ...record, pid: 1 });
      assert.deepEqual(await folder().readLock(1), { kind: 'read', value: record });
    });

    it('is unreadable while it is written, when damaged and when it is something else', async () => {
      const damages = [
        '',
        '{"v":1',
        '[]',
        'null',
        '{"v":1}',
        '\0'.repeat(100),
        'x'.repeat(1 << 20),
      ];
      for (const damage of damages) {
        await writeFile(at('lock.0000000001'), damage);
        assert.deepEqual(await folder().readLock(1), { kind: 'read', value: 'unreadable' });
      }
    });

    it('shows signs of life by its time', async () => {
      assert.equal(await folder().lockTouchedAt(1), undefined);
      const record = lockRecord();
      await folder().prepareClaim(record);
      await folder().claim(1, record);
      await folder().touchLock(1, 1_700_000_000_000);
      assert.equal(await folder().lockTouchedAt(1), 1_700_000_000_000);
      await folder().touchLock(1, 0);
      assert.equal(await folder().lockTouchedAt(1), 0);
      await folder().remove(LOCK_1);
      await refusal(folder().touchLock(1, 1), 'storage_unavailable', /ENOENT/);
    });

    it('is not had with a claim that somebody deleted', async () => {
      const record = lockRecord();
      await folder().prepareClaim(record);
      await folder().removeClaim(record.nonce);
      await folder().removeClaim(record.nonce);
      await refusal(folder().claim(1, record), 'storage_unavailable', /ENOENT/);
      assert.equal((await folder().list()).highest, 0);
    });
  });

  describe('a lock on a network file system', () => {
    it('is won when the link was made but its answer was lost', async () => {
      const record = lockRecord();
      const lossy = openFolder(temporary.path, {
        link: async (existing, name) => {
          await link(existing, name);
          throw errnoError('EIO');
        },
      });
      await lossy.prepareClaim(record);
      assert.equal(await lossy.claim(1, record), 'won');
      assert.deepEqual((await folder().list()).claims, []);
    });

    it('is not won when the link was not made', async () => {
      const record = lockRecord();
      const broken = openFolder(temporary.path, { link: () => Promise.reject(errnoError('EIO')) });
      await broken.prepareClaim(record);
      const error = await refusal(broken.claim(1, record), 'storage_unavailable', /EIO/);
      assert.equal(error.details.errno, 'EIO');
      assert.equal(error.retryable, true);
      assert.deepEqual(await folder().list(), { files: [], highest: 0, claims: [record.nonce] });
    });
  });

  describe('without hard links', () => {
    for (const errno of ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR']) {
      it(`exclusive creation decides (${errno})`, async () => {
        const exfat = openFolder(temporary.path, { link: () => Promise.reject(errnoError(errno)) });
        const [first, second] = [lockRecord(), lockRecord()];
        await exfat.prepareClaim(first);
        await exfat.prepareClaim(second);
        assert.equal(await exfat.claim(1, first), 'won');
        assert.equal(await exfat.claim(1, second), 'lost');
        assert.deepEqual(await exfat.readLock(1), { kind: 'read', value: first });
        assert.deepEqual((await exfat.list()).claims, [second.nonce]);
        assert.equal(await modeOf('lock.0000000001'), 0o600);
      });
    }

    it('a checkpoint still leaves its predecessor as .bak', async () => {
      const exfat = openFolder(temporary.path, { link: () => Promise.reject(errnoError('EPERM')) });
      for (const seq of [1, 2, 3]) {
        await exfat.writeCheckpoint(1, content(seq));
      }
      assert.deepEqual(JSON.parse(await readFile(at('state.0000000001.json'), 'utf8')), written(3));
      assert.deepEqual(
        JSON.parse(await readFile(at('state.0000000001.json.bak'), 'utf8')),
        written(2),
      );
    });
  });

  describe('a journal', () => {
    it('is created once', async () => {
      const journal = await folder().createJournal(1, 'a');
      assert.ok(journal !== 'lost');
      assert.equal(await folder().createJournal(1, 'a'), 'lost');
      assert.equal(await modeOf('journal.0000000001.a.ndjson'), 0o600);
      await journal.close();
      assert.equal(await folder().createJournal(1, 'a'), 'lost');
      const other = await folder().createJournal(1, 'b');
      assert.ok(other !== 'lost');
      await other.close();
    });

    it('grows by what is appended, each append synced, and knows its size', async () => {
      const syncs: SyncKind[] = [];
      const counted = openFolder(temporary.path, { onSync: (kind) => syncs.push(kind) });
      const journal = await counted.createJournal(1, 'a');
      assert.ok(journal !== 'lost');
      assert.deepEqual(syncs, ['folder']);
      await journal.append('eins\n');
      await journal.append('zwölf\n');
      assert.deepEqual(syncs, ['folder', 'journal', 'journal']);
      assert.equal(journal.size, 12);
      assert.deepEqual(await folder().readJournal(1, 'a'), {
        kind: 'read',
        value: 'eins\nzwölf\n',
      });
      await journal.close();
      await journal.close();
    });

    it('takes no lines after it was closed', async () => {
      const journal = await folder().createJournal(1, 'a');
      assert.ok(journal !== 'lost');
      await journal.close();
      await refusal(journal.append('x\n'), 'storage_unavailable', /closed/);
    });

    it('is read as far as it is there', async () => {
      assert.deepEqual(await folder().readJournal(1, 'a'), { kind: 'absent' });
      const journal = await folder().createJournal(1, 'a');
      assert.ok(journal !== 'lost');
      assert.deepEqual(await folder().readJournal(1, 'a'), { kind: 'read', value: '' });
      await journal.append('{"seq":1}\n');
      await journal.close();
      await truncate(at('journal.0000000001.a.ndjson'), 4);
      assert.deepEqual(await folder().readJournal(1, 'a'), { kind: 'read', value: '{"se' });
      await writeFile(at('journal.0000000001.a.ndjson'), Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
      assert.deepEqual(await folder().readJournal(1, 'a'), {
        kind: 'read',
        value: '{\ufffd\ufffd\n',
      });
    });
  });

  describe('a checkpoint', () => {
    it('replaces the one before, which stays as .bak', async () => {
      const syncs: SyncKind[] = [];
      const counted = openFolder(temporary.path, { onSync: (kind) => syncs.push(kind) });
      assert.equal(await counted.checkpointWrittenAt(1), undefined);
      await counted.writeCheckpoint(1, content(1));
      assert.deepEqual(await counted.readCheckpoint(1, 'bak'), { kind: 'absent' });
      await counted.writeCheckpoint(1, content(2));
      await counted.writeCheckpoint(1, content(3));
      const [main, bak] = await Promise.all([
        counted.readCheckpoint(1, 'main'),
        counted.readCheckpoint(1, 'bak'),
      ]);
      assert.ok(main.kind === 'read' && bak.kind === 'read');
      assert.deepEqual(JSON.parse(main.value), written(3));
      assert.deepEqual(JSON.parse(bak.value), written(2));
      assert.deepEqual(syncs, Array(3).fill(['checkpoint', 'folder']).flat());
      assert.deepEqual((await readdir(temporary.path)).sort(), [
        'state.0000000001.json',
        'state.0000000001.json.bak',
      ]);
      assert.equal(await modeOf('state.0000000001.json'), 0o600);
      assert.equal(await modeOf('state.0000000001.json.bak'), 0o600);
      assert.ok(((await counted.checkpointWrittenAt(1)) ?? 0) > 0);
    });

    it('is written even under NODE_ENV=test', async () => {
      const before = process.env.NODE_ENV;
      process.env.NODE_ENV = 'test';
      try {
        await folder().writeCheckpoint(1, content(1));
      } finally {
        if (before === undefined) {
          delete process.env.NODE_ENV;
        } else {
          process.env.NODE_ENV = before;
        }
      }
      assert.equal((await folder().readCheckpoint(1, 'main')).kind, 'read');
    });

    it('is the last one asked for when several are asked for at once', async () => {
      const one = folder();
      await Promise.all(
        Array.from({ length: 20 }, (_, seq) => one.writeCheckpoint(1, content(seq))),
      );
      const [main, bak] = await Promise.all([
        one.readCheckpoint(1, 'main'),
        one.readCheckpoint(1, 'bak'),
      ]);
      assert.ok(main.kind === 'read' && bak.kind === 'read');
      assert.deepEqual(JSON.parse(main.value), written(19));
      assert.deepEqual(JSON.parse(bak.value), written(18));
    });

    it('is whole whatever a crash left behind', async () => {
      const one = folder();
      await one.writeCheckpoint(1, content(1));
      await writeFile(at('state.0000000001.json.0011223344556677.tmp'), '{"sha":"half');
      // Died between giving the old one its second name and giving the new one the first.
      await link(at('state.0000000001.json'), at('state.0000000001.json.bak'));
      await link(at('state.0000000001.json'), at('state.0000000001.json.8899-bak.tmp'));
      const listing = await one.list();
      assert.deepEqual(
        listing.files.map((file) => file.kind),
        ['checkpoint', 'checkpoint'],
      );
      await one.writeCheckpoint(1, content(2));
      const [main, bak] = await Promise.all([
        one.readCheckpoint(1, 'main'),
        one.readCheckpoint(1, 'bak'),
      ]);
      assert.ok(main.kind === 'read' && bak.kind === 'read');
      assert.deepEqual(JSON.parse(main.value), written(2));
      assert.deepEqual(JSON.parse(bak.value), written(1));
      await one.remove(LOCK_1);
      assert.deepEqual((await readdir(temporary.path)).sort(), [
        'state.0000000001.json',
        'state.0000000001.json.bak',
      ]);
    });

    it('a checkpoint that cannot be written leaves the one before and nothing else', async () => {
      const one = folder();
      await one.writeCheckpoint(1, content(1));
      const broken = openFolder(temporary.path, { link: () => Promise.reject(errnoError('EIO')) });
      await refusal(broken.writeCheckpoint(1, content(2)), 'storage_unavailable', /EIO/);
      assert.deepEqual(await readdir(temporary.path), ['state.0000000001.json']);
      const main = await one.readCheckpoint(1, 'main');
      assert.ok(main.kind === 'read');
      assert.deepEqual(JSON.parse(main.value), written(1));
    });
  });

  describe('a damaged file', () => {
    it('is moved aside, never over another', async () => {
      const places = [];
      for (const text of ['one', 'two']) {
        await writeFile(at('state.0000000001.json'), text);
        places.push(await folder().quarantine(MAIN_1));
      }
      assert.deepEqual(await Promise.all(places.map((place) => readFile(place, 'utf8'))), [
        'one',
        'two',
      ]);
      assert.match(
        places[0] ?? '',
        /quarantine[/\\]state\.0000000001\.json\.\d{4}-\d\d-\d\dT[\d.-]+Z\.[0-9a-f]{8}$/,
      );
      assert.equal((await stat(at('quarantine'))).mode & 0o777, 0o700);
      assert.deepEqual(await folder().readCheckpoint(1, 'main'), { kind: 'absent' });
      await refusal(folder().quarantine(MAIN_1), 'storage_unavailable', /ENOENT/);
    });

    it('is never taken for an absent one', async () => {
      await mkdir(at('journal.0000000001.a.ndjson'));
      await refusal(folder().readJournal(1, 'a'), 'storage_unavailable', /EISDIR/);
      await symlink(at('journal.0000000001.b.ndjson'), at('journal.0000000001.b.ndjson'));
      await refusal(folder().readJournal(1, 'b'), 'storage_unavailable', /ELOOP/);
    });

    it('a file that may not be read is never taken for an absent one', async () => {
      await writeFile(at('state.0000000001.json'), '{}');
      await withoutAccess(temporary.path, async () => {
        const read = folder().readCheckpoint(1, 'main');
        const error = await refusal(read, 'storage_unavailable', /chmod/);
        assert.equal(error.details.errno, 'EACCES');
        await refusal(folder().list(), 'storage_unavailable', /EACCES/);
        await refusal(folder().createJournal(1, 'a'), 'permission_denied', /chown/);
      });
    });
  });

  describe('when the folder itself is deleted', () => {
    beforeEach(() => rm(temporary.path, { recursive: true }));

    it('it counts as empty', async () => {
      assert.deepEqual(await folder().list(), { files: [], highest: 0, claims: [] });
      assert.deepEqual(await folder().readLock(1), { kind: 'absent' });
      await folder().remove(LOCK_1);
    });

    it('the next claim makes it again', async () => {
      const record = lockRecord();
      await folder().prepareClaim(record);
      assert.equal(await folder().claim(1, record), 'won');
      assert.equal((await stat(temporary.path)).mode & 0o777, 0o700);
    });

    it('a journal and a checkpoint make it again', async () => {
      const journal = await folder().createJournal(1, 'a');
      assert.ok(journal !== 'lost');
      await journal.close();
      await rm(temporary.path, { recursive: true });
      await folder().writeCheckpoint(1, content(1));
      assert.equal((await folder().list()).highest, 1);
    });
  });

  it('is refused where a file lies in its place', async () => {
    await writeFile(at('file'), '');
    const misplaced = openFolder(at('file'));
    await refusal(misplaced.list(), 'storage_unavailable', /ENOTDIR/);
    await refusal(misplaced.prepareClaim(lockRecord()), 'storage_unavailable', /ENOTDIR/);
    await refusal(misplaced.createJournal(1, 'a'), 'storage_unavailable', /ENOTDIR/);
  });
});
