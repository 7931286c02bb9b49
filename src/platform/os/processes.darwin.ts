import type { RunCommand } from '../fs/runProgram';
import type { ProcessFacts } from './processFacts';

/**
 * sysctl(8) and ps(1). `kern.bootsessionuuid` is new with every boot and, unlike `kern.boottime`,
 * does not move when the clock is set. A process's start is what the kernel wrote down at fork.
 */
export function darwinProcesses(run: RunCommand): ProcessFacts {
  const startedAt = async (pid: number): Promise<number | undefined> => {
    const args = ['-o', 'pid=,lstart=', '-p', String(pid)];
    const { stdout } = await run('/bin/ps', args, { env: UTC });
    return parseLstart(stdout).get(pid);
  };
  return {
    bootId: async () => {
      const session = await run('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']);
      const uuid = session.stdout.trim().toLowerCase();
      if (uuid !== '') {
        return uuid;
      }
      return parseBootTimeval((await run('/usr/sbin/sysctl', ['-n', 'kern.boottime'])).stdout);
    },
    startedAt,
    startMark: async (pid) => darwinStartMark(await startedAt(pid)),
  };
}

/** To the second; written down at fork, so that it does not move when the clock is set. */
export function darwinStartMark(startedAt: number | undefined): string | undefined {
  return startedAt?.toString();
}

/** Times in UTC and in English, whatever the user's settings. */
const UTC = { TZ: 'UTC', LC_ALL: 'C' };

/** `{ sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023`; the second is enough. */
export function parseBootTimeval(text: string): string | undefined {
  const seconds = /\bsec\s*=\s*(\d+)/.exec(text)?.[1];
  return seconds === undefined ? undefined : `boottime-${seconds}`;
}

/** Lines of `ps -o pid=,lstart=` (ps(1): `%c` of strftime), made with TZ=UTC LC_ALL=C. */
export function parseLstart(text: string): ReadonlyMap<number, number> {
  const started = new Map<number, number>();
  for (const line of text.split('\n')) {
    const found = /^\s*(\d+)\s+\w{3}\s+(\w{3}\s+\d+\s+[\d:]+\s+\d{4})/.exec(line);
    const at = Date.parse(`${found?.[2] ?? ''} UTC`);
    if (found !== null && !Number.isNaN(at)) {
      started.set(Number(found[1]), at);
    }
  }
  return started;
}
