import { EXIT_CODES } from '../../core/domain/errors';
import type { Snapshot } from '../../core/messages/requests';
import { planTable, portsJson, tellFiles, tellLeft } from '../render/plan';
import { allocationJson } from '../render/json';
import { printJson, hint, note } from '../run/run';
import type { Run } from '../run/run';
import { compare } from './planComparison';
import type { PlanOf } from '../target/loadPlan';
import { filesExitCode, renderFiles } from './planRendering';

/** Ports are missing, or are others: the exit code of that group. */
const NOT_AS_PLANNED = EXIT_CODES.port;

/** `styxy plan --check`: what is not as planned. Answers the exit code. */
export async function check(
  run: Run,
  { plan, workspace }: PlanOf,
  snapshot: Snapshot,
): Promise<number> {
  const { present, missing, differing, left } = compare(plan, workspace, snapshot.allocations);
  const ports = new Map(present.map(({ service, allocation }) => [service, allocation.port]));
  const files = await renderFiles(run, { plan, workspace, ports }, false);
  const asPlanned =
    [missing, differing, left].every(({ length }) => length === 0) &&
    files.every(({ state }) => state === 'same');
  if (run.json) {
    printJson(run, {
      workspace,
      asPlanned,
      allocations: present.map(({ allocation }) => allocationJson(allocation)),
      ...portsJson(plan, ports),
      missing,
      differing,
      left,
      files,
    });
  } else {
    const byService = new Map(present.map(({ service, allocation }) => [service, allocation]));
    // The allocation's own name is another one if it is shared.
    const rows = [...plan.services.keys()].map((service) => ({
      ...byService.get(service),
      service,
    }));
    if (rows.length > 0) {
      run.terminal.result(...planTable(run, plan, rows));
    }
    if (missing.length > 0) {
      note(run, `Without a port: ${missing.join(', ')}. Allocate them: styxy plan`);
    }
    note(run, ...differing.map(({ message }) => message));
    tellLeft(run, left);
    tellFiles(run, files);
    hint(run, asPlanned ? 'All is as planned.' : 'Not all is as planned.');
  }
  return filesExitCode(files) || (asPlanned ? 0 : NOT_AS_PLANNED);
}
