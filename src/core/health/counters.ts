import type { HealthCounters } from '../domain/model';
import type { HealthOutcome, Sight } from './allocationHealth';

export const NO_COUNTS: HealthCounters = { checks: 0, failures: 0, conflicts: 0, released: 0 };

/** The counters after one look. A release counts once it is recorded: `countReleased`. */
export function countSight(
  counters: HealthCounters,
  sight: Pick<Sight, 'kind'>,
  { health, effect }: HealthOutcome,
): HealthCounters {
  const { state, health: report } = health.observation;
  const checked = sight.kind === 'check';
  const failed = state === 'conflict' || state === 'orphaned' || report?.ok === false;
  return {
    ...counters,
    checks: counters.checks + (checked ? 1 : 0),
    failures: counters.failures + (checked && failed ? 1 : 0),
    conflicts: counters.conflicts + (effect?.kind === 'announce-conflict' ? 1 : 0),
  };
}

export function countReleased(counters: HealthCounters, orphans: number): HealthCounters {
  return { ...counters, released: counters.released + orphans };
}
