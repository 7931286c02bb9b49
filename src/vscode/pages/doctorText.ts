import { t } from '@vscode/l10n';
import type { PortRange } from '../../core/domain/catalogue';
import type { MachineFacts } from '../../core/host/interfaces';
import type { DoctorAnswer, Finding } from '../../core/messages/doctorReport';
import type { Participant } from '../../core/domain/model';
import type { RecoveryReport, RecoveryStep } from '../../core/messages/recoveryReport';

export interface DoctorTextContext {
  /** A moment as this user reads it. */
  readonly time: (at: number) => string;
}

/** What the doctor says, as Markdown: findings first, then what they follow from. */
export function doctorText(answer: DoctorAnswer, context: DoctorTextContext): string {
  const { findings, machine, recovery, at } = answer;
  const { time } = context;
  return page(t('Styxy Doctor'), [
    t(
      'Looked at {0}. To refresh: run "Styxy: Diagnose" again. In a terminal: {1}',
      time(at),
      DOCTOR,
    ),
    ...section(t('Findings'), findingLines(findings)),
    ...section(t('Coordination'), coordinationLines(answer, context)),
    ...section(t('Machine'), machineLines(machine)),
    ...section(
      t('Recovery'),
      recovery.steps.flatMap((step) => stepLines(step)),
    ),
    ...section(t('Not Known'), machine.untold),
  ]);
}

/** Where no leader answers: why, and what the machine tells. */
export function doctorTextWithoutLeader(
  findings: readonly Finding[],
  machine: MachineFacts | undefined,
): string {
  return page(t('Styxy Doctor'), [
    t('To refresh: run "Styxy: Diagnose" again. In a terminal: {0}', DOCTOR),
    ...section(t('Findings'), findingLines(findings)),
    ...section(t('Machine'), machine === undefined ? [] : machineLines(machine)),
    ...section(t('Not Known'), machine?.untold ?? []),
  ]);
}

/** The recovery report, as Markdown. */
export function recoveryText(
  { epoch, at, attempts, steps }: RecoveryReport,
  { time }: DoctorTextContext,
): string {
  return page(t('Styxy Recovery Report'), [
    t('Leadership {0}, {1}, attempts: {2}.', epoch, time(at), attempts),
    t('To refresh: run "Styxy: Show Recovery Report" again. In a terminal: {0}', 'styxy recovery'),
    ...section(
      t('Steps'),
      steps.length === 0
        ? [t('Nobody leads now, so nothing was recovered.')]
        : steps.flatMap((step) => stepLines(step)),
    ),
  ]);
}

const DOCTOR = 'styxy doctor';

function page(title: string, lines: readonly string[]): string {
  return `${[`# ${title}`, '', ...lines].map(plain).join('\n')}\n`;
}

/** Lines that begin with a space belong to the one before. */
function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? []
    : ['', `## ${title}`, '', ...lines.map((line) => (line.startsWith(' ') ? line : `- ${line}`))];
}

function findingLines(findings: readonly Finding[]): string[] {
  return findings.length === 0
    ? [t('All is well.')]
    : findings.flatMap(({ severity, what, todo }) => [
        `**${severityText(severity)}**: ${what}`,
        `  ${t('To do: {0}', todo)}`,
      ]);
}

function severityText(severity: Finding['severity']): string {
  switch (severity) {
    case 'error':
      return t('Error');
    case 'warning':
      return t('Warning');
    case 'info':
      return t('Information');
  }
}

function coordinationLines(answer: DoctorAnswer, { time }: DoctorTextContext): string[] {
  const { status, failovers, configuration, conflicts, orphans, unhealthy, health } = answer;
  const { leader, epoch, participants, commits } = status;
  const { settings, counters } = health;
  return [
    t('Leader: {0}, leadership {1}, since {2}', named(leader), epoch, time(leader.since)),
    ...(failovers.since === undefined
      ? []
      : [t('Changes of leader: {0} since {1}', failovers.count, time(failovers.since))]),
    t('Stored answers of this leader: {0}', commits),
    t('Configuration: {0}, problems: {1}', configuration.path, configuration.problems.length),
    t(
      'Ports in conflict: {0}, orphaned: {1}, with failing health checks: {2}',
      conflicts.length,
      orphans.length,
      unhealthy.length,
    ),
    settings.enabled
      ? t(
          'Health checks: every {0} s, {1} so far, {2} failed, {3} ports released',
          settings.checkIntervalMs / 1000,
          counters.checks,
          counters.failures,
          counters.released,
        )
      : t('Health checks: off'),
    ...participants.map((each) => t('{0} runs Styxy {1}', named(each), each.version)),
  ];
}

function named({ kind, label, pid }: Pick<Participant, 'kind' | 'label' | 'pid'>) {
  return t('{0} ({1}, pid {2})', label, kind, pid);
}

function machineLines(machine: MachineFacts): string[] {
  const { home, socket, tools, ephemeral, excluded, platform, node } = machine;
  return [
    t('System: {0}, Node {1}', platform, node),
    home.mode === undefined
      ? t('Home: {0}', home.path)
      : t('Home: {0}, mode {1}', home.path, home.mode),
    ...(home.freeBytes === undefined
      ? []
      : [t('Room on its disk: {0} MiB', Math.floor(home.freeBytes / 1024 / 1024))]),
    ...(home.quarantined.length === 0
      ? []
      : [t('Damaged files that are kept: {0}', home.quarantined.join(', '))]),
    ...(socket.path === '' ? [] : [t('Socket: {0}', socket.path)]),
    ...tools.map(({ name, present }) =>
      present ? t('Tool: {0}', name) : t('Tool: {0}, which is missing', name),
    ),
    ...(ephemeral === undefined
      ? []
      : [t('Ports of outgoing connections: {0}', rangeText(ephemeral))]),
    ...(excluded.length === 0
      ? []
      : [t('Ports that nobody may use: {0}', excluded.map(rangeText).join(', '))]),
  ];
}

function rangeText({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function stepLines({ step, result, what, kept = [] }: RecoveryStep): string[] {
  return [
    `**${step}**: ${resultText(result)}. ${what}`,
    ...kept.map((path) => `  ${t('The damaged copy lies in {0}', path)}`),
  ];
}

function resultText(result: RecoveryStep['result']): string {
  switch (result) {
    case 'ok':
      return t('in order');
    case 'repaired':
      return t('repaired');
    case 'waiting':
      return t('waiting');
    case 'off':
      return t('off');
    case 'failed':
      return t('failed');
  }
}

/** Names and commands of others cannot begin a line. */
function plain(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '?').trimEnd();
}
