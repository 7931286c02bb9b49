import { allocationTable, countText } from '../render/allocation';
import { allocationJson } from '../render/json';
import { printJson, hint, takePart } from '../run/run';
import type { Run } from '../run/run';

export interface ListOptions {
  readonly long?: boolean;
}

/** `styxy list`: every allocation of the machine, by workspace, then port. */
export async function list(run: Run, options: ListOptions): Promise<void> {
  await takePart(run, async (coordinator) => {
    const snapshot = await coordinator.list({ signal: run.cancel });
    const allocations = [...snapshot.allocations].sort(
      (one, other) => compare(one.workspace, other.workspace) || one.port - other.port,
    );
    if (run.json) {
      printJson(run, { allocations: allocations.map((view) => allocationJson(view)) });
      return;
    }
    if (allocations.length === 0) {
      hint(run, 'No ports are allocated. Get one: styxy allocate -n web -s dev');
      return;
    }
    run.terminal.result(...allocationTable(run, allocations, { long: options.long === true }));
    hint(run, countText(allocations));
  });
}

/** By code unit: the same order everywhere, whatever the locale. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
