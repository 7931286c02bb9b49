import type { PortRange } from '../../core/domain/catalogue';
import { isTcpPort } from '../../core/domain/names';
import type { RunCommand } from '../fs/runProgram';

export interface ExcludedPortsOptions {
  readonly platform: NodeJS.Platform;
  readonly run: RunCommand;
  /** `%SystemRoot%` on Windows: tools are started by full path, never looked up in PATH. */
  readonly systemRoot: string;
}

/**
 * Ports that Windows keeps for itself, Hyper-V and containers among its reasons: nobody can bind
 * them. Other systems have none. Undefined when it does not tell.
 */
export async function excludedPorts(
  options: ExcludedPortsOptions,
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
  const ranges: PortRange[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, start, end] = /^\s*(\d+)\s+(\d+)\s*\*?\s*$/.exec(line) ?? [];
    const [first, last] = [Number(start), Number(end)];
    if (isTcpPort(first) && isTcpPort(last) && first <= last) {
      ranges.push({ first, last });
    }
  }
  return ranges;
}
