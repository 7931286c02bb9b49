import assert from 'node:assert/strict';
import type { RunCommand } from '../../../../src/platform/fs/runProgram';
import {
  DarwinListenerTable,
  darwinProcesses,
  parseBootTimeval,
  parseLsofCwds,
  parseLsofListeners,
  parseLstart,
  parseNetstatBsd,
  parsePsCommands,
} from '../../../../src/platform/os/darwin';
import { runFrom, sample } from './samples';

const STARTED = Date.UTC(2026, 10, 23, 7, 24, 0);

describe('macOS: lsof', () => {
  it('tells every listener with its owner', () => {
    assert.deepEqual(
      parseLsofListeners(sample('lsof-listen')).map((row) => [row.pid, row.address, row.port]),
      [
        [18963, '127.0.0.1', 31501],
        [18963, '0.0.0.0', 31502],
        [18963, '::', 31503],
        [18963, '::1', 31504],
        [18963, '::', 31505],
        [18963, '127.0.0.2', 31506],
      ],
    );
  });

  it('may select the file descriptors too', () => {
    const rows = parseLsofListeners(sample('darwin-lsof-listen'));
    assert.deepEqual(
      rows.map((row) => [row.command, row.address, row.port]),
      [
        ['ControlCenter', '0.0.0.0', 7000],
        ['ControlCenter', '::', 7000],
        ['node', '127.0.0.1', 31501],
        ['node', '::1', 31504],
        ['com.docker.backend', '::', 5432],
      ],
    );
  });

  it('tells current folders, escapes undone, remarks left out', () => {
    assert.deepEqual(
      [...parseLsofCwds(sample('darwin-lsof-cwd'))],
      [
        [20918, '/home/me/back\\slash and übung'],
        [20919, '/home/me/shop'],
      ],
    );
  });

  it('tells a folder that looks like one remark without end', () => {
    const folder = `/${' (a: '.repeat(100_000)}`;
    assert.equal(parseLsofCwds(`p7\nn${folder}\n`).get(7), folder);
  });

  it('may answer nothing', () => {
    assert.deepEqual(parseLsofListeners(''), []);
    assert.equal(parseLsofCwds('').size, 0);
  });
});

describe('macOS: netstat and ps', () => {
  it('netstat tells listeners of every user', () => {
    assert.deepEqual(parseNetstatBsd(sample('darwin-netstat')), [
      { port: 31501, address: '127.0.0.1' },
      { port: 31504, address: '::1' },
      { port: 5432, address: '::' },
      { port: 22, address: '0.0.0.0' },
      { port: 22, address: '::' },
      { port: 49152, address: 'fe80::1%lo0' },
    ]);
  });

  it('ps tells commands', () => {
    assert.equal(
      parsePsCommands(sample('darwin-ps-command')).get(18963),
      'node rec.mjs --title=two  spaces',
    );
  });

  it('ps tells commands with blanks without end', () => {
    const command = `node${' '.repeat(300_000)}x`;
    assert.equal(parsePsCommands(`  7 ${command}  \n`).get(7), command);
  });

  it('ps tells starts', () => {
    const started = parseLstart(sample('darwin-ps-lstart'));
    assert.equal(started.get(18963), STARTED);
    assert.equal(started.get(501), Date.UTC(2026, 11, 1, 6, 5, 4));
    assert.equal(parseLstart('nonsense').size, 0);
  });
});

describe('macOS: the listener table', () => {
  const answers = [
    ['netstat', sample('darwin-netstat')],
    ['-iTCP', sample('darwin-lsof-listen')],
    ['cwd', 'p18963\nn/home/me/shop\n'],
    ['lstart', sample('darwin-ps-lstart')],
    ['command', sample('darwin-ps-command')],
  ] as const;

  it('asks only netstat for ports', async () => {
    const { run, calls } = runFrom(answers);
    const ports = await new DarwinListenerTable({ run }).ports();
    assert.deepEqual([...ports], [31501, 31504, 5432, 22, 49152]);
    assert.deepEqual(calls, ['/usr/sbin/netstat -an -p tcp']);
  });

  it('joins owners, commands, folders and starts', async () => {
    const { run } = runFrom(answers);
    const rows = await new DarwinListenerTable({ run }).listeners(new Set([31501, 22]));
    assert.deepEqual(rows, [
      {
        port: 31501,
        address: '127.0.0.1',
        process: {
          pid: 18963,
          command: 'node rec.mjs --title=two  spaces',
          cwd: '/home/me/shop',
          startedAt: STARTED,
          startMark: String(STARTED),
        },
      },
      { port: 22, address: '0.0.0.0' },
      { port: 22, address: '::' },
    ]);
  });

  it('does not take a netstat that fails for ports without listeners', async () => {
    const failing: RunCommand = () => Promise.resolve({ stdout: '', exitCode: 1 });
    for (const run of [failing, runFrom([]).run]) {
      await assert.rejects(new DarwinListenerTable({ run }).ports(), {
        code: 'internal',
        retryable: true,
        message: /\/usr\/sbin\/netstat gives no answer/,
      });
    }
  });

  it('shows the owners that lsof tells when netstat fails', async () => {
    const { run } = runFrom([['-iTCP', sample('lsof-listen')]]);
    const [row] = await new DarwinListenerTable({ run }).listeners(new Set([31501]));
    assert.equal(row?.process?.pid, 18963);
  });

  it('shows listeners without owners when lsof fails', async () => {
    const { run } = runFrom([['netstat', sample('darwin-netstat')]]);
    const rows = await new DarwinListenerTable({ run }).listeners(new Set([31501]));
    assert.deepEqual(rows, [{ port: 31501, address: '127.0.0.1' }]);
  });
});

describe('macOS: processes', () => {
  it('know the boot by its session', async () => {
    const { run } = runFrom([['bootsessionuuid', 'CCB8E0AC-5B94-4789-B951-BF0B893FF45F\n']]);
    assert.equal(await darwinProcesses(run).bootId(), 'ccb8e0ac-5b94-4789-b951-bf0b893ff45f');
  });

  it('else by its time', async () => {
    const boottime = '{ sec = 1795416432, usec = 123456 } Mon Nov 23 06:47:12 2026\n';
    const { run } = runFrom([['boottime', boottime]]);
    assert.equal(await darwinProcesses(run).bootId(), 'boottime-1795416432');
    assert.equal(parseBootTimeval(''), undefined);
  });

  it('know when one started', async () => {
    const { run } = runFrom([['lstart', sample('darwin-ps-lstart')]]);
    assert.equal(await darwinProcesses(run).startedAt(18963), STARTED);
    assert.equal(await darwinProcesses(run).startedAt(4), undefined);
  });

  it('mark one by its start', async () => {
    const { run } = runFrom([['lstart', sample('darwin-ps-lstart')]]);
    assert.equal(await darwinProcesses(run).startMark(18963), String(STARTED));
    assert.equal(await darwinProcesses(run).startMark(4), undefined);
    assert.equal(await darwinProcesses(runFrom([]).run).startMark(18963), undefined);
  });
});
