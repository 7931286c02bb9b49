import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { auditLine, parseAuditLine } from '../../../../src/core/audit/entry';
import type { AuditEntry } from '../../../../src/core/domain/audit';
import { AuditLog, linesBackwards } from '../../../../src/platform/storage/auditLog';
import { refusal, temporaryFolder, withoutAccess } from '../support';

const LOG = { debug() {}, info() {}, warn() {}, error() {} };

function entry(seq: number, change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: 1_700_000_000_000 + seq,
    epoch: 1,
    seq,
    what: 'granted',
    actor: { kind: 'cli', label: 'styxy allocate web', pid: 12, id: 'run-1' },
    port: 3000 + (seq % 10),
    workspace: seq % 2 === 0 ? '/w/even' : '/w/odd',
    serviceType: 'dev',
    ...change,
  };
}

function entries(first: number, last: number): readonly AuditEntry[] {
  return Array.from({ length: last - first + 1 }, (_, index) => entry(first + index));
}

describe('the audit log', () => {
  const temporary = temporaryFolder();
  const path = () => join(temporary.path, 'hosts', 'audit.log');
  const audit = (maxBytes?: number) =>
    new AuditLog({ path: path(), log: LOG, ...(maxBytes === undefined ? {} : { maxBytes }) });
  const lines = async (file = path()) => (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  const seqs = async (file = path()) =>
    (await lines(file)).map((line) => parseAuditLine(line)?.seq);

  beforeEach(() => mkdir(join(temporary.path, 'hosts')));

  describe('appending', () => {
    it('adds lines in their order to a private file', async () => {
      const log = audit();
      await Promise.all([log.append(entries(1, 2)), log.append([entry(3)]), log.append([])]);
      assert.deepEqual(await seqs(), [1, 2, 3]);
      assert.equal(await readFile(path(), 'utf8'), entries(1, 3).map(auditLine).join(''));
      assert.equal((await stat(path())).mode & 0o777, 0o600);
    });

    it('makes no file for nothing', async () => {
      await audit().append([]);
      assert.deepEqual(await readdir(join(temporary.path, 'hosts')), []);
    });

    it('goes on after a line that was torn', async () => {
      await audit().append(entries(1, 2));
      await truncate(path(), (await stat(path())).size - 10);
      await audit().append([entry(3)]);
      assert.deepEqual(await seqs(), [1, undefined, 3]);
    });

    it('makes the file again, and its folder', async () => {
      const log = audit();
      await log.append([entry(1)]);
      await rm(path());
      await log.append([entry(2)]);
      assert.deepEqual(await seqs(), [2]);
      await rm(join(temporary.path, 'hosts'), { recursive: true });
      await log.append([entry(3)]);
      assert.deepEqual(await seqs(), [3]);
      assert.equal((await stat(join(temporary.path, 'hosts'))).mode & 0o777, 0o700);
    });

    it('two appends at once tear no line', async () => {
      const logs = [audit(), audit()];
      const wide = (seq: number) => entry(seq, { note: 'x '.repeat((seq % 7) * 1_000) });
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          logs[index % 2]?.append([wide(2 * index), wide(2 * index + 1)]),
        ),
      );
      const found = (await seqs()).filter((seq) => seq !== undefined);
      assert.equal(found.length, 200);
      assert.equal((await lines()).filter((line) => line !== '').length, 200);
      // The two of one call follow each other.
      found.forEach((seq, index) => {
        assert.equal(
          index % 2 === 0 ? seq + 1 : seq - 1,
          found[index % 2 === 0 ? index + 1 : index - 1],
        );
      });
    });

    it('appends of two processes at once tear no line', async () => {
      const child = join(__dirname, '..', 'children', 'auditor.ts');
      const exits = [1_000, 2_000, 3_000].map(async (first) => {
        const process = fork(child, [path(), String(first)], {
          execArgv: ['--require', 'tsx/cjs'],
        });
        assert.deepEqual(await once(process, 'exit'), [0, null]);
      });
      await Promise.all(exits);
      const written = (await lines()).filter((line) => line !== '');
      const found = written.map((line) => parseAuditLine(line)?.seq ?? 0);
      assert.equal(new Set(found).size, 300);
      assert.equal(found.length, 300);
      assert.ok(!found.includes(0));
    });

    it('an append that fails is reported, and the next one works', async () => {
      const log = audit();
      await mkdir(path());
      const failed = log.append([entry(1)]);
      const next = log.append([entry(2)]);
      await refusal(failed, 'storage_unavailable', /EISDIR/);
      await refusal(next, 'storage_unavailable', /EISDIR/);
      await rm(path(), { recursive: true });
      await log.append([entry(3)]);
      assert.deepEqual(await seqs(), [3]);
    });
  });

  describe('rotation', () => {
    it('is for a full file', async () => {
      const log = audit(1_000);
      assert.equal(await log.rotateIfFull(), false);
      await log.append([entry(1)]);
      assert.equal(await log.rotateIfFull(), false);
      await log.append(entries(2, 10));
      assert.equal(await log.rotateIfFull(), true);
      assert.equal(await log.rotateIfFull(), false);
      assert.deepEqual(await readdir(join(temporary.path, 'hosts')), ['audit.log.1']);
    });

    it('is at 10 MiB', async () => {
      await writeFile(path(), Buffer.alloc(10 * 1024 * 1024 - 1));
      assert.equal(await audit().rotateIfFull(), false);
      await appendFile(path(), '\n');
      assert.equal(await audit().rotateIfFull(), true);
    });

    it('keeps five files and drops the oldest', async () => {
      const log = audit(1);
      for (let seq = 1; seq <= 8; seq++) {
        await log.append([entry(seq)]);
        if (seq < 8) {
          assert.equal(await log.rotateIfFull(), true);
        }
      }
      const names = ['', '.1', '.2', '.3', '.4', '.5'].map((end) => `audit.log${end}`);
      assert.deepEqual((await readdir(join(temporary.path, 'hosts'))).sort(), names);
      const found = await Promise.all(
        names.map((name) => seqs(join(temporary.path, 'hosts', name))),
      );
      assert.deepEqual(found, [[8], [7], [6], [5], [4], [3]]);
    });

    it('a rotation that died half-way costs no file', async () => {
      const log = audit(1);
      for (let seq = 1; seq <= 6; seq++) {
        await log.append([entry(seq)]);
        await log.rotateIfFull();
      }
      await rename(`${path()}.2`, `${path()}.lost`);
      await log.append([entry(7)]);
      await log.rotateIfFull();
      const { entries: found } = await log.read({});
      assert.deepEqual(
        found.map(({ seq }) => seq),
        [2, 3, 4, 6, 7],
      );
    });

    it('keeps its place between appends', async () => {
      const log = audit(1);
      await Promise.all([log.append([entry(1)]), log.rotateIfFull(), log.append([entry(2)])]);
      assert.deepEqual(await seqs(`${path()}.1`), [1]);
      assert.deepEqual(await seqs(), [2]);
    });
  });

  describe('what an epoch logged', () => {
    const logged = async (log: AuditLog, from = 1, epoch = 1): Promise<unknown> => [
      ...(await log.logged(epoch, from)),
    ];

    it('is counted by commit, as far as lines are intact', async () => {
      const log = audit();
      assert.deepEqual(await logged(log), []);
      await log.append([entry(4), entry(5), entry(5), entry(5)]);
      const text = await readFile(path(), 'utf8');
      await writeFile(path(), text.slice(0, -10));
      assert.deepEqual(await logged(log, 4), [
        [5, 2],
        [4, 1],
      ]);
      assert.deepEqual(await logged(log, 5), [[5, 2]]);
      await appendFile(path(), `${'\0'.repeat(200_000)}\n\n{"seq":99`);
      assert.deepEqual(await logged(log, 5), [[5, 2]]);
    });

    it('is no other epoch, and nothing that is no commit', async () => {
      const log = audit();
      await log.append([
        entry(3),
        { ...entry(0), what: 'leadership' },
        { ...entry(4), epoch: 2 },
        { ...entry(0), what: 'conflict' },
      ]);
      assert.deepEqual(await logged(log), [[3, 1]]);
      assert.deepEqual(await logged(log, 1, 2), [[4, 1]]);
    });

    it('is in the file before when there is none in this one', async () => {
      const log = audit(1);
      await log.append(entries(5, 6));
      await log.rotateIfFull();
      assert.deepEqual(await logged(log, 6), [[6, 1]]);
      await writeFile(path(), '');
      assert.deepEqual(await logged(log, 6), [[6, 1]]);
    });

    it('is found behind lines that came late, and in commits of any length', async () => {
      const log = audit();
      await log.append([
        ...Array.from({ length: 1500 }, () => entry(9)),
        { ...entry(7), epoch: 2 },
      ]);
      assert.deepEqual(await logged(log, 9), [[9, 1500]]);
    });
  });

  describe('reading', () => {
    it('answers what is asked for, newest last', async () => {
      const log = audit();
      await log.append(entries(1, 40));
      const asked = async (query: Parameters<AuditLog['read']>[0]) =>
        (await log.read(query)).entries.map(({ seq }) => seq);
      assert.deepEqual(await asked({ port: 3003 }), [3, 13, 23, 33]);
      assert.deepEqual(await asked({ port: 3003, limit: 2 }), [23, 33]);
      assert.deepEqual(await asked({ workspace: '/w/even', since: 1_700_000_000_037 }), [38, 40]);
      assert.deepEqual(await asked({ what: 'released' }), []);
      assert.deepEqual(await asked({ serviceType: 'dev', limit: 1 }), [40]);
    });

    it('says whether there is more', async () => {
      const log = audit();
      assert.deepEqual(await log.read({}), { entries: [], truncated: false });
      await log.append(entries(1, 3));
      assert.equal((await log.read({ limit: 3 })).truncated, false);
      const two = await log.read({ limit: 2 });
      assert.deepEqual([two.entries, two.truncated], [entries(2, 3), true]);
    });

    it('answers 200 unless asked for more, and never more than 2,000', async () => {
      const log = audit();
      await log.append(entries(1, 2_100));
      const counts = await Promise.all(
        [{}, { limit: 300 }, { limit: 5_000 }, { limit: 0 }].map(
          async (query) => (await log.read(query)).entries.length,
        ),
      );
      assert.deepEqual(counts, [200, 300, 2_000, 1]);
    });

    it('goes through all files, newest first, and stops when it has enough', async () => {
      const log = audit(1);
      for (let seq = 1; seq <= 6; seq++) {
        await log.append([entry(seq)]);
        await log.rotateIfFull();
      }
      await log.append([entry(7)]);
      const all = await log.read({});
      assert.deepEqual(
        all.entries.map(({ seq }) => seq),
        [2, 3, 4, 5, 6, 7],
      );
      // A file that cannot be read does not matter to those who need not go there.
      await rm(`${path()}.4`);
      await mkdir(`${path()}.4`);
      assert.equal((await log.read({ limit: 3 })).truncated, true);
      await refusal(log.read({ limit: 6 }), 'storage_unavailable', /EISDIR/);
    });

    it('shows nothing twice when files are renamed meanwhile', async () => {
      const log = audit(1);
      await log.append([entry(1)]);
      await log.rotateIfFull();
      await log.append(entries(2, 3));
      const found: (number | undefined)[] = [];
      for await (const line of linesBackwards([path(), `${path()}.1`, `${path()}.2`])) {
        found.push(parseAuditLine(line)?.seq);
        await log.rotateIfFull();
      }
      assert.deepEqual(found, [3, 2, 1]);
    });

    it('passes over damage of any length', async () => {
      const log = audit();
      await log.append(entries(1, 300));
      await appendFile(path(), `${'x'.repeat(300_000)}\n\u00ff\n[]\n`);
      await log.append([entry(301, { note: 'ü€😀'.repeat(1_000) })]);
      await log.append([entry(302)]);
      const { entries: found } = await log.read({ limit: 2_000 });
      assert.deepEqual(
        found.map(({ seq }) => seq),
        entries(1, 302).map(({ seq }) => seq),
      );
      assert.equal(found.at(-2)?.note, 'ü€😀'.repeat(1_000));
    });

    it('does not look through years for the last hour', async () => {
      const log = audit(1);
      await mkdir(`${path()}.1`);
      await log.append(entries(1, 1_000));
      const since = 1_700_000_000_000 + 1_001;
      assert.deepEqual((await log.read({ since })).entries, []);
      await refusal(log.read({ since: since - 1 }), 'storage_unavailable', /EISDIR/);
    });

    it('is not led astray by a clock that was wrong for a while', async () => {
      const log = audit();
      const early = { at: 0 };
      await log.append([entry(1), entry(2, early), entry(3, early), entry(4)]);
      const { entries: found } = await log.read({ since: 1_700_000_000_000 });
      assert.deepEqual(
        found.map(({ seq }) => seq),
        [1, 4],
      );
    });

    it('never takes a file that it may not read for an absent one', async () => {
      const log = audit();
      await log.append([entry(1)]);
      await withoutAccess(join(temporary.path, 'hosts'), async () => {
        await refusal(log.read({}), 'storage_unavailable', /EACCES/);
        await refusal(log.logged(1, 1), 'storage_unavailable', /EACCES/);
      });
    });
  });
});
