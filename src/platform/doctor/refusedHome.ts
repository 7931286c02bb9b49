import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineFacts } from '../../core/host/interfaces';
import { hostIdOf } from '../os/hostId';
import { SystemMachine } from './machineFacts';
import { homeFolder, systemPathsOptions, type PathsOptions } from '../home/paths';

/**
 * What can be told of a machine on which nobody can lead: the home is looked at as it is, nothing
 * is made or written. Errors: `invalid_argument` if `STYXY_HOME` is not absolute.
 */
export async function lookAtRefusedHome(
  options: PathsOptions = systemPathsOptions(),
): Promise<MachineFacts> {
  const named = homeFolder(options);
  const home = await realpath(named).catch(() => named);
  const [machineId, inContainer] = await Promise.all([options.machineId(), options.inContainer()]);
  const hostId = hostIdOf({ machineId, hostname: options.hostname, inContainer });
  const hostFolder = join(home, 'hosts', hostId);
  const { platform } = options;
  return new SystemMachine({ home, hostFolder, platform, isRefused: true }).look('');
}
