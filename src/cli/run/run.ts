import type { Coordinator } from '../../core/messages/coordinator';
import type { ParticipantKind } from '../../core/domain/model';
import type { Log } from '../../core/host/interfaces';
import type { CliEnvironment } from './environment';
import { isoTime } from './text';
import { plain } from '../../core/domain/describe';
import { shorten } from '../../core/domain/text';

const LABEL_WIDTH = 60;

/** Options of every command. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** One run of one command. */
export interface Run extends CliEnvironment {
  readonly json: boolean;
  readonly verbose: boolean;
  /** The command line as a person would name it. */
  readonly label: string;
}

/** A run that takes part. */
export interface JoinedRun extends Run {
  readonly coordinator: Coordinator;
}

export function createRun(
  environment: CliEnvironment,
  args: readonly string[],
  options: GlobalOptions,
): Run {
  return {
    ...environment,
    json: options.json === true,
    verbose: options.verbose === true,
    label: shorten(plain(['styxy', ...args].join(' ')), LABEL_WIDTH),
  };
}

/** One object on standard output. */
export function printJson(run: Pick<Run, 'terminal'>, value: unknown): void {
  run.terminal.result(JSON.stringify(value));
}

/** What people have to know beside the result; a reader of JSON gets none. */
export function note(run: Run, ...lines: readonly string[]): void {
  if (!run.json) {
    run.terminal.note(...lines.map(plain));
  }
}

/** A remark that is there for those who wonder. */
export function hint(run: Run, ...lines: readonly string[]): void {
  if (!run.json) {
    run.terminal.note(...lines.map((line) => run.terminal.noteStyle.dim(plain(line))));
  }
}

export interface TakePartOptions {
  readonly kind?: Extract<ParticipantKind, 'cli' | 'daemon'>;
  readonly label?: string;
  /** The least level that is written to standard error; nothing by default. */
  readonly logFrom?: keyof Log;
}

/** Takes part while `use` runs, and leaves whatever happens. */
export async function takePart<T>(
  run: Run,
  use: (run: JoinedRun) => Promise<T>,
  options: TakePartOptions = {},
): Promise<T> {
  const log = createLog(run, run.verbose ? 'debug' : options.logFrom);
  log.debug(`Styxy ${run.version}, process ${run.pid}.`);
  const coordinator = run.connect({
    kind: options.kind ?? 'cli',
    label: options.label ?? run.label,
    folders: [],
    product: run.label,
    version: run.version,
    leader: { kind: 'inline' },
    log,
  });
  try {
    return await use({ ...run, coordinator });
  } finally {
    await coordinator.close();
  }
}

const LEVELS: readonly (keyof Log)[] = ['debug', 'info', 'warn', 'error'];

function createLog({ now, terminal }: Run, from: keyof Log | undefined): Log {
  const lowest = from === undefined ? LEVELS.length : LEVELS.indexOf(from);
  const writer = (level: keyof Log) => (message: string) => {
    if (LEVELS.indexOf(level) >= lowest) {
      const time = isoTime(now()).slice(11, 23);
      terminal.note(terminal.noteStyle.dim(`${time} ${level} ${plain(message)}`));
    }
  };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  };
}
