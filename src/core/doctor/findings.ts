/** What the doctor finds: each with what to do next. */
import type { DoctorAnswer, Finding } from '../messages/doctorReport';
import type { StyxyError } from '../domain/errors';
import { leaderFindings } from './leaderFindings';
import { machineFindings } from './machineFindings';
import { serviceFindings } from './serviceFindings';

const SEVERITIES: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** The worst first; empty when all is well. */
export function findings(facts: Omit<DoctorAnswer, 'findings'>): readonly Finding[] {
  return worstFirst([
    ...leaderFindings(facts),
    ...machineFindings(facts.machine, facts.types),
    ...serviceFindings(facts),
  ]);
}

/** What is found where no leader answers: why that is, and what the machine tells. */
export function findingsWithoutLeader(
  { code, message }: StyxyError,
  machine: DoctorAnswer['machine'] | undefined,
): readonly Finding[] {
  const why: Finding = {
    severity: 'error',
    about: 'leader',
    code,
    what: message,
    todo: 'Do what it says, then run the doctor again. Nothing is allocated meanwhile.',
  };
  const found = machine === undefined ? [] : worstFirst(machineFindings(machine, []));
  // The same refusal, seen from the other side.
  const isTold = (finding: Finding): boolean =>
    finding.severity === 'error' && finding.about === 'permissions' && finding.code === code;
  return [why, ...found.filter((finding) => !isTold(finding))];
}

function worstFirst(found: readonly Finding[]): readonly Finding[] {
  const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
  return [...found].sort((a, b) => rank(a) - rank(b));
}
