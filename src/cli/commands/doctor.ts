import type { Finding } from '../../core/messages/doctorReport';
import { errorGroup, EXIT_CODES, toStyxyError, type StyxyError } from '../../core/domain/errors';
import { findingsWithoutLeader } from '../../core/doctor/findings';
import { doctorJson, doctorLines, withoutLeaderJson } from '../render/doctor';
import { type Run, takePart } from '../run/run';
import type { CommandSpec } from './command';
import { printResult } from './result';

export const DOCTOR: CommandSpec = {
  name: 'doctor',
  summary: 'tell what is wrong with Styxy and its machine, and what to do',
  description:
    'Look at the leader, the home, the disk, the configuration, conflicts and the tools of the system; ' +
    'tell for each finding what to do. Exit code 0 without errors among them, else that of the first.',
  examples: [`styxy doctor --json | jq -r '.findings[] | "\\(.severity): \\(.what) \\(.todo)"'`],
  action: doctor,
};

/**
 * Answers the exit code: a machine on which no process can lead is a finding like the others, and
 * is looked at all the same. Errors: `cancelled`.
 */
async function doctor(run: Run): Promise<number> {
  try {
    return await takePart(run, async ({ coordinator }) => {
      const answer = await coordinator.doctor({ signal: run.cancel });
      const lines = doctorLines(run, answer, coordinator.participant);
      printResult(run, doctorJson(answer), ...lines);
      return exitCode(answer.findings);
    });
  } catch (thrown) {
    const error = toStyxyError(thrown);
    if (error.code === 'cancelled') {
      throw error;
    }
    return withoutLeader(run, error);
  }
}

async function withoutLeader(run: Run, error: StyxyError): Promise<number> {
  // What keeps the home from being found is the error already.
  const machine = await run.lookAtRefusedHome().catch(() => undefined);
  const findings = findingsWithoutLeader(error, machine);
  const json = withoutLeaderJson({ at: run.now(), error, machine, findings });
  printResult(run, json, ...doctorLines(run, { findings, machine }));
  return exitCode(findings);
}

/** The worst stands first. */
function exitCode([worst]: readonly Finding[]): number {
  return worst?.severity === 'error' ? EXIT_CODES[errorGroup(worst.code)] : 0;
}
