import { recoveryJson, recoveryTable } from '../render/doctor';
import { printJson, hint, takePart } from '../run/run';
import type { Run } from '../run/run';
import { localTime } from '../../core/domain/text';

/** `styxy recovery`: what the leader found and repaired when it took over. */
export async function recovery(run: Run): Promise<void> {
  await takePart(run, async (coordinator) => {
    const { recovery: report } = await coordinator.doctor({ signal: run.cancel });
    if (run.json) {
      printJson(run, recoveryJson(report));
      return;
    }
    const { epoch, at, attempts, steps } = report;
    if (steps.length === 0) {
      hint(run, 'Nobody leads now, so nothing was recovered. "styxy doctor" tells why.');
      return;
    }
    run.terminal.result(...recoveryTable(run, steps));
    const tried = attempts === 1 ? '' : `, ${attempts} attempts`;
    hint(run, `epoch ${epoch}, ${localTime(at)}${tried}`);
  });
}
