import type { Clock, ListenerTable } from '../../core/host/interfaces';
import { SystemClock } from '../fs/clock';
import { runCommand, type RunCommand } from '../fs/runProgram';
import { DarwinListenerTable } from './listeners.darwin';
import { LinuxListenerTable } from './listeners.linux';
import { Win32ListenerTable } from './listeners.win32';
import { systemRoot } from './powershell';

export interface ListenerTableOptions {
  readonly platform: NodeJS.Platform;
  readonly run: RunCommand;
  /** `%SystemRoot%` on Windows. */
  readonly systemRoot: string;
  readonly clock: Clock;
  /** Of this process; undefined on Windows. */
  readonly uid: number | undefined;
}

/** The listener table of this operating system. Keep the instance: it remembers owners. */
export function systemListenerTable(
  options: ListenerTableOptions = {
    platform: process.platform,
    run: runCommand,
    systemRoot: systemRoot(),
    uid: process.getuid?.(),
    clock: new SystemClock(),
  },
): ListenerTable {
  if (options.platform === 'darwin') {
    return new DarwinListenerTable(options);
  }
  return options.platform === 'win32'
    ? new Win32ListenerTable(options)
    : new LinuxListenerTable(options);
}
