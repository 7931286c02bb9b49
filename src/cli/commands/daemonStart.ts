import { once } from 'node:events';
import { Option } from 'commander';
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import type { DaemonReport } from '../run/environment';
import { hint, type JoinedRun, type Run, takePart } from '../run/run';
import type { CommandSpec } from './command';
import { printResult } from './result';

interface StartOptions {
  /** Stay attached until SIGINT or SIGTERM. */
  readonly foreground?: boolean;
  /** Set by `launch` for the process it starts: report to the parent when it takes part. */
  readonly announce?: boolean;
}

/** How long a new participant may take to find a leader or to become one. */
const TAKE_PART_TIMEOUT_MS = 15_000;
/** Signal handlers alone do not keep a process alive; this does, and costs nothing. */
const KEEP_ALIVE_MS = 2 ** 30;

export const START: CommandSpec = {
  name: 'start',
  description: 'Start one more headless participant; prints its process id.',
  options: [
    ['--foreground', 'stay attached until Ctrl-C or SIGTERM'],
    new Option('--announce').hideHelp(),
  ],
  examples: ['styxy daemon start --foreground    for a service manager or a container'],
  action: start,
};

async function start(run: Run, options: StartOptions): Promise<void> {
  if (options.foreground === true) {
    return stayAttached(run, options.announce === true);
  }
  const report = await run.daemons.launch(run.cancel);
  printReport(run, report);
  hint(run, `Runs until: styxy daemon stop --pid ${report.pid}`);
}

async function stayAttached(run: Run, announce: boolean): Promise<void> {
  const keepAlive = setInterval(() => undefined, KEEP_ALIVE_MS);
  try {
    await takePart(run, (joined) => serve(joined, announce), {
      kind: 'daemon',
      label: 'styxy daemon',
      ...(run.json || announce ? {} : { logFrom: 'info' }),
    });
  } catch (thrown) {
    const error = toStyxyError(thrown);
    if (announce) {
      run.daemons.announce({ kind: 'failed', error: error.toJSON() });
    }
    // A signal is how a headless participant ends, however early it comes.
    if (error.code !== 'cancelled' || !run.cancel.aborted) {
      throw error;
    }
  } finally {
    clearInterval(keepAlive);
  }
}

async function serve(run: JoinedRun, announce: boolean): Promise<void> {
  const status = await run.coordinator.status({
    signal: run.cancel,
    deadlineMs: TAKE_PART_TIMEOUT_MS,
  });
  const { pid, kind, workspace } = status.leader;
  const report: DaemonReport = {
    pid: run.pid,
    epoch: status.epoch,
    leader: given({ pid, kind, workspace }),
  };
  if (announce) {
    run.daemons.announce({ kind: 'ready', report });
  } else {
    printReport(run, report);
    hint(run, 'Press Ctrl-C to end it.');
  }
  if (!run.cancel.aborted) {
    await once(run.cancel, 'abort');
  }
}

function printReport(run: Run, report: DaemonReport): void {
  printResult(run, report, String(report.pid));
  const { pid, kind } = report.leader;
  hint(
    run,
    pid === report.pid
      ? `Process ${report.pid} takes part and leads (epoch ${report.epoch}).`
      : `Process ${report.pid} takes part; ${kind} ${pid} leads (epoch ${report.epoch}).`,
  );
}

/** Says that a process did not begin to take part in time. */
export function startTimeout(): StyxyError {
  return new StyxyError(
    'timeout',
    'The new process did not begin to take part in time and was ended again. ' +
      '"styxy daemon start --foreground --verbose" shows what it waits for.',
  );
}
