import { readFile } from 'node:fs/promises';
import { errnoOf } from '../fs/errno';
import type { RunCommand } from '../fs/runProgram';

export interface MachineIdOptions {
  readonly platform: NodeJS.Platform;
  readonly run: RunCommand;
  /** `%SystemRoot%` on Windows: tools are started by full path, never looked up in PATH. */
  readonly systemRoot: string;
  /** Linux: where the id is looked for, in order. */
  readonly files?: readonly string[];
}

/** machine-id(5): the second is what systems without systemd have. */
const MACHINE_ID_FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

/**
 * The id that the operating system gave this installation; the same after a reboot. Undefined
 * where there is none, as in most container images: the caller takes the host name instead.
 */
export async function readMachineId(options: MachineIdOptions): Promise<string | undefined> {
  if (options.platform === 'darwin') {
    const args = ['-rd1', '-c', 'IOPlatformExpertDevice'];
    return parseIoreg((await options.run('/usr/sbin/ioreg', args)).stdout);
  }
  if (options.platform === 'win32') {
    const args = ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid'];
    const reg = `${options.systemRoot}\\System32\\reg.exe`;
    return parseRegValue((await options.run(reg, args)).stdout, 'MachineGuid');
  }
  return firstMachineIdFile(options.files ?? MACHINE_ID_FILES);
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

async function firstMachineIdFile(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    try {
      const id = parseMachineIdFile(await readFile(file, 'utf8'));
      if (id !== undefined) {
        return id;
      }
    } catch (error) {
      // A missing or unreadable file tells nothing about the next one.
      if (errnoOf(error) === undefined) {
        throw error;
      }
    }
  }
  return undefined;
}
