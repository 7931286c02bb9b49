/** What the doctor finds in the allocations: conflicts, failing checks, orphans. */
import type { DoctorAnswer, Finding } from '../messages/doctorReport';
import { capped } from '../domain/capped';
import type { AllocationView } from '../domain/model';
import { describeIntruder } from '../domain/describe';

type Facts = Pick<DoctorAnswer, 'conflicts' | 'unhealthy' | 'orphans' | 'health'>;

export function serviceFindings(facts: Facts): readonly Finding[] {
  const { conflicts, unhealthy, orphans, health } = facts;
  return [
    ...capped<Finding>(conflicts.map(conflict), (more) => ({
      severity: 'warning',
      about: 'conflict',
      what: `${more} more ports are in use by somebody else.`,
      todo: LIST,
    })),
    ...capped<Finding>(unhealthy.map(failing), (more) => ({
      severity: 'warning',
      about: 'health',
      what: `${more} more services fail their health checks.`,
      todo: LIST,
    })),
    ...capped<Finding>(
      orphans.map((view) => orphan(view, health.settings)),
      (more) => ({
        severity: 'info',
        about: 'orphan',
        what: `${more} more ports are held by nobody.`,
        todo: LIST,
      }),
    ),
  ];
}

const LIST = '"styxy list" shows all of them.';

function conflict({ port, service, workspace, process, intruder }: AllocationView): Finding {
  return {
    severity: 'warning',
    about: 'conflict',
    what: `Port ${port} of ${service} in ${workspace} is in use by ${describeIntruder(process, intruder)}.`,
    todo: `Stop that process, or ask for ${service} again: it gets another port. "Styxy: Move Port" moves it to one that you choose.`,
  };
}

function failing({ port, service, workspace, health, planned }: AllocationView): Finding {
  const reason = health?.ok === false ? health.reason : 'it does not answer';
  const times = health?.ok === false && health.failures > 1 ? `, ${health.failures} times` : '';
  const asked = planned?.health === undefined ? '' : ` of ${planned.health}`;
  return {
    severity: 'warning',
    about: 'health',
    what: `${service} in ${workspace} listens on port ${port}, but its health check fails: ${reason}${times}.`,
    todo: `Look at the output of that server, or correct the check${asked} in its styxy.json.`,
  };
}

function orphan(
  { id, port, service, workspace }: AllocationView,
  settings: DoctorAnswer['health']['settings'],
): Finding {
  const { enabled, cleanupStaleAllocations, maxFailures, checkIntervalMs } = settings;
  const now = `styxy release ${id}`;
  const seconds = Math.round(checkIntervalMs / 1000);
  return {
    severity: 'info',
    about: 'orphan',
    what: `Port ${port} of ${service} in ${workspace} is held by nobody, and nobody listens.`,
    todo:
      enabled && cleanupStaleAllocations
        ? `Nothing has to be done: it is released after ${maxFailures} checks in a row, one every ${seconds} s. At once: ${now}`
        : `Stale allocations are not released by themselves (recovery.health_monitoring). Release it: ${now}`,
  };
}
