import { allocationTable, countText } from '../render/allocation';
import { allocationJson } from '../render/json';
import { hint, type JoinedRun } from '../run/run';
import type { CommandSpec } from './command';
import { printRows } from './result';

interface ListOptions {
  readonly long?: boolean;
}

export const LIST: CommandSpec = {
  name: 'list',
  description: 'List all allocations of this machine, by workspace, then port.',
  options: [['-l, --long', 'with ids and holders']],
  examples: [`styxy list --json | jq -r '.allocations[] | "\\(.port) \\(.service)"'`],
  ask: list,
};

async function list(run: JoinedRun, options: ListOptions): Promise<void> {
  const snapshot = await run.coordinator.list({ signal: run.cancel });
  const allocations = [...snapshot.allocations].sort(
    (one, other) => compare(one.workspace, other.workspace) || one.port - other.port,
  );
  const json = { allocations: allocations.map((view) => allocationJson(view)) };
  const tableOf = (): string[] => allocationTable(run, allocations, options.long === true);
  const none = 'No ports are allocated. Get one: styxy allocate -n web -s dev';
  printRows(run, json, allocations, tableOf, none);
  if (allocations.length > 0) {
    hint(run, countText(allocations));
  }
}

/** By code unit: the same order everywhere, whatever the locale. */
function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
