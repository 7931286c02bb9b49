import { recoveryJson, recoveryTable } from '../render/doctor';
import { localTime } from '../../core/domain/text';
import { hint, type JoinedRun } from '../run/run';
import type { CommandSpec } from './command';
import { printRows } from './result';

export const RECOVERY: CommandSpec = {
  name: 'recovery',
  description:
    'Show the report of the last change of leader: what was checked, what was repaired, and where ' +
    'damaged copies lie.',
  examples: [`styxy recovery --json | jq -r '.steps[] | select(.result != "ok") | .what'`],
  ask: recovery,
};

async function recovery(run: JoinedRun): Promise<void> {
  const { recovery: report } = await run.coordinator.doctor({ signal: run.cancel });
  const { epoch, at, attempts, steps } = report;
  const none = 'Nobody leads now, so nothing was recovered. "styxy doctor" tells why.';
  printRows(run, recoveryJson(report), steps, recoveryTable, none);
  if (steps.length > 0) {
    const tried = attempts === 1 ? '' : `, ${attempts} attempts`;
    hint(run, `epoch ${epoch}, ${localTime(at)}${tried}`);
  }
}
