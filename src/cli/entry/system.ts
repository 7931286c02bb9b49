import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { version } from '../../../package.json';
import { StyxyError } from '../../core/domain/errors';
import type { ProcessTable } from '../../core/host/interfaces';
import { SystemClock } from '../../platform/fs/runtime';
import { errnoOf } from '../../platform/fs/errors';
import { openProcessTable } from '../../platform/os/processes';
import { lookAtRefusedHome } from '../../platform/doctor/machineFacts';
import { FileWorkspaceReader } from '../../platform/workspace/git';
import { announceToParent, launchDaemon } from './launchDaemon';
import type { CliEnvironment, DaemonControl } from '../run/environment';
import { systemFiles } from '../target/files';

/** This process and its machine. */
export function systemEnvironment(
  given: Pick<CliEnvironment, 'terminal' | 'cancel' | 'connect'>,
): CliEnvironment {
  const clock = new SystemClock();
  const workspaces = new FileWorkspaceReader();
  return {
    ...given,
    lookAtRefusedHome: () => lookAtRefusedHome(),
    currentFolder,
    userHome: homedir(),
    pid: process.pid,
    version,
    workspaces,
    canonicalFolder: (path) => canonicalFolder(workspaces, path),
    files: systemFiles(clock),
    daemons: createDaemonControl(clock),
    now: () => clock.now(),
  };
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    throw new StyxyError(
      'invalid_argument',
      'The current folder was removed. Change to one that exists, or name one with --project.',
      { details: { errno: errnoOf(error) }, cause: error },
    );
  }
}

/** A folder is the nearest open one of itself: so the resolver checks it, and words a refusal. */
async function canonicalFolder(workspaces: FileWorkspaceReader, path: string): Promise<string> {
  const canonical = await realpath(path).catch(() => path);
  return (await workspaces.resolve(path, new Set([canonical]))).workspace;
}

function createDaemonControl(clock: SystemClock): DaemonControl {
  let table: Promise<ProcessTable> | undefined;
  return {
    processes: () => (table ??= openProcessTable()),
    launch: (signal) => launchDaemon({ script: resolve(process.argv[1] ?? __filename), signal }),
    announce: announceToParent,
    terminate,
    sleep: (ms) => clock.sleep(ms),
  };
}

function terminate(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EPERM') {
      throw new StyxyError(
        'permission_denied',
        `Process ${pid} belongs to another user. Ask them to end it.`,
        { details: { pid }, cause: error },
      );
    }
    // It ended just now, as it should.
    if (errno !== 'ESRCH') {
      throw error;
    }
  }
}
