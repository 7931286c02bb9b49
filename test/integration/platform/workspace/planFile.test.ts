import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readPlanFile } from '../../../../src/platform/workspace/planFile';
import { STRANGER, isRoot, refusal, temporaryFolder } from '../support';

const run = promisify(execFile);

describe('the plan of a workspace', () => {
  const temporary = temporaryFolder();
  const plan = () => join(temporary.path, 'styxy.json');

  it('is absent where there is none, or no workspace', async () => {
    assert.deepEqual(await readPlanFile(temporary.path), { kind: 'absent' });
    assert.deepEqual(await readPlanFile(join(temporary.path, 'gone')), { kind: 'absent' });
    await symlink(join(temporary.path, 'nothing'), plan());
    assert.deepEqual(await readPlanFile(temporary.path), { kind: 'absent' });
  });

  it('is read as it is', async () => {
    const text = '\uFEFF{ "services": {} } // ü\r\n';
    await writeFile(plan(), text);
    assert.deepEqual(await readPlanFile(temporary.path), { kind: 'read', path: plan(), text });
  });

  it('may be a link inside the workspace, which may be reached by a link too', async () => {
    const real = join(temporary.path, 'repo');
    await mkdir(join(real, 'config'), { recursive: true });
    await writeFile(join(real, 'config', 'plan.json'), '{}');
    await symlink(join('config', 'plan.json'), join(real, 'styxy.json'));
    await symlink(real, join(temporary.path, 'short'));
    const short = join(temporary.path, 'short');
    assert.deepEqual(await readPlanFile(short), {
      kind: 'read',
      path: join(short, 'styxy.json'),
      text: '{}',
    });
  });

  it('is refused when it is a link out of the workspace', async () => {
    const outside = await realpath(await mkdtemp(join(tmpdir(), 'styxy-outside-')));
    try {
      await writeFile(join(outside, 'secret'), '{}');
      await symlink(join(outside, 'secret'), plan());
      const { details } = await refusal(
        readPlanFile(temporary.path),
        'invalid_config',
        /outside the workspace/,
      );
      assert.deepEqual(details, { file: plan() });
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('is refused when it is longer than 1 MiB', async () => {
    await writeFile(plan(), `{}${' '.repeat(1024 * 1024 - 2)}`);
    assert.equal((await readPlanFile(temporary.path)).kind, 'read');
    await writeFile(plan(), `{}${' '.repeat(1024 * 1024 - 1)}`);
    await refusal(readPlanFile(temporary.path), 'invalid_config', /1 MiB/);
  });

  it('is refused when it is no file, and not waited for', async () => {
    await mkdir(plan());
    await refusal(readPlanFile(temporary.path), 'invalid_config', /not a file/);
    if (process.platform !== 'win32') {
      await rm(plan(), { recursive: true });
      await run('mkfifo', [plan()]);
      await refusal(readPlanFile(temporary.path), 'invalid_config', /not a file/);
    }
  });

  it('is refused when it may not be read', async () => {
    await writeFile(plan(), '{}', { mode: 0o600 });
    await asReaderOnly(temporary.path, plan(), async () => {
      const { details } = await refusal(
        readPlanFile(temporary.path),
        'permission_denied',
        /may not read/,
      );
      assert.deepEqual(details, { errno: 'EACCES', path: plan() });
    });
  });
});

/** Runs a step while this process may look into the folder but not into the file. */
async function asReaderOnly(folder: string, file: string, step: () => Promise<void>) {
  await chmod(folder, 0o755);
  if (!isRoot()) {
    await chmod(file, 0);
    await step();
    return;
  }
  process.seteuid?.(STRANGER);
  try {
    await step();
  } finally {
    process.seteuid?.(0);
  }
}
