import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  parseLsofCwds,
  parseLsofListeners,
  parseLstart,
  parseNetstatBsd,
  parsePsCommands,
} from '../../../../src/platform/os/darwin';
import {
  parseCimProcesses,
  parseNetstatWindows,
  parseTasklist,
} from '../../../../src/platform/os/win32';
import { linuxStartMark } from '../../../../src/platform/os/linux';
import { parseProcNet } from '../../../../src/platform/os/procfs';
import { sample } from './samples';

interface Row {
  readonly port: number;
  readonly address: string;
  readonly pid?: number;
}

const TABLES: readonly (readonly [parse: (text: string) => readonly Row[], name: string])[] = [
  [parseProcNet, 'linux-proc-net-tcp'],
  [parseProcNet, 'linux-proc-net-tcp6'],
  [parseLsofListeners, 'lsof-listen'],
  [parseLsofListeners, 'darwin-lsof-listen'],
  [parseNetstatBsd, 'darwin-netstat'],
  [parseNetstatWindows, 'win32-netstat-english'],
  [parseNetstatWindows, 'win32-netstat-german'],
];

const PROCESSES: readonly (readonly [parse: (text: string) => unknown, name: string])[] = [
  [linuxStartMark, 'linux-proc-pid-stat'],
  [parseLsofCwds, 'darwin-lsof-cwd'],
  [parsePsCommands, 'darwin-ps-command'],
  [parseLstart, 'darwin-ps-lstart'],
  [parseCimProcesses, 'win32-cim-processes'],
  [parseTasklist, 'win32-tasklist'],
];

/** A recorded text with one piece of it replaced by something else, or cut off. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  length: fc.nat({ max: 12 }),
  instead: fc.oneof(
    fc.constantFrom('', '0', '9', '99999', ':', '\n', '\r\n', '\0', ' ', '*', '[', '(deleted)'),
    fc.string({ maxLength: 8, unit: 'binary' }),
  ),
  cut: fc.boolean(),
});

function damaged(
  text: string,
  { at, length, instead, cut }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): string {
  const from = Math.floor(at * text.length);
  return `${text.slice(0, from)}${instead}${cut ? '' : text.slice(from + length)}`;
}

describe('what an operating system tells, damaged in any way', () => {
  for (const [parse, name] of TABLES) {
    it(`is ports and addresses or nothing: ${name}`, () => {
      fc.assert(
        fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (pieces) => {
          for (const row of parse(pieces.reduce(damaged, sample(name)))) {
            assert.ok(Number.isInteger(row.port) && row.port >= 1 && row.port <= 65_535, name);
            assert.notEqual(row.address, '');
            assert.ok(row.pid === undefined || (Number.isSafeInteger(row.pid) && row.pid >= 0));
          }
        }),
        { numRuns: 500 },
      );
    });
  }

  for (const [parse, name] of PROCESSES) {
    it(`never throws: ${name}`, () => {
      fc.assert(
        fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (pieces) => {
          parse(pieces.reduce(damaged, sample(name)));
        }),
        { numRuns: 500 },
      );
    });
  }
});

describe('the recorded samples', () => {
  it('each name where they come from', () => {
    const folder = join(__dirname, 'samples');
    const rows = readFileSync(join(folder, 'README.md'), 'utf8').matchAll(
      /^\| `([^`]+)` +\| (\S[^|]{20,}) *\|$/gm,
    );
    const told = [...rows].map(([, name]) => name).sort();
    const files = readdirSync(folder).filter((name) => name !== 'README.md');
    assert.deepEqual(told, files.sort());
  });
});
