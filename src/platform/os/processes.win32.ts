import type { RunCommand } from '../fs/runProgram';
import { parseRegValue } from './machineId';
import { POWERSHELL_ARGS, powershellPath, windowsProcesses } from './powershell';
import type { ProcessFacts } from './processFacts';

/**
 * The boot's number from the registry: it is counted up at every boot and, unlike the last boot
 * time, does not move with the clock. The last boot time is asked for where there is none.
 */
export function win32Processes(run: RunCommand, systemRoot: string): ProcessFacts {
  return {
    bootId: async () => {
      const reg = await run(`${systemRoot}\\System32\\reg.exe`, [
        'query',
        PREFETCH,
        '/v',
        'BootId',
      ]);
      const number = parseRegValue(reg.stdout, 'BootId');
      if (number !== undefined) {
        return `boot-${number}`;
      }
      const cim = await run(powershellPath(systemRoot), [...POWERSHELL_ARGS, LAST_BOOT]);
      return cim.stdout.trim() || undefined;
    },
    startedAt: async (pid) =>
      (await windowsProcesses([pid], { run, systemRoot })).get(pid)?.startedAt,
    startMark: async (pid) =>
      (await windowsProcesses([pid], { run, systemRoot })).get(pid)?.startMark,
  };
}

const PREFETCH =
  'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters';

/** To the minute: the time is reckoned back from the clock and shakes by fractions of a second. */
const LAST_BOOT =
  "(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm')";
