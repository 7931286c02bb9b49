import { isRecord } from '../../core/domain/errors';
import type { RunCommand } from '../fs/runProgram';

export interface WindowsTools {
  readonly run: RunCommand;
  /** `%SystemRoot%`: tools are started by full path, never looked up in PATH. */
  readonly systemRoot: string;
}

export interface WindowsProcess {
  /** The command line, or the program's name where that is all there is. */
  readonly command?: string;
  readonly startedAt?: number;
  /** `CreationDate` to the 100 ns: the kernel's note, which does not move when the clock is set. */
  readonly startMark?: string;
}

export function powershellPath(systemRoot: string): string {
  return `${systemRoot}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
}

export const POWERSHELL_ARGS: readonly string[] = [
  '-NoLogo',
  '-NoProfile',
  '-NonInteractive',
  '-Command',
];

/** Windows takes 32,767 characters of command line; one process needs some 20 of them. */
const PROCESSES_A_QUERY = 500;

/** What CIM tells of these processes; where there is no PowerShell, the names of tasklist. */
export async function windowsProcesses(
  pids: readonly number[],
  tools: WindowsTools,
): Promise<ReadonlyMap<number, WindowsProcess>> {
  const found = new Map<number, WindowsProcess>();
  for (let from = 0; from < pids.length; from += PROCESSES_A_QUERY) {
    const query = cimQuery(pids.slice(from, from + PROCESSES_A_QUERY));
    const args = [...POWERSHELL_ARGS, query];
    const { stdout } = await tools.run(powershellPath(tools.systemRoot), args);
    parseCimProcesses(stdout).forEach((process, pid) => found.set(pid, process));
  }
  if (found.size === 0 && pids.length > 0) {
    const tasklist = `${tools.systemRoot}\\System32\\tasklist.exe`;
    return parseTasklist((await tools.run(tasklist, ['/fo', 'csv', '/nh'])).stdout);
  }
  return found;
}

function cimQuery(pids: readonly number[]): string {
  const filter = pids.map((pid) => `ProcessId=${pid}`).join(' or ');
  return (
    '[Console]::OutputEncoding=[Text.Encoding]::UTF8; ' +
    `Get-CimInstance Win32_Process -Filter '${filter}' | ForEach-Object { [pscustomobject]@{ ` +
    'pid=$_.ProcessId; name=$_.Name; command=$_.CommandLine; ' +
    "started=if ($_.CreationDate) { $_.CreationDate.ToUniversalTime().ToString('o') } } } | " +
    'ConvertTo-Json -Compress'
  );
}

/** The JSON of our own query: an object for one process, an array for several. */
export function parseCimProcesses(text: string): ReadonlyMap<number, WindowsProcess> {
  const found = new Map<number, WindowsProcess>();
  for (const row of jsonRows(text)) {
    if (!isRecord(row) || typeof row.pid !== 'number') {
      continue;
    }
    const command = [row.command, row.name].find((word) => typeof word === 'string' && word !== '');
    const startMark = typeof row.started === 'string' ? row.started : '';
    const startedAt = Date.parse(startMark);
    found.set(row.pid, {
      ...(typeof command === 'string' ? { command } : {}),
      ...(Number.isNaN(startedAt) ? {} : { startedAt, startMark }),
    });
  }
  return found;
}

/** `tasklist /fo csv /nh`: `"node.exe","1234","Console","1","45,000 K"`. */
export function parseTasklist(text: string): ReadonlyMap<number, WindowsProcess> {
  const found = new Map<number, WindowsProcess>();
  for (const line of text.split(/\r?\n/)) {
    const row = /^"([^"]+)","(\d+)"/.exec(line);
    if (row?.[1] !== undefined) {
      found.set(Number(row[2]), { command: row[1] });
    }
  }
  return found;
}

function jsonRows(text: string): readonly unknown[] {
  try {
    const json: unknown = JSON.parse(text);
    return Array.isArray(json) ? json : [json];
  } catch (error) {
    if (error instanceof SyntaxError) {
      return [];
    }
    throw error;
  }
}

/** Where Windows keeps its own programs. */
export function systemRoot(): string {
  return process.env.SystemRoot ?? 'C:\\Windows';
}
