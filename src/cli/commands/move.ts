import { allocationLines } from '../render/allocation';
import { allocationJson } from '../render/json';
import { printJson, takePart, note } from '../run/run';
import type { Run } from '../run/run';
import { findTarget } from '../target/target';
import { tellWorkspace } from '../target/workspace';
import { agree, foreignDoubt } from './consent';

export interface MoveOptions {
  readonly project?: string;
  readonly yes?: boolean;
}

/** `styxy move`: another port for a service that has one. */
export async function move(
  run: Run,
  text: string,
  port: number,
  options: MoveOptions,
): Promise<void> {
  await takePart(run, async (coordinator) => {
    const signal = run.cancel;
    const snapshot = await coordinator.list({ signal });
    const target = await findTarget(run, snapshot, text, options.project);
    if (target.by === 'name') {
      tellWorkspace(run, target.workspace);
    }
    const foreign = foreignDoubt(run, target);
    await agree(
      run,
      foreign,
      `Move it from ${target.allocation.port} to ${port} all the same?`,
      options.yes === true,
    );
    const answer = await coordinator.move(
      {
        target: { id: target.allocation.id },
        workspaces: [target.workspace.workspace],
        ...(foreign.length > 0 ? { confirmed: true } : {}),
        port,
      },
      { signal },
    );
    note(run, answer.message);
    const inspected = await coordinator.inspect({ port: answer.allocation.port }, { signal });
    const now =
      inspected.allocation?.id === answer.allocation.id
        ? inspected.allocation
        : { ...answer.allocation, state: 'reserved' as const };
    if (run.json) {
      printJson(run, allocationJson({ ...now, movedFrom: answer.movedFrom }));
      return;
    }
    run.terminal.result(...allocationLines(run, now));
  });
}
