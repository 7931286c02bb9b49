import { isTcpPort } from '../../core/domain/names';
import type { Listener, ListenerTable } from '../../core/host/interfaces';
import type { CommandResult, RunCommand } from '../fs/runProgram';
import { unreadableTable } from './listenerError';
import { windowsProcesses } from './powershell';

export interface Win32ListenerTableOptions {
  readonly run: RunCommand;
  /** `%SystemRoot%`. */
  readonly systemRoot: string;
}

/** `netstat -ano` and CIM. Windows tells nobody the working directory of another process. */
export class Win32ListenerTable implements ListenerTable {
  /** Starting netstat costs more here than elsewhere: some tens of milliseconds. */
  readonly pollIntervalMs = 10_000;
  readonly #options: Win32ListenerTableOptions;

  constructor(options: Win32ListenerTableOptions) {
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
