import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StyxyError } from '../../../../src/core/domain/errors';
import { lockRecord, openFolder } from '../support';

/**
 * Runs in a mount namespace of its own, so that its small disk goes with it. Prints `ok` at the
 * end; whatever fails goes to stderr and into the exit code.
 */
async function main(disk: string): Promise<void> {
  await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'styxy-test', disk]);
  const folder = openFolder(disk);
  const record = lockRecord();
  await folder.prepareClaim(record);
  const journal = await folder.createJournal(1, 'a');
  assert.ok(journal !== 'lost');
  await journal.append('acknowledged\n');
  await folder.writeCheckpoint(1, { sha: 'a', epoch: 1, seq: 1, body: '"before"' });

  const filler = join(disk, 'filler');
  await assert.rejects(writeFile(filler, Buffer.alloc(1 << 20)), { code: 'ENOSPC' });

  await refusedForSpace(journal.append('x'.repeat(64 * 1024)));
  await refusedForSpace(
    folder.writeCheckpoint(1, { sha: 'b', epoch: 1, seq: 2, body: `"${'y'.repeat(64 * 1024)}"` }),
  );
  await refusedForSpace(folder.prepareClaim(lockRecord()));

  // A claim prepared in time still becomes a lock, and what was acknowledged is there.
  assert.equal(await folder.claim(1, record), 'won');
  assert.deepEqual(await folder.readLock(1), { kind: 'read', value: record });
  const read = await folder.readJournal(1, 'a');
  assert.ok(read.kind === 'read' && read.value.startsWith('acknowledged\n'));
  const main = await folder.readCheckpoint(1, 'main');
  assert.ok(main.kind === 'read' && main.value.includes('before'));
  assert.deepEqual((await readdir(disk)).sort(), [
    'filler',
    'journal.0000000001.a.ndjson',
    'lock.0000000001',
    'state.0000000001.json',
  ]);

  // The same journal stays refused: nobody knows how much of that line is on the disk.
  await rm(filler);
  await assert.rejects(journal.append('next\n'), { code: 'storage_unavailable' });
  await journal.close();
  const next = await folder.createJournal(2, 'a');
  assert.ok(next !== 'lost');
  await next.append('room again\n');
  await next.close();
  await folder.writeCheckpoint(1, { sha: 'c', epoch: 1, seq: 3, body: '"after"' });
  console.log('ok');
}

async function refusedForSpace(step: Promise<unknown>): Promise<void> {
  try {
    await step;
  } catch (error) {
    assert.ok(error instanceof StyxyError, String(error));
    assert.equal(error.code, 'storage_unavailable');
    assert.equal(error.retryable, true);
    assert.equal(error.details.errno, 'ENOSPC');
    assert.ok(Number(error.details.neededBytes) >= 1 << 20);
    assert.equal(typeof error.details.freeBytes, 'number');
    assert.match(error.message, /disk is full.*Make at least \d+ MiB free/);
    return;
  }
  assert.fail('was not refused');
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
