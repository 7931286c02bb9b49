/** The doctor's facts as names with values, which each face prints in its own way. */
import { t } from '@vscode/l10n';
import { rangeText } from '../domain/describe';
import type { Participant } from '../domain/model';
import type { MachineFacts } from '../host/interfaces';
import type { DoctorAnswer, Finding } from '../messages/doctorReport';

/** What there is to print: all of it, or without a leader what the machine alone tells. */
export type DoctorFacts =
  | DoctorAnswer
  | { readonly findings: readonly Finding[]; readonly machine: MachineFacts | undefined };

export interface Section {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

export interface Reader {
  /** A moment as this reader reads it. */
  readonly time: (at: number) => string;
  /** A path as this reader writes it. */
  readonly path: (path: string) => string;
  /** The participant that asks, if it is only there to ask. */
  readonly self?: string;
}

/** In the reader's language; what is not known, or is nothing, has no row. */
export function doctorSections(facts: DoctorFacts, reader: Reader): readonly Section[] {
  const { machine } = facts;
  return [
    ...('status' in facts ? [section(t('Coordination'), coordination(facts, reader))] : []),
    ...(machine === undefined ? [] : [section(t('Machine'), machineRows(machine, reader))]),
  ];
}

function section(title: string, rows: Section['rows']): Section {
  return { title, rows: rows.filter(([, value]) => value !== '') };
}

function coordination(answer: DoctorAnswer, { time, path, self }: Reader): Section['rows'] {
  const { status, failovers, configuration, conflicts, orphans, unhealthy, health } = answer;
  const { leader, epoch, participants, commits, storage } = status;
  const { settings, counters } = health;
  return [
    [
      t('Leader'),
      leader.participant === self ? t('this command, while it runs') : participantText(leader),
    ],
    [t('Epoch'), t('{0}, since {1}', epoch, time(leader.since))],
    [
      t('Changes of leader'),
      failovers.since === undefined
        ? ''
        : t('{0} since {1}', failovers.count, time(failovers.since)),
    ],
    [
      t('Participants'),
      participants.map((each) => `${participantText(each)} ${each.version}`).join(', '),
    ],
    [
      t('Storage'),
      storage.ok ? t('ok, commits: {0}', commits) : t('refuses, commits: {0}', commits),
    ],
    [
      t('Configuration'),
      t('{0}, problems: {1}', path(configuration.path), configuration.problems.length),
    ],
    [
      t('Ports'),
      t(
        'in conflict: {0}, orphaned: {1}, with failing health checks: {2}',
        conflicts.length,
        orphans.length,
        unhealthy.length,
      ),
    ],
    [
      t('Health checks'),
      settings.enabled
        ? t(
            'every {0} s, {1} so far, {2} failed, {3} ports released',
            settings.checkIntervalMs / 1000,
            counters.checks,
            counters.failures,
            counters.released,
          )
        : t('off'),
    ],
  ];
}

function participantText({ kind, label, pid }: Pick<Participant, 'kind' | 'label' | 'pid'>) {
  return t('{0} ({1}, pid {2})', label, kind, pid);
}

function machineRows(machine: MachineFacts, { path }: Reader): Section['rows'] {
  const { home, socket, tools, ephemeral, excluded, platform, node } = machine;
  return [
    [t('Home'), path(home.path)],
    [t('Mode'), home.mode ?? ''],
    [t('Free space'), home.freeBytes === undefined ? '' : bytesText(home.freeBytes)],
    [t('Damaged files'), home.quarantined.join(', ')],
    [t('Socket'), path(socket.path)],
    [t('System'), t('{0}, Node {1}', platform, node)],
    [
      t('Tools'),
      tools.map(({ name, present }) => (present ? name : t('{0} (missing)', name))).join(', '),
    ],
    [t('Outgoing ports'), ephemeral === undefined ? '' : rangeText(ephemeral)],
    [t('Excluded ports'), excluded.map(rangeText).join(', ')],
  ];
}

const MIB = 1024 * 1024;

function bytesText(bytes: number): string {
  return bytes < 1024 * MIB
    ? `${Math.floor(bytes / MIB)} MiB`
    : `${(bytes / 1024 / MIB).toFixed(1)} GiB`;
}
