import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  ephemeralPorts,
  excludedPorts,
  parseDynamicPort,
  parseExcludedRanges,
  parseLocalPortRange,
  parseSysctlPortRange,
} from '../../../../src/platform/os/portRanges';
import { runFrom, sample } from './samples';

const IANA = { first: 49_152, last: 65_535 };
const ROOT = 'C:\\Windows';

describe('the ephemeral range', () => {
  // The sample is recorded: Linux 6.18.
  it('is read from Linux', () => {
    const range = parseLocalPortRange(sample('linux-ip-local-port-range'));
    assert.deepEqual(range, { first: 32_768, last: 60_999 });
  });

  // The sample has the format of macOS's sysctl(8), `sysctl -n`, and the values of its defaults.
  it('is asked of macOS', async () => {
    const { run, calls } = runFrom([['sysctl', sample('darwin-sysctl-portrange')]]);
    assert.deepEqual(await ephemeralPorts({ platform: 'darwin', run, systemRoot: '' }), IANA);
    assert.deepEqual(calls, [
      '/usr/sbin/sysctl -n net.inet.ip.portrange.first net.inet.ip.portrange.last',
    ]);
  });

  it('is the same where macOS counts down', () => {
    assert.deepEqual(parseSysctlPortRange('65535\n49152\n'), IANA);
  });

  // Microsoft's article 929851 names the command and the defaults; the lines are as in what others
  // quote of it.
  it('is asked of Windows', async () => {
    const { run, calls } = runFrom([['netsh.exe', sample('win32-netsh-dynamicport-english')]]);
    assert.deepEqual(await ephemeralPorts({ platform: 'win32', run, systemRoot: ROOT }), IANA);
    assert.deepEqual(calls, ['C:\\Windows\\System32\\netsh.exe int ipv4 show dynamicport tcp']);
  });

  // The same lines with the words of a German Windows.
  it('is known in any language', () => {
    assert.deepEqual(parseDynamicPort(sample('win32-netsh-dynamicport-german')), IANA);
    assert.deepEqual(parseDynamicPort('IPv4 tcp\n起始端口：1024\n端口数：13977\n'), {
      first: 1024,
      last: 15_000,
    });
  });

  it('is read on this machine, where it can be told', async () => {
    const range = await ephemeralPorts();
    if (process.platform === 'linux') {
      assert.ok(range !== undefined && range.first <= range.last);
    }
  });

  it('is unknown when the machine does not tell', async () => {
    const { run } = runFrom([]);
    const proc = join(__dirname, 'samples');
    for (const platform of ['darwin', 'win32', 'linux'] as const) {
      assert.equal(await ephemeralPorts({ platform, run, systemRoot: ROOT, proc }), undefined);
    }
  });

  const nonsense = ['', 'x', '1024', '60999 32768', '0 100', '1024 65536', '1 2 3', '-1 2'];
  for (const text of nonsense) {
    it(`is no nonsense: Linux "${text}"`, () => {
      assert.equal(parseLocalPortRange(text), undefined);
    });
  }

  it('is no nonsense: macOS and Windows', () => {
    for (const text of ['', 'sysctl: unknown oid', '49152\n', '0\n0\n', '1 70000']) {
      assert.equal(parseSysctlPortRange(text), undefined, text);
    }
    for (const text of [
      '',
      'Start : 49152',
      'a : 1\nb : 2\nc : 3',
      'a : 60000\nb : 9000',
      'a : 5\nb : 0',
    ]) {
      assert.equal(parseDynamicPort(text), undefined, text);
    }
  });
});

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
