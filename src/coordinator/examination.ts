/** The doctor's examination: facts from everywhere, and what follows from them. */
import type { AuditQuery } from '../core/audit';
import type { DoctorAnswer, MachineFacts } from '../core/doctor';
import { findings } from '../core/findings';
import type { AllocationView } from '../core/model';
import type { Clock } from '../core/ports';
import type { HealthCounters } from '../core/recovery/counters';
import type { RecoveryReport } from '../core/recovery/report';
import type { AuditAnswer, ConfigurationView, StatusAnswer } from '../core/requests';
import type { Rules } from '../core/rules';

export interface ExaminationOptions {
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

export async function examine(options: ExaminationOptions): Promise<DoctorAnswer> {
  const { clock, status, machine, configuration, views, rules, counters, recovery } = options;
  const [facts, allocations, failovers] = await Promise.all([
    machine(),
    views(),
    countFailovers(options),
  ]);
  const { path, problems } = configuration();
  const answer: Omit<DoctorAnswer, 'findings'> = {
    at: clock.now(),
    status: status(),
    failovers,
    machine: facts,
    configuration: { path, problems },
    conflicts: allocations.filter(({ state }) => state === 'conflict'),
    orphans: allocations.filter(({ state }) => state === 'orphaned'),
    health: { settings: rules().recovery.healthMonitoring, counters: counters() },
    recovery: recovery(),
  };
  return { ...answer, findings: findings(answer) };
}

/** A log that cannot be read is told by what the disk says elsewhere. */
async function countFailovers({ audit }: ExaminationOptions): Promise<DoctorAnswer['failovers']> {
  const read = await audit({ what: 'leadership', limit: 2000 }).catch(() => undefined);
  const began = read?.entries.filter(({ note }) => note === 'began') ?? [];
  const [first] = began;
  return first === undefined ? { count: 0 } : { count: began.length - 1, since: first.at };
}
