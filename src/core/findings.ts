/** What the doctor finds: each with what to do next. */
import type { DoctorAnswer, Finding } from './doctor';

/** The worst first; empty when all is well. */
export function findings(facts: Omit<DoctorAnswer, 'findings'>): readonly Finding[] {
  return facts.status.storage.ok
    ? []
    : [
        {
          severity: 'error',
          what: facts.status.storage.problem ?? 'The disk refuses to store answers.',
          todo: 'Make room or repair the disk; Styxy tries again by itself.',
        },
      ];
}
