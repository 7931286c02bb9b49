/** What the doctor found, for people and programs. */
import { plain } from '../../core/domain/describe';
import type { StyxyError } from '../../core/domain/errors';
import { localTime } from '../../core/domain/text';
import { doctorSections, type DoctorFacts } from '../../core/doctor/sections';
import type { MachineFacts } from '../../core/host/interfaces';
import type { DoctorAnswer, Finding } from '../../core/messages/doctorReport';
import type { RecoveryReport, RecoveryStep } from '../../core/messages/recoveryReport';
import type { Run } from '../run/run';
import type { Paint } from '../run/style';
import { fields, table } from '../run/table';
import { isoTime, shortPath } from '../run/text';
import { allocationJson } from './json';
import { unplacedProblemJson } from './problems';

export function recoveryJson({ at, ...report }: RecoveryReport) {
  return { ...report, at: isoTime(at) };
}

/** The worst finding first. */
export function doctorJson(answer: DoctorAnswer) {
  const { at, findings, machine, health, conflicts, orphans, unhealthy, recovery } = answer;
  const { leader, epoch, participants, storage, commits } = answer.status;
  const { since, ...failovers } = answer.failovers;
  const { path, problems } = answer.configuration;
  const { kind, label, pid } = leader;
  return {
    at: isoTime(at),
    findings,
    epoch,
    leader: { kind, label, pid, since: isoTime(leader.since) },
    participants: participants.map(({ kind, label, pid, version }) => {
      return { kind, label, pid, version };
    }),
    storage,
    commits,
    failovers: { ...failovers, since: since === undefined ? undefined : isoTime(since) },
    machine,
    configuration: { path, problems: problems.map(unplacedProblemJson) },
    conflicts: conflicts.map((view) => allocationJson(view)),
    orphans: orphans.map((view) => allocationJson(view)),
    unhealthy: unhealthy.map((view) => allocationJson(view)),
    health,
    recovery: recoveryJson(recovery),
  };
}

export interface WithoutLeader {
  readonly at: number;
  /** Why there is no leader, or why the leader does not answer. */
  readonly error: StyxyError;
  readonly machine: MachineFacts | undefined;
  readonly findings: readonly Finding[];
}

export function withoutLeaderJson({ at, error, machine, findings }: WithoutLeader) {
  return { at: isoTime(at), error: error.toJSON(), findings, machine };
}

/** Findings first, then what is known. `self`: the participant id of the command that asks. */
export function doctorLines(
  run: Pick<Run, 'terminal' | 'userHome'>,
  facts: DoctorFacts,
  self = '',
): string[] {
  const { style } = run.terminal;
  const path = (it: string): string => shortPath(it, run.userHome);
  const rows = doctorSections(facts, { time: localTime, path, self }).flatMap((it) => it.rows);
  const known = fields(
    style,
    rows.map(([name, it]) => [name, plain(it)]),
  );
  const steps = 'recovery' in facts ? facts.recovery.steps : [];
  return [
    ...findingLines(run, facts.findings),
    ...(known.length === 0 ? [] : ['', ...known]),
    ...(facts.machine?.untold ?? []).map((sentence) => style.dim(plain(sentence))),
    ...(steps.length === 0 ? [] : ['', style.bold('Recovery'), ...recoveryTable(run, steps)]),
  ];
}

const PAINT_OF_SEVERITY: Readonly<Record<Finding['severity'], Paint>> = {
  error: 'red',
  warning: 'yellow',
  info: 'cyan',
};

function findingLines(
  { terminal: { style } }: Pick<Run, 'terminal'>,
  findings: readonly Finding[],
) {
  return findings.length === 0
    ? [style.green('All is well.')]
    : findings.flatMap(({ severity, what, todo }) => [
        `${style[PAINT_OF_SEVERITY[severity]](severity)}: ${plain(what)}`,
        `    ${plain(todo)}`,
      ]);
}

const PAINT_OF_RESULT: Readonly<Record<RecoveryStep['result'], Paint>> = {
  ok: 'green',
  repaired: 'yellow',
  waiting: 'dim',
  off: 'dim',
  failed: 'red',
};

export function recoveryTable(
  run: Pick<Run, 'terminal' | 'userHome'>,
  steps: readonly RecoveryStep[],
): string[] {
  return table<RecoveryStep>(run.terminal.style, steps, [
    { title: 'STEP', cell: ({ step }) => ({ text: step, paint: 'bold' }) },
    { title: 'RESULT', cell: ({ result }) => ({ text: result, paint: PAINT_OF_RESULT[result] }) },
    { title: 'WHAT', cell: ({ what }) => plain(what) },
    {
      title: 'KEPT',
      cell: ({ kept }) => kept?.map((path) => shortPath(path, run.userHome)).join(', '),
    },
  ]);
}
