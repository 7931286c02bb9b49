/** A storm in figures. */
import type { Line } from './diary';
import type { StormOptions, StormResult } from './storm';

/** What is asked of a storm: so many faults in an hour, and these fail-overs. */
const FAULTS_PER_HOUR = 1000;
const KILL_P50_MS = 150;
const KILL_P99_MS = 500;
const FREEZE_MS = 4500;

const SHOWN_VIOLATIONS = 5;
const SHOWN_LINES = 12;

export interface FailOvers {
  readonly count: number;
  /** Milliseconds; absent without a fail-over. */
  readonly p50?: number;
  readonly p99?: number;
}

export interface Report {
  readonly seed: number;
  readonly participants: number;
  readonly control?: string;
  readonly seconds: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly missed: Readonly<Record<string, number>>;
  readonly faultCount: number;
  readonly faultsPerHour: number;
  readonly acknowledged: number;
  /** Calls whose outcome the caller does not know, by code; `killed` for those without an end. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly epochs: number;
  /** From the leader's loss to the first answer of a later epoch. */
  readonly failOvers: { readonly killed: FailOvers; readonly frozen: FailOvers };
  readonly violations: readonly {
    readonly rule: string;
    readonly what: string;
    readonly trace: readonly Line[];
  }[];
  readonly kept?: string;
}

export function reportOf(options: StormOptions, result: StormResult): Report {
  const { lines, faults, missed, seconds, violations, kept } = result;
  const faultCount = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const answers = lines.filter((line) => line.ev === 'ok');
  return {
    seed: options.seed,
    participants: options.participants,
    ...(options.control === undefined ? {} : { control: options.control }),
    seconds: Math.round(seconds),
    faults,
    missed,
    faultCount,
    faultsPerHour: Math.round((faultCount / seconds) * 3600),
    acknowledged: answers.length,
    unknown: unknownOf(lines),
    refused: countBy(lines, (line) => (line.ev === 'no' && !line.unknown ? line.code : undefined)),
    epochs: answers.reduce((highest, { epoch }) => Math.max(highest, epoch), 0),
    failOvers: { killed: failOvers(lines, 'killed'), frozen: failOvers(lines, 'frozen') },
    violations,
    ...(kept === undefined ? {} : { kept }),
  };
}

export function failOvers(lines: readonly Line[], how: 'killed' | 'frozen'): FailOvers {
  const samples: number[] = [];
  lines.forEach((loss, index) => {
    if (loss.ev === 'fault' && loss.lost === how) {
      const answer = lines.slice(index).find((line) => line.ev === 'ok' && line.epoch > loss.epoch);
      if (answer !== undefined) {
        samples.push((answer.t - loss.t) / 1e6);
      }
    }
  });
  const sorted = samples.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { count: sorted.length, ...(sorted.length > 0 ? { p50: at(0.5), p99: at(0.99) } : {}) };
}

function unknownOf(lines: readonly Line[]): Readonly<Record<string, number>> {
  const ended = new Set<string>();
  for (const line of lines) {
    if (line.ev === 'ok' || line.ev === 'no') {
      ended.add(`${line.who} ${line.n}`);
    }
  }
  return countBy(lines, (line) => {
    if (line.ev === 'no' && line.unknown) {
      return line.code;
    }
    return line.ev === 'ask' && !ended.has(`${line.who} ${line.n}`) ? 'killed' : undefined;
  });
}

function countBy(
  lines: readonly Line[],
  keyOf: (line: Line) => string | undefined,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const key = keyOf(line);
    if (key !== undefined) {
      counts[key] = (counts[key] ?? 0) + 1;
    }
  }
  return counts;
}

export function textOf(report: Report): string {
  const { faults, missed, failOvers: over, violations } = report;
  const kinds = Object.keys({ ...faults, ...missed }).sort();
  const width = Math.max(...kinds.map((kind) => kind.length), 30);
  const row = (what: string, figure: string | number, target = ''): string =>
    `${what.padEnd(width)}  ${String(figure).padStart(10)}  ${target}`.trimEnd();
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([code, count]) => `${count} ${code}`)
      .join(', ');
  const times = ({ p50, p99 }: FailOvers): string =>
    p50 === undefined ? '-' : `${p50} / ${p99} ms`;
  return [
    row('fault', 'injected'),
    ...kinds.map((kind) =>
      row(kind, faults[kind] ?? 0, missed[kind] ? `found nothing ${missed[kind]} times` : ''),
    ),
    '',
    row('faults in all', report.faultCount),
    row('faults an hour', report.faultsPerHour, `target >= ${FAULTS_PER_HOUR}`),
    row('acknowledged operations', report.acknowledged),
    row('unknown outcomes', '', list(report.unknown)),
    row('refusals', '', list(report.refused)),
    row('epochs', report.epochs),
    row(`fail-overs, killed (${over.killed.count})`, ''),
    row('  p50 / p99', times(over.killed), `target ${KILL_P50_MS} / ${KILL_P99_MS} ms`),
    row(`fail-overs, frozen (${over.frozen.count})`, ''),
    row('  p50 / p99', times(over.frozen), `target ${FREEZE_MS} ms`),
    row('violations', violations.length, 'target 0'),
    ...violations
      .slice(0, SHOWN_VIOLATIONS)
      .flatMap(({ rule, what, trace }) => [
        '',
        `${rule}: ${what}`,
        ...trace.slice(0, SHOWN_LINES).map((line) => `  ${JSON.stringify(line)}`),
      ]),
    ...(report.kept === undefined ? [] : ['', `Diaries, logs and home: ${report.kept}`]),
  ].join('\n');
}
