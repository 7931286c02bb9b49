import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { SystemTool } from '../../core/host/interfaces';
import { ifAvailable } from '../fs/errors';
import type { OperatingSystem } from '../os/operatingSystem';
import { powershellPath } from '../os/win32';

type SystemToolsOptions = Omit<OperatingSystem, 'run'>;

/** What the adapters of this platform ask, by the full paths that they use. */
export interface NeededTool extends Omit<SystemTool, 'present'> {
  readonly path: string;
}

export async function systemTools(options: SystemToolsOptions): Promise<readonly SystemTool[]> {
  const mode = options.platform === 'linux' ? constants.R_OK : constants.X_OK;
  return Promise.all(
    neededTools(options).map(async ({ path, ...tool }) => {
      const present = (await ifAvailable(access(path, mode).then(() => true))) ?? false;
      return { ...tool, present };
    }),
  );
}

export function neededTools(options: SystemToolsOptions): readonly NeededTool[] {
  const { platform, proc = '/proc' } = options;
  if (platform === 'darwin') {
    return DARWIN;
  }
  if (platform === 'win32') {
    return win32(options.systemRoot);
  }
  return [
    {
      name: '/proc',
      path: `${proc}/net/tcp`,
      purpose: 'who listens on which port, and when a process started',
      without: 'Until then states of ports, conflicts and orphans are not known.',
    },
  ];
}

const DARWIN: readonly NeededTool[] = [
  {
    name: 'netstat',
    path: '/usr/sbin/netstat',
    purpose: 'which ports are listened on',
    without: 'Until then states of ports, conflicts and orphans are not known.',
  },
  {
    name: 'lsof',
    path: '/usr/sbin/lsof',
    purpose: 'who listens on a port',
    without: 'Until then the processes behind ports, and so conflicts, are not known.',
  },
  {
    name: 'ps',
    path: '/bin/ps',
    purpose: 'for the command of a process and when it started',
    without: 'Until then a process cannot be told from a later one of the same pid.',
  },
  {
    name: 'sysctl',
    path: '/usr/sbin/sysctl',
    purpose: 'when the system started, and which ports outgoing connections get',
    without: 'Until then ranges that are found may lie among ports of outgoing connections.',
  },
  {
    name: 'ioreg',
    path: '/usr/sbin/ioreg',
    purpose: 'which machine this is',
    without: 'Until then the host name says it, and a new name begins without ports.',
  },
];

function win32(systemRoot: string): readonly NeededTool[] {
  return [
    {
      name: 'netstat',
      path: `${systemRoot}\\System32\\netstat.exe`,
      purpose: 'who listens on which port',
      without: 'Until then states of ports, conflicts and orphans are not known.',
    },
    {
      name: 'PowerShell',
      path: powershellPath(systemRoot),
      purpose: 'for the command of a process and when it started (CIM)',
      without: 'Until then only the names of programs are known.',
    },
    {
      name: 'netsh',
      path: `${systemRoot}\\System32\\netsh.exe`,
      purpose: 'which ports outgoing connections get, and which nobody may use',
      without: 'Until then ranges that are found may lie among ports of outgoing connections.',
    },
    {
      name: 'reg',
      path: `${systemRoot}\\System32\\reg.exe`,
      purpose: 'which machine this is, and when the system started',
      without: 'Until then the host name says it, and a new name begins without ports.',
    },
  ];
}
