import assert from 'node:assert/strict';
import type { RunCommand } from '../../../../src/platform/fs/runProgram';
import {
  parseCimProcesses,
  parseNetstatWindows,
  parseTasklist,
  Win32ListenerTable,
  win32Processes,
  windowsProcesses,
} from '../../../../src/platform/os/win32';
import { runFrom, sample } from './samples';

const ROOT = 'C:\\Windows';
const COMMAND = '"C:\\Program Files\\nodejs\\node.exe" server.js';
const STARTED = Date.UTC(2026, 10, 23, 7, 24, 0, 500);
const START_MARK = '2026-11-23T07:24:00.5000000Z';

describe('Windows: netstat', () => {
  it('tells listeners by their foreign port', () => {
    assert.deepEqual(parseNetstatWindows(sample('win32-netstat-english')), [
      { port: 135, address: '0.0.0.0', pid: 888 },
      { port: 3000, address: '127.0.0.1', pid: 12345 },
      { port: 139, address: '192.168.1.20', pid: 4 },
      { port: 135, address: '::', pid: 888 },
      { port: 5173, address: '::1', pid: 12346 },
    ]);
  });

  it('reads netstat in any language', () => {
    assert.deepEqual(
      parseNetstatWindows(sample('win32-netstat-german')).map((row) => row.port),
      [135, 3000, 5173],
    );
  });

  it('may answer nothing', () => {
    assert.deepEqual(parseNetstatWindows(''), []);
  });
});

describe('Windows: processes', () => {
  it('come from CIM', () => {
    const found = parseCimProcesses(sample('win32-cim-processes'));
    assert.deepEqual(found.get(12345), {
      command: COMMAND,
      startedAt: STARTED,
      startMark: START_MARK,
    });
    assert.equal(found.get(888)?.command, 'svchost.exe');
    assert.deepEqual(found.get(4), { command: 'System' });
  });

  it('CIM answers an object for one and nothing for none', () => {
    assert.equal(parseCimProcesses('{"pid":7,"name":"a.exe"}').get(7)?.command, 'a.exe');
    assert.equal(parseCimProcesses('').size, 0);
    assert.equal(parseCimProcesses('Get-CimInstance : Access denied').size, 0);
  });

  it('come from tasklist where there is no PowerShell', async () => {
    const { run, calls } = runFrom([['tasklist', sample('win32-tasklist')]]);
    const found = await windowsProcesses([12345], { run, systemRoot: ROOT });
    assert.deepEqual(found.get(12345), { command: 'node.exe' });
    assert.equal(calls.length, 2);
    assert.equal(parseTasklist('').size, 0);
  });

  it('are asked for in commands that Windows can take', async () => {
    const { run, calls } = runFrom([['powershell', sample('win32-cim-processes')]]);
    const many = Array.from({ length: 1200 }, (_, index) => 4_000_000_000 + index);
    await windowsProcesses(many, { run, systemRoot: ROOT });
    assert.equal(calls.length, 3);
    assert.ok(calls.every((call) => call.length < 32_767));
  });

  it('know the boot by its number, else by its time', async () => {
    const numbered = runFrom([['reg.exe BootId', sample('win32-reg-bootid')]]);
    assert.equal(
      await win32Processes({ run: numbered.run, systemRoot: ROOT }).bootId(),
      'boot-0x4d',
    );
    const timed = runFrom([['LastBootUpTime', '2026-11-20T06:00\r\n']]);
    assert.equal(
      await win32Processes({ run: timed.run, systemRoot: ROOT }).bootId(),
      '2026-11-20T06:00',
    );
    assert.equal(
      await win32Processes({ run: runFrom([]).run, systemRoot: ROOT }).bootId(),
      undefined,
    );
  });

  it('know when one started', async () => {
    const { run } = runFrom([['powershell', sample('win32-cim-processes')]]);
    assert.equal(await win32Processes({ run, systemRoot: ROOT }).startedAt(12345), STARTED);
  });

  it('mark one by its start, to the last digit', async () => {
    const { run } = runFrom([['powershell', sample('win32-cim-processes')]]);
    const processes = win32Processes({ run, systemRoot: ROOT });
    assert.equal(await processes.startMark(12345), START_MARK);
    assert.equal(await processes.startMark(888), '2026-11-20T06:00:01.1234567Z');
    assert.equal(await processes.startMark(4), undefined);
    assert.equal(
      await win32Processes({ run: runFrom([]).run, systemRoot: ROOT }).startMark(12345),
      undefined,
    );
  });
});

describe('Windows: the listener table', () => {
  it('joins owners and commands', async () => {
    const { run } = runFrom([
      ['netstat.exe -ano', sample('win32-netstat-english')],
      ['powershell', sample('win32-cim-processes')],
    ]);
    const table = new Win32ListenerTable({ run, systemRoot: ROOT });
    assert.deepEqual([...(await table.ports())], [135, 3000, 139, 5173]);
    assert.deepEqual(await table.listeners(new Set([3000, 5173])), [
      {
        port: 3000,
        address: '127.0.0.1',
        process: { pid: 12345, command: COMMAND, startedAt: STARTED, startMark: START_MARK },
      },
      { port: 5173, address: '::1', process: { pid: 12346 } },
    ]);
  });

  it('does not take a netstat that fails for ports without listeners', async () => {
    const failing: RunCommand = () => Promise.resolve({ stdout: '', exitCode: 1 });
    for (const run of [failing, runFrom([]).run]) {
      const table = new Win32ListenerTable({ run, systemRoot: ROOT });
      await assert.rejects(table.ports(), {
        code: 'internal',
        retryable: true,
        message: /netstat\.exe gives no answer/,
      });
      assert.deepEqual(await table.listeners(), []);
    }
  });
});
