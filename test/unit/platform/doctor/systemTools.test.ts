import assert from 'node:assert/strict';
import { neededTools, systemTools } from '../../../../src/platform/doctor/systemTools';
import { powershellPath } from '../../../../src/platform/os/powershell';
import { sourcesBelow } from '../../../support/sources';

const ROOT = 'C:\\Windows';

describe('the tools of the system', () => {
  const adapters = sourcesBelow('src/platform')
    .filter(({ path }) => !path.endsWith('systemTools.ts'))
    .map(({ text }) => text)
    .join('\n');

  /** The programs that adapters start by full path: `/usr/sbin/lsof`, `netstat.exe`. */
  function started(pattern: RegExp): Set<string> {
    return new Set([...adapters.matchAll(pattern)].map(([, program]) => program ?? ''));
  }

  it('are those that the adapters of macOS start', () => {
    const paths = neededTools({ platform: 'darwin', systemRoot: '' }).map(({ path }) => path);
    assert.deepEqual(new Set(paths), started(/'(\/(?:usr\/)?s?bin\/[a-z]+)'/g));
  });

  it('are those that the adapters of Windows start, without what is asked only instead', () => {
    const tools = neededTools({ platform: 'win32', systemRoot: ROOT });
    const paths = tools.map(({ path }) => path).filter((path) => path !== powershellPath(ROOT));
    const names = paths.map((path) => path.replace(`${ROOT}\\System32\\`, ''));
    const found = started(/System32\\\\([a-z]+\.exe)/g);
    found.delete('tasklist.exe');
    assert.deepEqual(new Set(names), found);
    assert.equal(tools.length, paths.length + 1);
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
