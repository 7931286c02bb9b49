import { readdir, readFile } from 'node:fs/promises';

/** The children of a process whose command line has this argument (Linux only). */
export async function childProcesses(parent: number, argument: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const status = await readFile(`/proc/${pid}/stat`, 'utf8');
        // The name in brackets may hold spaces and brackets itself: read what follows the last one.
        const [state, ppid] = status.slice(status.lastIndexOf(')') + 2).split(' ');
        if (Number(ppid) !== parent || state === 'Z') {
          return undefined;
        }
        const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
        return words.includes(argument) ? Number(pid) : undefined;
      } catch (error) {
        // A process that ends while it is looked at is not there.
        if (error instanceof Error && 'code' in error) {
          return undefined;
        }
        throw error;
      }
    }),
  );
  return found.filter((pid) => pid !== undefined);
}
