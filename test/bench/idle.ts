/** What a leader and a follower cost while nobody asks anything. */
import { readFile } from 'node:fs/promises';
import type { Row } from './statistics';

/** Long enough for several looks at the machine and one health check. */
const SECONDS = 40;

/** USER_HZ on Linux: proc(5) counts in it. */
const TICKS_PER_SECOND = 100;

/** Undefined where the system has no proc(5). */
export async function idle(
  pids: Readonly<Record<'leader' | 'follower', number>>,
): Promise<Row | undefined> {
  const before = await secondsOf(pids);
  if (before === undefined) {
    return undefined;
  }
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const after = await secondsOf(pids);
  if (after === undefined) {
    return undefined;
  }
  const share = (who: 'leader' | 'follower'): number =>
    ((after[who] - before[who]) / SECONDS) * 100;
  const figures = { leader: share('leader'), follower: share('follower') };
  return {
    what: `idle for ${SECONDS} s`,
    figures,
    unit: '% of a core',
    target: 'leader < 0.3',
    met: figures.leader < 0.3,
  };
}

async function secondsOf(
  pids: Readonly<Record<'leader' | 'follower', number>>,
): Promise<Record<'leader' | 'follower', number> | undefined> {
  const [leader, follower] = await Promise.all([cpuOf(pids.leader), cpuOf(pids.follower)]);
  return leader === undefined || follower === undefined ? undefined : { leader, follower };
}

/** Seconds of user and system time; the command in brackets may have spaces in it. */
async function cpuOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields === undefined
    ? undefined
    : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
