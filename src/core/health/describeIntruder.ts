import { describeProcess } from '../domain/describe';
import type { Intruder, ListeningProcess } from '../domain/model';

/** `node server.js (pid 7, in /home/me/b), from another checkout of the same repository`. */
export function describeIntruder(
  process: ListeningProcess | undefined,
  intruder: Intruder | undefined,
): string {
  const who = describeProcess(process);
  switch (intruder?.kind) {
    case undefined:
      return who;
    case 'sibling':
      return intruder.sameRepository
        ? `${who}, from another checkout of the same repository`
        : `${who}, from another workspace`;
    case 'stranger':
      return intruder.workspace === undefined
        ? `${who}, which was there before the allocation`
        : `${who}, from another workspace`;
  }
}
