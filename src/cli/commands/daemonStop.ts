import { livenessOf, type ProcessLiveness } from '../../coordinator/membership/processLiveness';
import { StyxyError } from '../../core/domain/errors';
import type { Participant } from '../../core/domain/model';
import { parsePid } from '../run/arguments';
import { plural } from '../run/text';
import { hint, type Run, takePart } from '../run/run';
import type { CommandSpec } from './command';
import { printRows } from './result';

interface StopOptions {
  readonly pid?: number;
  readonly all?: boolean;
}

/** A participant finishes its batch and closes within two seconds; the rest is margin. */
const END_TIMEOUT_MS = 5_000;
const LOOK_INTERVAL_MS = 20;

export const STOP: CommandSpec = {
  name: 'stop',
  description: 'End what "daemon start" made, never a window; prints the ended process ids.',
  options: [
    ['--pid <pid>', 'the one with this process id', parsePid],
    ['--all', 'all of them'],
  ],
  examples: ['styxy daemon stop                  if there is only one'],
  action: stop,
};

async function stop(run: Run, options: StopOptions): Promise<void> {
  const chosen = await takePart(run, async ({ coordinator }) => {
    const { participants } = await coordinator.status({ signal: run.cancel });
    const others = participants.filter(({ id }) => id !== coordinator.participant);
    return choose(await present(run, others), options);
  });
  // Left before the others end, so that this run is not elected in their place.
  const stopped = await end(run, chosen);
  const json = { stopped: stopped.map(({ pid }) => ({ pid })) };
  const none = 'Nothing to stop: no process that "styxy daemon start" made takes part.';
  printRows(run, json, stopped, (_, ended) => ended.map(({ pid }) => String(pid)), none);
  if (stopped.length > 0) {
    hint(run, `Stopped ${plural(stopped.length, 'process', 'processes')}.`);
  }
}

/** Without those whose process is gone: the leader may not have noticed yet. */
async function present(run: Run, participants: readonly Participant[]): Promise<Participant[]> {
  const presences = await Promise.all(participants.map((other) => presenceOfProcess(run, other)));
  return participants.filter((_, index) => presences[index] !== 'gone');
}

/** A pid may have been used again. */
async function presenceOfProcess(run: Run, participant: Participant): Promise<ProcessLiveness> {
  return livenessOf(await run.daemons.processes(), participant);
}

function choose(
  participants: readonly Participant[],
  options: StopOptions,
): readonly Participant[] {
  const daemons = participants.filter(({ kind }) => kind === 'daemon');
  if (options.pid !== undefined) {
    return [byPid(participants, options.pid)];
  }
  if (options.all === true || daemons.length < 2) {
    return daemons;
  }
  const pids = daemons.map(({ pid }) => pid);
  throw new StyxyError(
    'invalid_argument',
    `${daemons.length} headless processes take part: ${pids.join(', ')}. ` +
      'Say which with --pid, or end them all with --all.',
    { details: { pids } },
  );
}

function byPid(participants: readonly Participant[], pid: number): Participant {
  const same = participants.filter((participant) => participant.pid === pid);
  const daemon = same.find(({ kind }) => kind === 'daemon');
  if (daemon !== undefined) {
    return daemon;
  }
  const [other] = same;
  if (other !== undefined) {
    throw new StyxyError(
      'permission_denied',
      `Process ${pid} is a ${other.kind} (${other.label}), which "daemon stop" never ends. ` +
        (other.kind === 'window' ? 'Close the window instead.' : 'It ends by itself.'),
      { details: { pid, kind: other.kind, label: other.label } },
    );
  }
  const pids = participants.filter(({ kind }) => kind === 'daemon').map((known) => known.pid);
  throw new StyxyError(
    'invalid_argument',
    `Process ${pid} does not take part. ` +
      (pids.length === 0
        ? 'No process that "styxy daemon start" made does.'
        : `Those that "styxy daemon start" made: ${pids.join(', ')}.`),
    { details: { pid, pids } },
  );
}

/** Ends those whose process is proven, waits for them, then refuses the rest. */
async function end(run: Run, chosen: readonly Participant[]): Promise<readonly Participant[]> {
  const told: Participant[] = [];
  const unproven: number[] = [];
  for (const participant of chosen) {
    // The proof is taken right before the signal.
    const presence = await presenceOfProcess(run, participant);
    if (presence === 'there') {
      run.daemons.terminate(participant.pid);
      told.push(participant);
    } else if (presence === 'unproven') {
      unproven.push(participant.pid);
    }
  }
  const deadline = run.now() + END_TIMEOUT_MS;
  for (const participant of told) {
    await waitForEnd(run, participant, deadline);
  }
  if (unproven.length > 0) {
    throw new StyxyError(
      'permission_denied',
      `It cannot be proven that ${unproven.join(', ')} still is the process that takes part, ` +
        'so it was left alone. End it where it was started.',
      { details: { pids: unproven, stopped: told.map(({ pid }) => pid) } },
    );
  }
  return told;
}

async function waitForEnd(run: Run, participant: Participant, deadline: number): Promise<void> {
  const { pid } = participant;
  while ((await presenceOfProcess(run, participant)) === 'there') {
    if (run.now() > deadline) {
      throw new StyxyError(
        'timeout',
        `Process ${pid} was told to end ${END_TIMEOUT_MS / 1_000} s ago and is still there; ` +
          'it may be suspended. Look at it with "styxy daemon status" and ask again.',
        { details: { pid } },
      );
    }
    if (run.cancel.aborted) {
      throw new StyxyError('cancelled', 'Cancelled; the processes were told to end already.');
    }
    await run.daemons.sleep(LOOK_INTERVAL_MS);
  }
}
