import { inspectLines } from '../render/allocation';
import { allocationJson, observationsJson, unallocatedJson } from '../render/json';
import { printJson, takePart } from '../run/run';
import type { Run } from '../run/run';

/** `styxy inspect`: who has a port, allocated or not. */
export async function inspect(run: Run, port: number): Promise<void> {
  await takePart(run, async (coordinator) => {
    const answer = await coordinator.inspect({ port }, { signal: run.cancel });
    if (run.json) {
      const { allocation, health = [] } = answer;
      printJson(
        run,
        allocation === undefined
          ? unallocatedJson(answer)
          : { ...allocationJson(allocation), observations: observationsJson(health) },
      );
      return;
    }
    run.terminal.result(...inspectLines(run, answer));
  });
}
