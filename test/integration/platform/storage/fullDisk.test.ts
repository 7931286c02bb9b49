import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isRoot, temporaryFolder } from '../support';

const run = promisify(execFile);

/** A user who is not root becomes root of a namespace of users first. */
const UNSHARE = isRoot() ? ['-m'] : ['-rm'];

describe('a full disk', function () {
  const temporary = temporaryFolder();

  before(async function () {
    if (process.platform !== 'linux') {
      // Small disks are made with Linux's namespaces here.
      this.skip();
    }
    await run('unshare', [...UNSHARE, 'true']);
  });

  it('refuses what is new, keeps what was, and is over when there is room', async () => {
    const child = join(__dirname, '..', 'children', 'fullDisk.ts');
    const command = [process.execPath, '--require', 'tsx/cjs', child, temporary.path];
    const { stdout } = await run('unshare', [...UNSHARE, ...command]);
    assert.equal(stdout.trim(), 'ok');
  });
});
