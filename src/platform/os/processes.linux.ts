import { readFile } from 'node:fs/promises';
import { errnoOf } from '../fs/errno';
import type { ProcessFacts } from './processFacts';
import { parseBootTime, parseProcStat } from './procfs';

/** USER_HZ: 100 on every architecture that Node runs on (time(7), `getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100;

/**
 * Processes as proc(5) tells. The kernel counts their start from boot; `startedAt` is that plus
 * the boot time, which moves when the wall clock is set: compare it with some tolerance.
 */
export function linuxProcesses(proc = '/proc'): ProcessFacts {
  return {
    bootId: async () => {
      const text = await readIfTold(`${proc}/sys/kernel/random/boot_id`);
      return text?.trim() || undefined;
    },
    startedAt: async (pid) => {
      const [stat, bootedAt] = await Promise.all([
        readIfTold(`${proc}/${pid}/stat`),
        linuxBootTimeMs(proc),
      ]);
      return stat === undefined ? undefined : linuxStartMs(stat, bootedAt);
    },
    startMark: async (pid) => linuxStartMark((await readIfTold(`${proc}/${pid}/stat`)) ?? ''),
  };
}

/** Milliseconds since the Unix epoch at which the machine booted, as it is reckoned now. */
export async function linuxBootTimeMs(proc = '/proc'): Promise<number | undefined> {
  const seconds = parseBootTime((await readIfTold(`${proc}/stat`)) ?? '');
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Undefined for a zombie too: it runs no more and holds nothing. */
export function linuxStartMs(stat: string, bootedAt: number | undefined): number | undefined {
  const ticks = startTicks(stat);
  return ticks === undefined || bootedAt === undefined
    ? undefined
    : bootedAt + (ticks * 1000) / TICKS_PER_SECOND;
}

/** Ticks since boot: they do not move when the clock is set. Undefined for a zombie too. */
export function linuxStartMark(stat: string): string | undefined {
  return startTicks(stat)?.toString();
}

function startTicks(stat: string): number | undefined {
  const parsed = parseProcStat(stat);
  return parsed === undefined || /^[ZXx]$/.test(parsed.state) ? undefined : parsed.startTicks;
}

/** A process that ended, or is hidden from this user, tells nothing. */
async function readIfTold(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}
