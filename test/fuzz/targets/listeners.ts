import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isTcpPort } from '../../../src/core/domain/names';
import {
  parseDynamicPort,
  parseExcludedRanges,
  parseLocalPortRange,
  parseSysctlPortRange,
} from '../../../src/platform/os/portRanges';
import {
  parseBootTimeval,
  parseLsofCwds,
  parseLsofListeners,
  parseLstart,
  parseNetstatBsd,
  parsePsCommands,
} from '../../../src/platform/os/darwin';
import {
  parseCimProcesses,
  parseNetstatWindows,
  parseTasklist,
} from '../../../src/platform/os/win32';
import { linuxStartMark, linuxStartMs } from '../../../src/platform/os/linux';
import {
  parseBootTime,
  parseCmdline,
  parseCwdLink,
  parseProcNet,
  parseSockstat,
  parseSocketLink,
} from '../../../src/platform/os/procfs';
import { pureTarget } from '../target';
import { mutatedText } from '../textMutations';

/** The lane runs in the repository. */
const SAMPLES = join('test', 'unit', 'platform', 'os', 'samples');

function sample(name: string): string {
  return readFileSync(join(SAMPLES, `${name}.txt`), 'utf8');
}

interface Parser {
  readonly name: string;
  readonly samples: readonly string[];
  readonly parse: (text: string) => unknown;
}

/** Rows with `port`, `pid`; ranges with `first`, `last`; maps by pid; texts. */
const PARSERS: readonly Parser[] = [
  {
    name: 'proc/net/tcp',
    samples: [sample('linux-proc-net-tcp'), sample('linux-proc-net-tcp6')],
    parse: parseProcNet,
  },
  {
    name: 'proc/net/sockstat',
    samples: [sample('linux-sockstat'), sample('linux-sockstat6')],
    parse: parseSockstat,
  },
  {
    name: 'lsof',
    samples: [sample('lsof-listen'), sample('darwin-lsof-listen')],
    parse: parseLsofListeners,
  },
  { name: 'lsof cwd', samples: [sample('darwin-lsof-cwd')], parse: parseLsofCwds },
  { name: 'netstat of macOS', samples: [sample('darwin-netstat')], parse: parseNetstatBsd },
  {
    name: 'netstat of Windows',
    samples: [sample('win32-netstat-english'), sample('win32-netstat-german')],
    parse: parseNetstatWindows,
  },
  { name: 'ps command', samples: [sample('darwin-ps-command')], parse: parsePsCommands },
  { name: 'ps lstart', samples: [sample('darwin-ps-lstart')], parse: parseLstart },
  { name: 'CIM', samples: [sample('win32-cim-processes')], parse: parseCimProcesses },
  { name: 'tasklist', samples: [sample('win32-tasklist')], parse: parseTasklist },
  {
    name: 'proc/pid/stat',
    samples: [sample('linux-proc-pid-stat')],
    parse: (text) => [linuxStartMark(text), linuxStartMs(text, 1)].map(String),
  },
  { name: 'proc/stat', samples: [sample('linux-proc-stat')], parse: parseBootTime },
  { name: 'sysctl', samples: ['{ sec = 1700000000, usec = 1 } Tue'], parse: parseBootTimeval },
  { name: 'cmdline', samples: ['node\0server.js\0--port\x003000\0'], parse: parseCmdline },
  { name: 'cwd', samples: ['/home/me/a (deleted)', '/home/me/a'], parse: parseCwdLink },
  { name: 'fd', samples: ['socket:[12345]', 'pipe:[1]'], parse: parseSocketLink },
  {
    name: 'excluded ranges',
    samples: [sample('win32-netsh-excludedportrange')],
    parse: parseExcludedRanges,
  },
  {
    name: 'dynamic ports',
    samples: [sample('win32-netsh-dynamicport-english'), sample('win32-netsh-dynamicport-german')],
    parse: (text) => [parseDynamicPort(text)],
  },
  {
    name: 'local range',
    samples: [sample('linux-ip-local-port-range'), sample('darwin-sysctl-portrange')],
    parse: (text) => [parseLocalPortRange(text), parseSysctlPortRange(text)],
  },
];

const inputs = fc
  .constantFrom(...PARSERS)
  .chain(({ name, samples }) => mutatedText(samples).map((text) => ({ name, text })));

export const listeners = pureTarget({
  name: 'what the system tells',
  runs: 2_500,
  inputs,
  holds: ({ name, text }) => {
    const parsed = PARSERS.find((each) => each.name === name)?.parse(text);
    for (const row of Array.isArray(parsed) ? (parsed as unknown[]) : []) {
      assertRow(row);
    }
    if (parsed instanceof Map) {
      for (const pid of (parsed as Map<unknown, unknown>).keys()) {
        assert.equal(typeof pid, 'number');
      }
    }
  },
});

function assertRow(row: unknown): void {
  if (typeof row !== 'object' || row === null) {
    return;
  }
  for (const [key, value] of Object.entries(row)) {
    if (key === 'port' || key === 'first' || key === 'last') {
      assert.ok(isTcpPort(value), `${key} ${String(value)}`);
    }
    if (key === 'pid') {
      assert.ok(Number.isSafeInteger(value) && Number(value) >= 0, `pid ${String(value)}`);
    }
  }
}
