import { access, readFile } from 'node:fs/promises';
import { errnoOf } from '../fs/errno';

export interface ContainerOptions {
  readonly platform: NodeJS.Platform;
  /** Files that a container engine leaves in every container: Docker's and Podman's. */
  readonly markers?: readonly string[];
  readonly cgroupFile?: string;
}

const MARKERS = ['/.dockerenv', '/run/.containerenv'];
const CGROUP_FILE = '/proc/1/cgroup';

/**
 * Whether this process runs in a container: containers that share a home do not share a network,
 * so each needs ports of its own.
 */
export async function runsInContainer(options: ContainerOptions): Promise<boolean> {
  if (options.platform !== 'linux') {
    return false;
  }
  const found = await Promise.all((options.markers ?? MARKERS).map(isThere));
  return found.includes(true) || cgroupIsContainer(await cgroupText(options));
}

/** cgroups(7): the path of process 1 names the engine; `/` or `/init.scope` is the host itself. */
export function cgroupIsContainer(text: string): boolean {
  return /[/:-](docker|kubepods|containerd|cri-containerd|libpod|lxc|podman)\b/.test(text);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return false;
  }
}

async function cgroupText(options: ContainerOptions): Promise<string> {
  try {
    return await readFile(options.cgroupFile ?? CGROUP_FILE, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return '';
  }
}
