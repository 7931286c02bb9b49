/** Whether the process behind a participant is there: the only proof that it ended. */
import type { ProcessTable } from '../../core/host/interfaces';
import { START_TOLERANCE_MS } from '../../core/health/ownership';

/** `unproven`: a process has its pid, but maybe another one. */
export type ProcessLiveness = 'there' | 'gone' | 'unproven';

/** What a participant said of itself, or a holder of its participant. */
export interface ProcessNames {
  readonly pid: number;
  /** `ProcessTable.identityOf`. */
  readonly identity?: string;
  /** Milliseconds since the Unix epoch; some systems reckon it from the clock. */
  readonly startedAt?: number;
}

/** Errors: those of the table. */
export async function livenessOf(
  processes: Pick<ProcessTable, 'isAlive' | 'identityOf' | 'startedAt'>,
  { pid, identity, startedAt }: ProcessNames,
): Promise<ProcessLiveness> {
  if (!processes.isAlive(pid)) {
    return 'gone';
  }
  const present = identity === undefined ? undefined : await processes.identityOf(pid);
  if (present !== undefined) {
    return present === identity ? 'there' : 'gone';
  }
  const started = startedAt === undefined ? undefined : await processes.startedAt(pid);
  if (started === undefined || startedAt === undefined) {
    return 'unproven';
  }
  return Math.abs(started - startedAt) > START_TOLERANCE_MS ? 'gone' : 'there';
}
