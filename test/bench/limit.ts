/**
 * What no coordinator of this design can beat: one round trip over a socket to another process,
 * plus one fdatasync of an appended line, on this machine in this run.
 */
import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Coordinator } from '../../src/core/messages/coordinator';
import { quantile, timed } from './statistics';

const SAMPLES = 300;

/** A line of a commit has about this many bytes. */
const LINE = `${'x'.repeat(700)}\n`;

/** The median of both together, in milliseconds. `status` reads nothing and writes nothing. */
export async function limitMs(follower: Coordinator, folder: string): Promise<number> {
  const path = join(folder, `sync-${randomUUID()}`);
  const file = await open(path, 'a');
  const syncs: number[] = [];
  const trips: number[] = [];
  try {
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const sync = await timed(async () => {
        await file.write(LINE);
        await file.datasync();
      });
      syncs.push(sync.ms);
      trips.push((await timed(() => follower.status())).ms);
    }
  } finally {
    await file.close();
    await rm(path);
  }
  return quantile(syncs, 0.5) + quantile(trips, 0.5);
}
