/** Windows: who listens, by netstat, and processes, by CIM and the registry. */
import { isRecord } from '../../core/domain/errors';
import { isTcpPort } from '../../core/domain/names';
import { parsedJson } from '../../core/domain/schema';
import type { Listener, ListenerTable } from '../../core/host/interfaces';
import type { CommandResult } from '../fs/runProgram';
import { parseRegValue } from './machineIdentity';
import { unreadableTable, type OperatingSystem, type ProcessFacts } from './operatingSystem';

type WindowsTools = Pick<OperatingSystem, 'run' | 'systemRoot'>;

/** `netstat -ano` and CIM. Windows shows no one the working directory of another process. */
export class Win32ListenerTable implements ListenerTable {
  /** Starting netstat costs more here than elsewhere: some tens of milliseconds. */
  readonly pollIntervalMs = 10_000;
  readonly #options: WindowsTools;

  constructor(options: WindowsTools) {
    this.#options = options;
  }

  async ports(): Promise<ReadonlySet<number>> {
    const { stdout, exitCode } = await this.#netstat();
    if (exitCode !== 0) {
      throw unreadableTable(this.#program);
    }
    return new Set(parseNetstatWindows(stdout).map((row) => row.port));
  }

  async listeners(ports?: ReadonlySet<number>): Promise<readonly Listener[]> {
    const table = parseNetstatWindows((await this.#netstat()).stdout);
    const rows = ports === undefined ? table : table.filter((row) => ports.has(row.port));
    const pids = [...new Set(rows.map((row) => row.pid))].filter((pid) => pid > 0);
    const processes = await windowsProcesses(pids, this.#options);
    return rows.map(({ port, address, pid }) => ({
      port,
      address,
      ...(pid > 0 ? { process: { pid, ...processes.get(pid) } } : {}),
    }));
  }

  get #program(): string {
    return `${this.#options.systemRoot}\\System32\\netstat.exe`;
  }

  #netstat(): Promise<CommandResult> {
    return this.#options.run(this.#program, ['-ano']);
  }
}

export interface NetstatRow {
  readonly port: number;
  readonly address: string;
  readonly pid: number;
}

/**
 * Rows `TCP  local  foreign  state  pid`. The state's name is in the language of the system, so a
 * listener is known by its foreign port, which is 0.
 */
export function parseNetstatWindows(text: string): readonly NetstatRow[] {
  const rows: NetstatRow[] = [];
  for (const line of text.split(/\r?\n/)) {
    const fields = line.trim().split(/\s+/);
    const [protocol, local = '', foreign = ''] = fields;
    // The state is missing where it has no name and may have two words: the pid is the last field.
    const pid = Number(fields.at(-1));
    const found = /^(?:\[([^\]]+)\]|([\d.]+)):(\d+)$/.exec(local);
    const address = found?.[1] ?? found?.[2];
    const port = Number(found?.[3]);
    if (protocol !== 'TCP' || !foreign.endsWith(':0') || address === undefined) {
      continue;
    }
    if (isTcpPort(port)) {
      rows.push({ port, address, pid: Number.isSafeInteger(pid) && pid > 0 ? pid : 0 });
    }
  }
  return rows;
}

/**
 * The boot's number from the registry: it is counted up at every boot and, unlike the last boot
 * time, does not move with the clock. Where there is none, the last boot time is used.
 */
export function win32Processes(tools: WindowsTools): ProcessFacts {
  const { run, systemRoot } = tools;
  const lookUp = async (pid: number) => (await windowsProcesses([pid], tools)).get(pid);
  return {
    bootId: async () => {
      const args = ['query', PREFETCH, '/v', 'BootId'];
      const reg = await run(`${systemRoot}\\System32\\reg.exe`, args);
      const number = parseRegValue(reg.stdout, 'BootId');
      if (number !== undefined) {
        return `boot-${number}`;
      }
      const cim = await run(powershellPath(systemRoot), [...POWERSHELL_ARGS, LAST_BOOT]);
      return cim.stdout.trim() || undefined;
    },
    startedAt: async (pid) => (await lookUp(pid))?.startedAt,
    startMark: async (pid) => (await lookUp(pid))?.startMark,
  };
}

const PREFETCH =
  'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters';

/** To the minute: the time is computed back from the clock and varies by fractions of a second. */
const LAST_BOOT =
  "(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm')";

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

const POWERSHELL_ARGS: readonly string[] = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command'];

/** Windows takes 32,767 characters of command line; one process needs some 20 of them. */
const PROCESSES_A_QUERY = 500;

/** What CIM knows of these processes; without PowerShell, the names that tasklist has. */
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
  const json = parsedJson(text);
  const rows: readonly unknown[] = Array.isArray(json) ? json : [json];
  for (const row of rows) {
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
  const rows = text.matchAll(/^"([^"\r\n]+)","(\d+)"/gm);
  return new Map([...rows].map(([, command = '', pid]) => [Number(pid), { command }]));
}
