/** The doctor's examination: facts from everywhere, and what follows from them. */
import type { AuditQuery } from '../../core/domain/audit';
import type { DoctorAnswer } from '../../core/messages/doctorReport';
import { isRecord } from '../../core/domain/errors';
import { findings } from '../../core/doctor/findings';
import type { AllocationView, HealthCounters } from '../../core/domain/model';
import type { Clock, MachineFacts } from '../../core/host/interfaces';
import type { RecoveryReport } from '../../core/messages/recoveryReport';
import type { AuditAnswer, ConfigurationView, StatusAnswer } from '../../core/messages/requests';
import type { Rules } from '../../core/allocation/rules';

export interface DoctorOptions {
  readonly clock: Clock;
  status(): StatusAnswer;
  machine(): Promise<MachineFacts>;
  audit(query: AuditQuery): Promise<AuditAnswer>;
  configuration(): ConfigurationView;
  /** As of now, if the listener table can be read. */
  views(): Promise<readonly AllocationView[]>;
  rules(): Rules;
  counters(): HealthCounters;
  recovery(): RecoveryReport;
}

/** Errors: those of `views` and of `machine`. */
export async function diagnose(options: DoctorOptions): Promise<DoctorAnswer> {
  const { clock, status, machine, configuration, views, rules, counters, recovery } = options;
  const [facts, allocations, failovers] = await Promise.all([
    machine(),
    views(),
    countFailovers(options),
  ]);
  const { path, problems, types } = configuration();
  const answer: Omit<DoctorAnswer, 'findings'> = {
    at: clock.now(),
    status: status(),
    failovers,
    machine: facts,
    configuration: { path, problems },
    conflicts: allocations.filter(({ state }) => state === 'conflict'),
    orphans: allocations.filter(({ state }) => state === 'orphaned'),
    unhealthy: allocations.filter(({ health }) => health?.ok === false),
    types: types.map(({ name, range }) => ({ name, range })),
    health: { settings: rules().recovery.healthMonitoring, counters: counters() },
    recovery: recovery(),
  };
  return { ...answer, findings: findings(answer) };
}

const HOUR_MS = 60 * 60_000;

/** A log that cannot be read is reported by the checks of the disk. */
async function countFailovers({ audit, clock }: DoctorOptions): Promise<DoctorAnswer['failovers']> {
  const read = await audit({ what: 'leadership', limit: 2000 }).catch(() => undefined);
  const began = read?.entries.filter(({ note }) => note === 'began') ?? [];
  const [first, ...changes] = began;
  if (first === undefined) {
    return { count: 0 };
  }
  const from = clock.now() - HOUR_MS;
  const lastHour = changes.filter(({ at, after }) => at > from && !wasCommand(after)).length;
  return { count: changes.length, since: first.at, lastHour };
}

/** Where no window is open, each command leads: that is no failure. */
function wasCommand(leader: unknown): boolean {
  return isRecord(leader) && leader.kind === 'cli';
}
