import { readFile } from 'node:fs/promises';
import type { PortRange } from '../../core/domain/catalogue';
import { isTcpPort } from '../../core/domain/names';
import { runCommand, type RunCommand } from '../fs/runProgram';
import { errnoOf } from '../fs/errno';
import { systemRoot } from './powershell';

export interface EphemeralPortsOptions {
  readonly platform: NodeJS.Platform;
  readonly run: RunCommand;
  /** `%SystemRoot%` on Windows: tools are started by full path, never looked up in PATH. */
  readonly systemRoot: string;
  /** Linux: where proc(5) is mounted. */
  readonly proc?: string;
}

/**
 * The ports that the operating system takes for outgoing connections, and for servers that ask for
 * port 0. Undefined when it does not tell.
 */
export async function ephemeralPorts(
  options: EphemeralPortsOptions = {
    platform: process.platform,
    run: runCommand,
    systemRoot: systemRoot(),
  },
): Promise<PortRange | undefined> {
  if (options.platform === 'darwin') {
    const names = ['net.inet.ip.portrange.first', 'net.inet.ip.portrange.last'];
    return parseSysctlPortRange((await options.run('/usr/sbin/sysctl', ['-n', ...names])).stdout);
  }
  if (options.platform === 'win32') {
    const netsh = `${options.systemRoot}\\System32\\netsh.exe`;
    const args = ['int', 'ipv4', 'show', 'dynamicport', 'tcp'];
    return parseDynamicPort((await options.run(netsh, args)).stdout);
  }
  return parseLocalPortRange(await readIfThere(options.proc ?? '/proc'));
}

/** ip(7): first and last port, separated by a tab. */
export function parseLocalPortRange(text: string): PortRange | undefined {
  const [, first, last] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  return rangeOf(Number(first), Number(last));
}

/** Both values, one a line. The kernel counts down where the first is the higher one: ip(4). */
export function parseSysctlPortRange(text: string): PortRange | undefined {
  const [, first, last] = /^\s*(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  const ends = [Number(first), Number(last)];
  return rangeOf(Math.min(...ends), Math.max(...ends));
}

/** The lines that end in a number are the first port and how many there are, in any language. */
export function parseDynamicPort(text: string): PortRange | undefined {
  const numbers = text
    .split(/\r?\n/)
    .map((line) => /(?:^|\D)(\d+)\s*$/.exec(line)?.[1])
    .filter((found) => found !== undefined);
  const [first, size] = numbers.map(Number);
  return numbers.length === 2 && first !== undefined && size !== undefined
    ? rangeOf(first, first + size - 1)
    : undefined;
}

function rangeOf(first: number, last: number): PortRange | undefined {
  return isTcpPort(first) && isTcpPort(last) && first <= last ? { first, last } : undefined;
}

async function readIfThere(proc: string): Promise<string> {
  try {
    return await readFile(`${proc}/sys/net/ipv4/ip_local_port_range`, 'utf8');
  } catch (error) {
    // Whatever the reason, the machine does not tell.
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return '';
  }
}
