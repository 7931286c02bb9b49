import assert from 'node:assert/strict';
import { excludedPorts, parseExcludedRanges } from '../../../../src/platform/os/excludedPorts';
import { runFrom, sample } from './samples';

const ROOT = 'C:\\Windows';
// The sample is constructed from documentation: see samples/README.md.
const SAMPLE = 'win32-netsh-excludedportrange';
const RANGES = [
  { first: 2869, last: 2869 },
  { first: 5357, last: 5357 },
  { first: 50_000, last: 50_059 },
  { first: 61_443, last: 61_542 },
];

describe('the excluded ranges', () => {
  it('are asked of Windows', async () => {
    const { run, calls } = runFrom([['netsh.exe', sample(SAMPLE)]]);
    assert.deepEqual(await excludedPorts({ platform: 'win32', run, systemRoot: ROOT }), RANGES);
    assert.deepEqual(calls, [
      'C:\\Windows\\System32\\netsh.exe int ipv4 show excludedportrange protocol=tcp',
    ]);
  });

  it('are known in any language, and with either end of line', () => {
    const german = sample(SAMPLE)
      .replace('Protocol tcp Port Exclusion Ranges', 'Protokoll tcp-Portausschlussbereiche')
      .replace('Start Port    End Port', 'Startport     Endport')
      .replaceAll('\n', '\r\n');
    assert.deepEqual(parseExcludedRanges(german), RANGES);
  });

  it('are no lines that name no range of ports', () => {
    assert.deepEqual(parseExcludedRanges('0 0\n70000 70001\n9000 8000\n1 2 3\n8000\n'), []);
  });

  it('are unknown when Windows does not tell', async () => {
    const { run } = runFrom([]);
    assert.equal(await excludedPorts({ platform: 'win32', run, systemRoot: ROOT }), undefined);
  });

  it('are none elsewhere, where nothing is asked', async () => {
    const { run, calls } = runFrom([]);
    for (const platform of ['linux', 'darwin'] as const) {
      assert.deepEqual(await excludedPorts({ platform, run, systemRoot: '' }), []);
    }
    assert.deepEqual(calls, []);
  });
});
