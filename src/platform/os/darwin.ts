/** macOS: who listens, by netstat(1) and lsof(8), and processes, by ps(1) and sysctl(8). */
import type { ListeningProcess } from '../../core/domain/model';
import { isTcpPort } from '../../core/domain/names';
import { given } from '../../core/domain/schema';
import type { Listener, ListenerTable } from '../../core/host/interfaces';
import type { CommandResult, RunCommand } from '../fs/runProgram';
import { unreadableTable, type OperatingSystem, type ProcessFacts } from './operatingSystem';

const LSOF = '/usr/sbin/lsof';
const NETSTAT = '/usr/sbin/netstat';
const PS = '/bin/ps';
const SYSCTL = '/usr/sbin/sysctl';

/** Times in UTC and in English, whatever the user's settings. */
const UTC = { TZ: 'UTC', LC_ALL: 'C' };

/**
 * netstat(1) shows every listener but no owner, lsof(8) the owners of this user's. Written from
 * their manuals and from samples.
 */
export class DarwinListenerTable implements ListenerTable {
  /** netstat is a process of its own each time: some ten milliseconds. */
  readonly pollIntervalMs = 5000;
  readonly #run: RunCommand;

  constructor(options: Pick<OperatingSystem, 'run'>) {
    this.#run = options.run;
  }

  async ports(): Promise<ReadonlySet<number>> {
    const { stdout, exitCode } = await this.#netstat();
    if (exitCode !== 0) {
      throw unreadableTable(NETSTAT);
    }
    return new Set(parseNetstatBsd(stdout).map((row) => row.port));
  }

  async listeners(ports?: ReadonlySet<number>): Promise<readonly Listener[]> {
    const [netstat, owned] = await Promise.all([this.#netstat(), this.#owned()]);
    const all = parseNetstatBsd(netstat.stdout);
    const wanted = (port: number) => ports === undefined || ports.has(port);
    const mine = owned.filter((row) => wanted(row.port));
    const known = new Set(mine.map((row) => row.port));
    const others = all.filter((row) => wanted(row.port) && !known.has(row.port));
    const processes = await this.#describe(mine);
    return [
      ...mine.map(({ port, address, pid, command }) => ({
        port,
        address,
        process: processes.get(pid) ?? { pid, command },
      })),
      ...others,
    ];
  }

  #netstat(): Promise<CommandResult> {
    return this.#run(NETSTAT, ['-an', '-p', 'tcp']);
  }

  async #owned(): Promise<readonly LsofListener[]> {
    const args = ['-nP', '-iTCP', '-sTCP:LISTEN', '-F', 'pcnt'];
    return parseLsofListeners((await this.#run(LSOF, args)).stdout);
  }

  async #describe(rows: readonly LsofListener[]): Promise<ReadonlyMap<number, ListeningProcess>> {
    const pids = [...new Set(rows.map((row) => row.pid))];
    if (pids.length === 0) {
      return new Map();
    }
    const list = pids.join(',');
    const [cwd, ps, started] = await Promise.all([
      this.#run(LSOF, ['-a', '-d', 'cwd', '-p', list, '-F', 'n']),
      this.#run(PS, ['-ww', '-o', 'pid=,command=', '-p', list]),
      this.#run(PS, ['-o', 'pid=,lstart=', '-p', list], { env: UTC }),
    ]);
    const cwds = parseLsofCwds(cwd.stdout);
    const commands = parsePsCommands(ps.stdout);
    const starts = parseLstart(started.stdout);
    return new Map(
      rows.map(({ pid, command }) => {
        const startedAt = starts.get(pid);
        const process = given({
          pid,
          command: commands.get(pid) ?? command,
          cwd: cwds.get(pid),
          startedAt,
          startMark: darwinStartMark(startedAt),
        });
        return [pid, process];
      }),
    );
  }
}

export interface ListeningAddress {
  readonly port: number;
  readonly address: string;
}

export interface LsofListener extends ListeningAddress {
  readonly pid: number;
  /** lsof's short name of the program. */
  readonly command: string;
}

/**
 * lsof(8), "OUTPUT FOR OTHER PROGRAMS": one field a line; `p` begins a process, `f` a file of it,
 * `t` is its type (`IPv4`, `IPv6`) and `n` its name: `*:3000`, `127.0.0.1:3000`, `[::1]:3000`.
 */
export function parseLsofListeners(text: string): readonly LsofListener[] {
  const listeners: LsofListener[] = [];
  let pid = 0;
  let command = '';
  let type = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    switch (line.charAt(0)) {
      case 'p':
        pid = Number(value);
        command = '';
        break;
      case 'c':
        command = unescapeLsof(value);
        break;
      case 'f':
        type = '';
        break;
      case 't':
        type = value;
        break;
      case 'n': {
        const name = parseLsofName(value, type);
        if (name !== undefined && Number.isSafeInteger(pid) && pid > 0) {
          listeners.push({ pid, command, ...name });
        }
        break;
      }
      default:
        break;
    }
  }
  return listeners;
}

function parseLsofName(name: string, type: string): ListeningAddress | undefined {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(name);
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3]);
  if (host === undefined || !isTcpPort(port)) {
    return undefined;
  }
  const wildcard = type === 'IPv6' ? '::' : '0.0.0.0';
  return { port, address: host === '*' ? wildcard : host };
}

/** `lsof -a -d cwd -p ... -F n`: current folders; lsof's remarks on why one is unknown are not. */
export function parseLsofCwds(text: string): ReadonlyMap<number, string> {
  const cwds = new Map<number, string>();
  let pid = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) {
      pid = Number(line.slice(1));
    } else if (line.startsWith('n/') && !/ \(\w+: [^()]*\)$/.test(line)) {
      cwds.set(pid, unescapeLsof(line.slice(1)));
    }
  }
  return cwds;
}

/** lsof(8): bytes that cannot be printed come as `\xhh`, a backslash as `\\`. */
function unescapeLsof(text: string): string {
  if (!text.includes('\\')) {
    return text;
  }
  const bytes: number[] = [];
  const escaped = Buffer.from(text, 'utf8');
  for (let i = 0; i < escaped.length; i++) {
    const rest = escaped.toString('latin1', i, i + 4);
    const hex = /^\\x([0-9a-f]{2})$/.exec(rest)?.[1];
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      i += 3;
    } else {
      bytes.push(escaped[i] ?? 0);
      i += rest.startsWith('\\\\') ? 1 : 0;
    }
  }
  return Buffer.from(bytes).toString('utf8');
}

/** `ps -ww -o pid=,command=`. */
export function parsePsCommands(text: string): ReadonlyMap<number, string> {
  const rows = text.matchAll(/^[ \t]*(\d+)[ \t]+(\S.*)$/gm);
  return new Map([...rows].map(([, pid, command = '']) => [Number(pid), command.trimEnd()]));
}

/** macOS's `netstat -an -p tcp`: `tcp4  0  0  127.0.0.1.3000  *.*  LISTEN`. */
export function parseNetstatBsd(text: string): readonly ListeningAddress[] {
  const rows: ListeningAddress[] = [];
  for (const line of text.split('\n')) {
    const [protocol = '', , , local = '', , state] = line.trim().split(/\s+/);
    const dot = local.lastIndexOf('.');
    const port = Number(local.slice(dot + 1));
    if (!protocol.startsWith('tcp') || state !== 'LISTEN' || dot < 1 || !isTcpPort(port)) {
      continue;
    }
    const host = local.slice(0, dot);
    // tcp46 is one socket for both families.
    const wildcard = protocol === 'tcp4' ? '0.0.0.0' : '::';
    rows.push({ port, address: host === '*' ? wildcard : host });
  }
  return rows;
}

/**
 * sysctl(8) and ps(1). `kern.bootsessionuuid` is new with every boot and, unlike `kern.boottime`,
 * does not move when the clock is set. A process's start is what the kernel wrote down at fork.
 */
export function darwinProcesses(run: RunCommand): ProcessFacts {
  const startedAt = async (pid: number): Promise<number | undefined> => {
    const args = ['-o', 'pid=,lstart=', '-p', String(pid)];
    const { stdout } = await run(PS, args, { env: UTC });
    return parseLstart(stdout).get(pid);
  };
  return {
    bootId: async () => {
      const session = await run(SYSCTL, ['-n', 'kern.bootsessionuuid']);
      const uuid = session.stdout.trim().toLowerCase();
      if (uuid !== '') {
        return uuid;
      }
      return parseBootTimeval((await run(SYSCTL, ['-n', 'kern.boottime'])).stdout);
    },
    startedAt,
    startMark: async (pid) => darwinStartMark(await startedAt(pid)),
  };
}

/** To the second; written down at fork, so that it does not move when the clock is set. */
function darwinStartMark(startedAt: number | undefined): string | undefined {
  return startedAt?.toString();
}

/** `{ sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023`; the second is enough. */
export function parseBootTimeval(text: string): string | undefined {
  const seconds = /\bsec\s*=\s*(\d+)/.exec(text)?.[1];
  return seconds === undefined ? undefined : `boottime-${seconds}`;
}

/** Lines of `ps -o pid=,lstart=` (ps(1): `%c` of strftime), made with TZ=UTC LC_ALL=C. */
export function parseLstart(text: string): ReadonlyMap<number, number> {
  const rows = text.matchAll(/^ *(\d+) +\w{3} +(\w{3} +\d+ +[\d:]+ +\d{4})/gm);
  const started = [...rows].map(([, pid, at]) => [Number(pid), Date.parse(`${at} UTC`)] as const);
  return new Map(started.filter(([, at]) => !Number.isNaN(at)));
}
