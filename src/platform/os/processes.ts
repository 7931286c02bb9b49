import type { ProcessTable } from '../../core/host/interfaces';
import { errnoOf } from '../fs/errors';
import { darwinProcesses } from './darwin';
import { linuxProcesses } from './linux';
import { thisSystem, type OperatingSystem, type ProcessFacts } from './operatingSystem';
import { win32Processes } from './win32';

/** Reads the boot id once; it cannot change while this process lives. */
export async function openProcessTable(
  options: OperatingSystem = thisSystem(),
): Promise<ProcessTable> {
  const facts = processFacts(options);
  // The same for every process of this machine, so that no one takes a lock for another boot's.
  const bootId = (await facts.bootId()) ?? 'unknown';
  return {
    bootId,
    startedAt: async (pid) => (isPid(pid) ? facts.startedAt(pid) : undefined),
    identityOf: async (pid) => {
      const mark = isPid(pid) ? await facts.startMark(pid) : undefined;
      return mark === undefined ? undefined : `${bootId}/${pid}/${mark}`;
    },
    isAlive,
  };
}

function processFacts(options: OperatingSystem): ProcessFacts {
  if (options.platform === 'darwin') {
    return darwinProcesses(options.run);
  }
  return options.platform === 'win32' ? win32Processes(options) : linuxProcesses(options.proc);
}

/** kill(2) with signal 0; EPERM is another user's process. A zombie still counts as alive here. */
function isAlive(pid: number): boolean {
  if (!isPid(pid)) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ESRCH' && errno !== 'EPERM') {
      throw error;
    }
    return errno === 'EPERM';
  }
}

/** 0 and negative numbers mean whole groups of processes to kill(2). */
function isPid(pid: number): boolean {
  return Number.isSafeInteger(pid) && pid > 0 && pid < 2 ** 31;
}
