import type { Finding } from '../../core/messages/doctorReport';
import { errorGroup, EXIT_CODES, toStyxyError, type StyxyError } from '../../core/domain/errors';
import { findingsWithoutLeader } from '../../core/doctor/findings';
import { doctorJson, doctorLines, withoutLeaderJson } from '../render/doctor';
import { printJson, takePart } from '../run/run';
import type { Run } from '../run/run';

/**
 * `styxy doctor`: what is wrong, and what to do. Answers the exit code: that nobody can lead is a
 * finding like the others, and the machine is looked at all the same. Errors: `cancelled`.
 */
export async function doctor(run: Run): Promise<number> {
  try {
    return await takePart(run, async (coordinator) => {
      const answer = await coordinator.doctor({ signal: run.cancel });
      if (run.json) {
        printJson(run, doctorJson(answer));
      } else {
        run.terminal.result(...doctorLines(run, answer, coordinator.participant));
      }
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
  // What keeps the home from being found was told already: it is the error.
  const machine = await run.lookAtRefusedHome().catch(() => undefined);
  const findings = findingsWithoutLeader(error, machine);
  if (run.json) {
    printJson(run, withoutLeaderJson({ at: run.now(), error, machine, findings }));
  } else {
    run.terminal.result(...doctorLines(run, { findings, machine }));
  }
  return exitCode(findings);
}

/** The worst stands first. */
function exitCode([worst]: readonly Finding[]): number {
  return worst?.severity === 'error' ? EXIT_CODES[errorGroup(worst.code)] : 0;
}
