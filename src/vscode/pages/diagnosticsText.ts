import type { DoctorAnswer, Finding } from '../../core/messages/doctorReport';
import type { PortRange } from '../../core/domain/catalogue';

/**
 * The doctor's facts for a bug report, a line each, in English: it is read by those who mend
 * Styxy. Counts, versions and modes; no path, no name of a project, no process, no secret.
 */
export function diagnosticsLines(answer: DoctorAnswer): string[] {
  const { status, failovers, machine, configuration, health, recovery, findings } = answer;
  const { home, socket, tools, ephemeral, excluded, untold } = machine;
  const errors = configuration.problems.filter(({ severity }) => severity === 'error').length;
  const { counters, settings } = health;
  const seconds = Math.round((answer.at - status.leader.since) / 1000);
  return [
    `Leader: ${status.leader.kind}, epoch ${status.epoch}, ${seconds} s`,
    `Participants: ${status.participants.map((it) => `${it.kind} ${it.version}`).join(', ')}`,
    `Changes of leader: ${failovers.count}, in the last hour ${failovers.lastHour ?? 'unknown'}`,
    `Commits: ${status.commits}, storage: ${status.storage.ok ? 'ok' : 'unavailable'}`,
    `Home: mode ${home.mode ?? 'none'}, ${home.exposed.length} exposed, ${home.quarantined.length} quarantined`,
    `Disk: ${roomText(home.freeBytes)}, ${home.network ?? 'local'}, hard links: ${yesNo(home.hardLinks)}`,
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

function roomText(bytes: number | undefined): string {
  return bytes === undefined ? 'room unknown' : `${Math.floor(bytes / 1024 / 1024)} MiB free`;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function rangeText({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}
