/** Which machine this is, and which network of it: the id of a host. */
import { readFile, stat } from 'node:fs/promises';
import { ifAvailable } from '../fs/errors';
import { sha256 } from '../fs/runtime';
import type { OperatingSystem } from './operatingSystem';

export interface HostFacts {
  /** Undefined where the operating system has none. */
  readonly machineId: string | undefined;
  readonly hostname: string;
  readonly inContainer: boolean;
}

/** 48 bits distinguish the few machines and containers that share a home. */
const HOST_ID_DIGITS = 12;

/**
 * Names one network namespace: the same after a reboot, another for each container that shares
 * the home. The machine's own id is not written anywhere.
 */
export function hostIdOf(facts: HostFacts): string {
  const machine = facts.machineId ?? facts.hostname;
  const identity = facts.inContainer ? `${machine}\n${facts.hostname}` : machine;
  return sha256(identity).slice(0, HOST_ID_DIGITS);
}

/** machine-id(5): the second is what systems without systemd have. */
const MACHINE_ID_FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

/**
 * The id that the operating system gave this installation; the same after a reboot. Undefined
 * where there is none, as in most container images: the caller takes the host name instead.
 * `files`: where Linux has it, in order.
 */
export async function readMachineId(
  options: OperatingSystem,
  files = MACHINE_ID_FILES,
): Promise<string | undefined> {
  if (options.platform === 'darwin') {
    const args = ['-rd1', '-c', 'IOPlatformExpertDevice'];
    return parseIoreg((await options.run('/usr/sbin/ioreg', args)).stdout);
  }
  if (options.platform === 'win32') {
    const args = ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid'];
    const reg = `${options.systemRoot}\\System32\\reg.exe`;
    return parseRegValue((await options.run(reg, args)).stdout, 'MachineGuid');
  }
  for (const file of files) {
    const id = parseMachineIdFile((await ifAvailable(readFile(file, 'utf8'))) ?? '');
    if (id !== undefined) {
      return id;
    }
  }
  return undefined;
}

/** machine-id(5): 32 lower-case hex digits; `uninitialized` or empty before the first boot. */
export function parseMachineIdFile(text: string): string | undefined {
  const id = text.trim().toLowerCase();
  return /^[0-9a-f]{32}$/.test(id) ? id : undefined;
}

/** The `IOPlatformUUID` of ioreg(8)'s output. */
export function parseIoreg(text: string): string | undefined {
  return /"IOPlatformUUID"\s*=\s*"([0-9A-Fa-f-]{36})"/.exec(text)?.[1]?.toLowerCase();
}

/** The data of one value in the output of `reg query`: name, type and data, four spaces apart. */
export function parseRegValue(text: string, name: string): string | undefined {
  for (const line of text.split(/\r?\n/)) {
    const [found, type, ...data] = line.trim().split(/\s{2,}|\t/);
    if (found?.toLowerCase() === name.toLowerCase() && type?.startsWith('REG_') === true) {
      return data.join(' ').toLowerCase() || undefined;
    }
  }
  return undefined;
}

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
  const markers = options.markers ?? MARKERS;
  const found = await Promise.all(markers.map((path) => ifAvailable(stat(path))));
  const cgroup = await ifAvailable(readFile(options.cgroupFile ?? CGROUP_FILE, 'utf8'));
  return found.some((marker) => marker !== undefined) || cgroupIsContainer(cgroup ?? '');
}

/** cgroups(7): the path of process 1 names the engine; `/` or `/init.scope` is the host itself. */
export function cgroupIsContainer(text: string): boolean {
  return /[/:-](docker|kubepods|containerd|cri-containerd|libpod|lxc|podman)\b/.test(text);
}
