import { t } from '@vscode/l10n';
import { plain, rangeText } from '../../core/domain/describe';
import { localTime } from '../../core/domain/text';
import { doctorSections, type DoctorFacts } from '../../core/doctor/sections';
import type { DoctorAnswer, Finding } from '../../core/messages/doctorReport';
import type { RecoveryReport, RecoveryStep } from '../../core/messages/recoveryReport';

/** How the reader reads a moment. */
type Time = (at: number) => string;

/** What the doctor says, as Markdown: findings first, then what they follow from. */
export function doctorText(facts: DoctorFacts, time: Time = localTime): string {
  const sections = doctorSections(facts, { time, path: (path) => path });
  const steps = 'recovery' in facts ? facts.recovery.steps : [];
  const looked = 'at' in facts ? [t('Looked at {0}.', time(facts.at))] : [];
  const refresh = t('To refresh: run "Styxy: Diagnose" again. In a terminal: {0}', 'styxy doctor');
  return page(t('Styxy Doctor'), [
    [...looked, refresh].join(' '),
    ...section(t('Findings'), findingLines(facts.findings)),
    ...sections.flatMap(({ title, rows }) =>
      section(
        title,
        rows.map(([name, value]) => `${name}: ${value}`),
      ),
    ),
    ...section(t('Recovery'), steps.flatMap(stepLines)),
    ...section(t('Not Known'), facts.machine?.untold ?? []),
  ]);
}

/** The recovery report, as Markdown. */
export function recoveryText(
  { epoch, at, attempts, steps }: RecoveryReport,
  time: Time = localTime,
): string {
  const nothing = t('Nobody leads now, so nothing was recovered.');
  return page(t('Styxy Recovery Report'), [
    t('Leadership {0}, {1}, attempts: {2}.', epoch, time(at), attempts),
    t('To refresh: run "Styxy: Show Recovery Report" again. In a terminal: {0}', 'styxy recovery'),
    ...section(t('Steps'), steps.length === 0 ? [nothing] : steps.flatMap(stepLines)),
  ]);
}

function page(title: string, lines: readonly string[]): string {
  return `${[`# ${title}`, '', ...lines].map((line) => plain(line).trimEnd()).join('\n')}\n`;
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
  const texts: Readonly<Record<Finding['severity'], string>> = {
    error: t('Error'),
    warning: t('Warning'),
    info: t('Information'),
  };
  return texts[severity];
}

function stepLines({ step, result, what, kept = [] }: RecoveryStep): string[] {
  return [
    `**${step}**: ${resultText(result)}. ${what}`,
    ...kept.map((path) => `  ${t('The damaged copy lies in {0}', path)}`),
  ];
}

function resultText(result: RecoveryStep['result']): string {
  const texts: Readonly<Record<RecoveryStep['result'], string>> = {
    ok: t('in order'),
    repaired: t('repaired'),
    waiting: t('waiting'),
    off: t('off'),
    failed: t('failed'),
  };
  return texts[result];
}

/**
 * The doctor's facts for a bug report, a line each, in English: it is read by those who mend
 * Styxy. Counts, versions and modes; no path, no name of a project, no process, no secret.
 */
export function diagnosticsLines(answer: DoctorAnswer): string[] {
  const { status, failovers, machine, configuration, health, recovery, findings } = answer;
  const { home, socket, tools, ephemeral, excluded, untold } = machine;
  const errors = configuration.problems.filter(({ severity }) => severity === 'error').length;
  const { counters, settings } = health;
  const room =
    home.freeBytes === undefined
      ? 'room unknown'
      : `${Math.floor(home.freeBytes / 1024 / 1024)} MiB free`;
  const seconds = Math.round((answer.at - status.leader.since) / 1000);
  return [
    `Leader: ${status.leader.kind}, epoch ${status.epoch}, ${seconds} s`,
    `Participants: ${status.participants.map((it) => `${it.kind} ${it.version}`).join(', ')}`,
    `Changes of leader: ${failovers.count}, in the last hour ${failovers.lastHour ?? 'unknown'}`,
    `Commits: ${status.commits}, storage: ${status.storage.ok ? 'ok' : 'unavailable'}`,
    `Home: mode ${home.mode ?? 'none'}, ${home.exposed.length} exposed, ${home.quarantined.length} quarantined`,
    `Disk: ${room}, ${home.network ?? 'local'}, hard links: ${home.hardLinks ? 'yes' : 'no'}`,
    `Socket: ${socket.present ? 'there' : 'gone'}`,
    `Tools: ${tools.map(({ name, present }) => `${name} ${present ? 'there' : 'missing'}`).join(', ')}`,
    `Outgoing ports: ${ephemeral === undefined ? 'unknown' : rangeText(ephemeral)}`,
    `Excluded ports: ${excluded.map(rangeText).join(', ') || 'none'}`,
    `Configuration: ${errors} errors, ${configuration.problems.length - errors} warnings`,
    `Health checks: ${settings.enabled ? 'on' : 'off'}, ${counters.checks} done, ${counters.failures} failed, ${counters.conflicts} conflicts, ${counters.released} released`,
    `Recovery: ${recovery.steps.map(({ step, result }) => `${step} ${result}`).join(', ') || 'none'}`,
    `Findings: ${findingsText(findings)}`,
    ...(untold.length === 0 ? [] : [`Not known: ${untold.length} facts`]),
  ];
}

/** `2 error storage, 1 info orphan`: what they say would name folders and processes. */
function findingsText(findings: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { severity, about } of findings) {
    const kind = `${severity} ${about}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'none';
}
