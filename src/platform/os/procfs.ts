/** Pure readers of what proc(5) says of sockets and processes. */
import { isTcpPort } from '../../core/domain/names';

/** One listening socket of /proc/net/tcp or tcp6. */
export interface ProcListener {
  readonly port: number;
  readonly address: string;
  readonly uid: number;
  readonly inode: string;
}

/** proc(5), tcp_states.h: TCP_LISTEN. */
const LISTEN = '0A';

/** The listening sockets of one table. Lines that are not as proc(5) says are skipped. */
export function parseProcNet(text: string): readonly ProcListener[] {
  const listeners: ProcListener[] = [];
  for (const line of text.split('\n')) {
    // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ...
    const fields = line.trim().split(/\s+/, 10);
    const [, local, , state, , , , uid, , inode] = fields;
    if (state !== LISTEN || local === undefined || inode === undefined) {
      continue;
    }
    const [hexAddress = '', hexPort = ''] = local.split(':');
    const address = parseHexAddress(hexAddress);
    const port = Number.parseInt(hexPort, 16);
    if (address !== undefined && isTcpPort(port)) {
      listeners.push({ port, address, uid: Number(uid), inode });
    }
  }
  return listeners;
}

/**
 * How many TCP sockets /proc/net/sockstat or sockstat6 counts, listening ones among them; undefined
 * for any other text.
 */
export function parseSockstat(text: string): number | undefined {
  const count = /^TCP6?: inuse (\d+)\b/m.exec(text)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** Four or sixteen bytes as 32-bit words in the byte order of the machine: little-endian. */
export function parseHexAddress(hex: string): string | undefined {
  if (!/^(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{32})$/.test(hex)) {
    return undefined;
  }
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8) {
    for (let byte = 6; byte >= 0; byte -= 2) {
      bytes.push(Number.parseInt(hex.slice(word + byte, word + byte + 2), 16));
    }
  }
  return bytes.length === 4 ? bytes.join('.') : formatIpv6(bytes);
}

/** The canonical form of RFC 5952, with IPv4-mapped addresses in dotted form. */
function formatIpv6(bytes: readonly number[]): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  }
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${bytes.slice(12).join('.')}`;
  }
  const { start, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  return length < 2
    ? hex.join(':')
    : `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) {
      length++;
    }
    if (length > best.length) {
      best = { start, length };
    }
  }
  return best;
}

/** The inode in a link of /proc/<pid>/fd that is a socket: `socket:[12345]`. */
export function parseSocketLink(link: string): string | undefined {
  return /^socket:\[(\d+)\]$/.exec(link)?.[1];
}

export interface ProcStat {
  /** R, S, D, Z, ... */
  readonly state: string;
  /** Clock ticks after boot at which the process started. */
  readonly startTicks: number;
}

/** /proc/<pid>/stat; the command in it may hold spaces and parentheses. */
export function parseProcStat(text: string): ProcStat | undefined {
  const end = text.lastIndexOf(')');
  const fields = text
    .slice(end + 1)
    .trim()
    .split(' ');
  const [state] = fields;
  // Field 22 counted from 1; what follows the command begins with field 3.
  const startTicks = Number(fields[19]);
  return end < 0 || !state || !Number.isSafeInteger(startTicks) ? undefined : { state, startTicks };
}

/** The `btime` line of /proc/stat: seconds since the Unix epoch at which the machine booted. */
export function parseBootTime(text: string): number | undefined {
  const found = /^btime (\d+)$/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** /proc/<pid>/cmdline: arguments that each end in NUL; empty for a zombie or a kernel thread. */
export function parseCmdline(text: string): string | undefined {
  return text.split('\0').filter(Boolean).join(' ') || undefined;
}

/** The link of /proc/<pid>/cwd; the kernel marks a folder that is gone. */
export function parseCwdLink(link: string): string {
  return link.replace(/ \(deleted\)$/, '');
}
