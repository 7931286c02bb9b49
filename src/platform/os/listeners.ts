import type { Clock, ListenerTable } from '../../core/host/interfaces';
import { SystemClock } from '../fs/runtime';
import { DarwinListenerTable } from './darwin';
import { LinuxListenerTable } from './linux';
import { thisSystem, type OperatingSystem } from './operatingSystem';
import { Win32ListenerTable } from './win32';

export interface ListenerTableOptions extends OperatingSystem {
  readonly clock: Clock;
  /** Of this process; undefined on Windows. */
  readonly uid: number | undefined;
}

/** The listener table of this operating system. Keep the instance: it remembers owners. */
export function systemListenerTable(
  options: ListenerTableOptions = {
    ...thisSystem(),
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
