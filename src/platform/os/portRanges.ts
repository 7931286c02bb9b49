/** Ranges of ports that the operating system keeps for itself. */
import { readFile } from 'node:fs/promises';
import type { PortRange } from '../../core/domain/catalogue';
import { isTcpPort } from '../../core/domain/names';
import { ifAvailable } from '../fs/errors';
import { thisSystem, type OperatingSystem } from './operatingSystem';

/**
 * The ports that the operating system takes for outgoing connections, and for servers that ask for
 * port 0. Undefined when it does not say.
 */
export async function ephemeralPorts(
  options: OperatingSystem = thisSystem(),
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
  const range = `${options.proc ?? '/proc'}/sys/net/ipv4/ip_local_port_range`;
  return parseLocalPortRange((await ifAvailable(readFile(range, 'utf8'))) ?? '');
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

/**
 * Ports that Windows keeps for itself, Hyper-V and containers among its reasons: no program can
 * bind them. Other systems have none. Undefined when it does not say.
 */
export async function excludedPorts(
  options: OperatingSystem,
): Promise<readonly PortRange[] | undefined> {
  const { platform, run, systemRoot } = options;
  if (platform !== 'win32') {
    return [];
  }
  const netsh = `${systemRoot}\\System32\\netsh.exe`;
  const args = ['int', 'ipv4', 'show', 'excludedportrange', 'protocol=tcp'];
  const { stdout, exitCode } = await run(netsh, args);
  return exitCode === 0 ? parseExcludedRanges(stdout) : undefined;
}

/** Lines of a first and a last port, in any language; `*` marks those that a person set. */
export function parseExcludedRanges(text: string): readonly PortRange[] {
  const lines = text.matchAll(/^[ \t]*(\d+)[ \t]+(\d+)[ \t]*\*?[ \t]*$/gm);
  return [...lines].flatMap(([, first, last]) => rangeOf(Number(first), Number(last)) ?? []);
}

function rangeOf(first: number, last: number): PortRange | undefined {
  return isTcpPort(first) && isTcpPort(last) && first <= last ? { first, last } : undefined;
}
