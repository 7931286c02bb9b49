/** What the doctor found, for people and programs. */
import type { MachineFacts } from '../../core/host/interfaces';
import type { DoctorAnswer, Finding } from '../../core/messages/doctorReport';
import type { ErrorJson, StyxyError } from '../../core/domain/errors';
import type { PortRange } from '../../core/domain/catalogue';
import type { Participant } from '../../core/domain/model';
import { jsonPath } from '../../core/domain/plan';
import type { RecoveryReport, RecoveryStep } from '../../core/messages/recoveryReport';
import type { Run } from '../run/run';
import { allocationJson } from './json';
import type { AllocationJson } from './json';
import type { Paint } from '../run/style';
import { fields, table } from '../run/table';
import type { Cell } from '../run/table';
import { age, plain, plural, shortPath } from '../run/text';
import { isoTime, localTime } from '../run/time';

type Reader = Pick<Run, 'terminal' | 'userHome' | 'now'>;

export interface RecoveryJson extends Omit<RecoveryReport, 'at'> {
  readonly at: string;
}

export interface DoctorJson {
  readonly at: string;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly epoch: number;
  readonly leader: Pick<Participant, 'kind' | 'label' | 'pid'> & { readonly since: string };
  readonly participants: readonly Pick<Participant, 'kind' | 'label' | 'pid' | 'version'>[];
  readonly storage: DoctorAnswer['status']['storage'];
  readonly commits: number;
  readonly failovers: {
    readonly count: number;
    readonly since?: string;
    readonly lastHour?: number;
  };
  readonly machine: MachineFacts;
  readonly configuration: { readonly path: string; readonly problems: readonly unknown[] };
  readonly conflicts: readonly AllocationJson[];
  readonly orphans: readonly AllocationJson[];
  readonly unhealthy: readonly AllocationJson[];
  readonly health: DoctorAnswer['health'];
  readonly recovery: RecoveryJson;
}

export function recoveryJson({ at, ...report }: RecoveryReport): RecoveryJson {
  return { ...report, at: isoTime(at) };
}

export function doctorJson(answer: DoctorAnswer): DoctorJson {
  const { at, findings, machine, health, conflicts, orphans, unhealthy, recovery } = answer;
  const { leader, epoch, participants, storage, commits } = answer.status;
  const { since, ...failovers } = answer.failovers;
  const { path, problems } = answer.configuration;
  return {
    at: isoTime(at),
    findings,
    epoch,
    leader: {
      kind: leader.kind,
      label: leader.label,
      pid: leader.pid,
      since: isoTime(leader.since),
    },
    participants: participants.map(({ kind, label, pid, version }) => {
      return { kind, label, pid, version };
    }),
    storage,
    commits,
    failovers: { ...failovers, ...(since === undefined ? {} : { since: isoTime(since) }) },
    machine,
    configuration: {
      path,
      problems: problems.map(({ severity, path: place, message, example }) => ({
        severity,
        path: jsonPath(place),
        message,
        ...(example === undefined ? {} : { example }),
      })),
    },
    conflicts: conflicts.map((view) => allocationJson(view)),
    orphans: orphans.map((view) => allocationJson(view)),
    unhealthy: unhealthy.map((view) => allocationJson(view)),
    health,
    recovery: recoveryJson(recovery),
  };
}

export interface WithoutLeader {
  readonly at: number;
  /** Why nobody leads, or why the leader does not answer. */
  readonly error: StyxyError;
  readonly machine: MachineFacts | undefined;
  readonly findings: readonly Finding[];
}

export function withoutLeaderJson({ at, error, machine, findings }: WithoutLeader): {
  readonly at: string;
  readonly error: ErrorJson;
  readonly findings: readonly Finding[];
  readonly machine?: MachineFacts;
} {
  return {
    at: isoTime(at),
    error: error.toJSON(),
    findings,
    ...(machine === undefined ? {} : { machine }),
  };
}

/** Findings first, then what is known. `self`: the participant id of the command that asks. */
export function doctorLines(run: Reader, answer: DoctorAnswer, self: string): string[] {
  const { style } = run.terminal;
  const { findings, machine, recovery } = answer;
  return [
    ...findingLines(run, findings),
    '',
    ...fields([...leaderFields(run, answer, self), ...machineFields(run, machine)], style),
    ...untoldLines(run, machine),
    ...(recovery.steps.length === 0
      ? []
      : ['', style.bold('Recovery'), ...recoveryTable(run, recovery)]),
  ];
}

export function withoutLeaderLines(
  run: Reader,
  findings: readonly Finding[],
  machine: MachineFacts | undefined,
): string[] {
  return [
    ...findingLines(run, findings),
    ...(machine === undefined
      ? []
      : [
          '',
          ...fields(machineFields(run, machine), run.terminal.style),
          ...untoldLines(run, machine),
        ]),
  ];
}

const PAINT_OF_SEVERITY: Readonly<Record<Finding['severity'], Paint>> = {
  error: 'red',
  warning: 'yellow',
  info: 'cyan',
};

function findingLines(run: Reader, findings: readonly Finding[]): string[] {
  const { style } = run.terminal;
  if (findings.length === 0) {
    return [style.green('All is well.')];
  }
  return findings.flatMap(({ severity, what, todo }) => [
    `${style[PAINT_OF_SEVERITY[severity]](severity)}: ${plain(what)}`,
    `    ${plain(todo)}`,
  ]);
}

type Field = readonly [name: string, value: Cell | undefined];

function leaderFields(run: Reader, answer: DoctorAnswer, self: string): Field[] {
  const { status, failovers, configuration, conflicts, orphans, unhealthy, health } = answer;
  const { leader, epoch, participants, commits, storage } = status;
  const name = `${leader.kind} "${plain(leader.label)}" (pid ${leader.pid})`;
  const { settings, counters } = health;
  const problems = plural(configuration.problems.length, 'problem');
  return [
    [
      'Leader',
      { text: leader.participant === self ? 'this command, for as long as it runs' : name },
    ],
    ['Epoch', { text: `${epoch}, ${age(leader.since, run.now())} old` }],
    ['Fail-overs', { text: failoverText(failovers) }],
    ['Participants', { text: String(participants.length) }],
    ['Versions', { text: [...new Set(participants.map(({ version }) => version))].join(', ') }],
    ['Storage', { text: `${storage.ok ? 'ok' : 'refuses'}, ${plural(commits, 'commit')}` }],
    ['Configuration', { text: `${shortPath(configuration.path, run.userHome)}, ${problems}` }],
    [
      'Ports',
      {
        text: `${plural(conflicts.length, 'conflict')}, ${plural(orphans.length, 'orphan')}, ${unhealthy.length} failing`,
      },
    ],
    [
      'Health checks',
      {
        text: settings.enabled
          ? `every ${settings.checkIntervalMs / 1000} s: ${counters.checks} so far, ${counters.failures} failed, ${counters.released} released`
          : 'off',
      },
    ],
  ];
}

function failoverText({ count, since }: DoctorAnswer['failovers']): string {
  return since === undefined ? '' : `${count} since ${localTime(since)}`;
}

function machineFields(run: Reader, machine: MachineFacts): Field[] {
  const { home, socket, tools, ephemeral, excluded, platform, node } = machine;
  return [
    ['Home', { text: shortPath(home.path, run.userHome) }],
    ['Mode', home.mode === undefined ? undefined : { text: home.mode }],
    ['Free room', home.freeBytes === undefined ? undefined : { text: bytesText(home.freeBytes) }],
    [
      'Damaged files',
      { text: home.quarantined.length === 0 ? '' : `${home.quarantined.length} kept` },
    ],
    ['Socket', { text: shortPath(socket.path, run.userHome) }],
    ['System', { text: `${platform}, Node ${node}` }],
    ['Tools', { text: tools.map(toolText).join(', ') }],
    ['Outgoing ports', ephemeral === undefined ? undefined : { text: rangeText(ephemeral) }],
    ['Excluded ports', { text: excluded.map(rangeText).join(', ') }],
  ];
}

function untoldLines({ terminal: { style } }: Reader, { untold }: MachineFacts): string[] {
  return untold.map((sentence) => style.dim(plain(sentence)));
}

function toolText({ name, present }: MachineFacts['tools'][number]): string {
  return present ? name : `${name} (missing)`;
}

function rangeText({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

const MIB = 1024 * 1024;

function bytesText(bytes: number): string {
  return bytes < 1024 * MIB
    ? `${Math.floor(bytes / MIB)} MiB`
    : `${(bytes / 1024 / MIB).toFixed(1)} GiB`;
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
  { steps }: RecoveryReport,
): string[] {
  return table<RecoveryStep>(
    steps,
    [
      { title: 'STEP', cell: ({ step }) => ({ text: step, paint: 'bold' }) },
      { title: 'RESULT', cell: ({ result }) => ({ text: result, paint: PAINT_OF_RESULT[result] }) },
      { title: 'WHAT', cell: ({ what }) => ({ text: plain(what) }) },
      {
        title: 'KEPT',
        cell: ({ kept = [] }) => ({
          text: kept.map((path) => shortPath(path, run.userHome)).join(', '),
        }),
      },
    ],
    run.terminal.style,
  );
}
