import assert from 'node:assert/strict';
import { neededTools, systemTools } from '../../../../src/platform/doctor/systemTools';
import type { RunCommand } from '../../../../src/platform/fs/runProgram';
import { SystemClock } from '../../../../src/platform/fs/runtime';
import { systemListenerTable } from '../../../../src/platform/os/listeners';
import { readMachineId } from '../../../../src/platform/os/machineIdentity';
import { ephemeralPorts, excludedPorts } from '../../../../src/platform/os/portRanges';
import { openProcessTable } from '../../../../src/platform/os/processes';
import { sample } from '../os/samples';

const ROOT = 'C:\\Windows';

/**
 * The programs that everything of this platform starts, by full path. `answers`: what one of them
 * writes if its command line has these words; the others write nothing, as if they failed.
 */
async function startedOn(
  platform: NodeJS.Platform,
  answers: readonly (readonly [words: string, stdout: string])[],
): Promise<Set<string>> {
  const started = new Set<string>();
  const run: RunCommand = (file, args) => {
    started.add(file);
    const call = [file, ...args].join(' ');
    const found = answers.find(([words]) => call.includes(words));
    return Promise.resolve(
      found === undefined ? { stdout: '' } : { stdout: found[1], exitCode: 0 },
    );
  };
  const system = { platform, run, systemRoot: ROOT };
  const processes = await openProcessTable(system);
  await processes.startedAt(1);
  await processes.identityOf(1);
  const listeners = systemListenerTable({ ...system, clock: new SystemClock(), uid: 501 });
  await listeners.ports();
  assert.ok((await listeners.listeners()).length > 0);
  await readMachineId(system);
  await ephemeralPorts(system);
  await excludedPorts(system);
  return started;
}

describe('the tools of the system', () => {
  it('are those that are started on macOS', async () => {
    const started = await startedOn('darwin', [
      ['lsof -nP', sample('darwin-lsof-listen')],
      ['netstat', ''],
    ]);
    const paths = neededTools({ platform: 'darwin', systemRoot: '' }).map(({ path }) => path);
    assert.deepEqual(new Set(paths), started);
  });

  it('are those that are started on Windows, tasklist apart, which replaces another', async () => {
    const started = await startedOn('win32', [['netstat', sample('win32-netstat-english')]]);
    assert.ok(started.delete(`${ROOT}\\System32\\tasklist.exe`));
    const paths = neededTools({ platform: 'win32', systemRoot: ROOT }).map(({ path }) => path);
    assert.deepEqual(new Set(paths), started);
  });

  it('are /proc alone on Linux', async () => {
    const tools = await systemTools({ platform: 'linux', systemRoot: '', proc: '/nowhere' });
    assert.deepEqual(
      tools.map(({ name, present }) => ({ name, present })),
      [{ name: '/proc', present: false }],
    );
  });

  it('are there if they can be started', async () => {
    const tools = await systemTools({ platform: 'win32', systemRoot: '/nowhere' });
    assert.ok(tools.length > 0 && tools.every(({ present }) => !present));
    if (process.platform === 'linux') {
      const [proc] = await systemTools({ platform: 'linux', systemRoot: '' });
      assert.equal(proc?.present, true);
    }
  });
});
