import { inspectLines } from '../render/allocation';
import { allocationJson, observationsJson, unallocatedJson } from '../render/json';

import { parseAnyPort } from '../run/arguments';
import type { JoinedRun } from '../run/run';
import type { CommandSpec } from './command';
import { printResult } from './result';

export const INSPECT: CommandSpec = {
  name: 'inspect',
  description:
    'Tell who has a port, allocated or not: its allocation, the process that listens, the addresses, the history.',
  arguments: [['<port>', 'any port, 1-65535', parseAnyPort]],
  examples: ['styxy inspect 3000 --json          has an "id" if Styxy gave the port to someone'],
  ask: inspect,
};

async function inspect(run: JoinedRun, port: number): Promise<void> {
  const answer = await run.coordinator.inspect({ port }, { signal: run.cancel });
  const { allocation, health = [] } = answer;
  const json =
    allocation === undefined
      ? unallocatedJson(answer)
      : { ...allocationJson(allocation), observations: observationsJson(health) };
  printResult(run, json, ...inspectLines(run, answer));
}
