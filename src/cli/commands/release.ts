import { allocationJson } from '../output/shapes';
import { shortPath } from '../output/text';
import { printJson, takePart } from '../run';
import type { Run } from '../run';
import { findTarget } from '../target';
import { tellWorkspace } from '../workspace';
import { agree, foreignDoubt, listeningDoubt } from './consent';

export interface ReleaseOptions {
  readonly project?: string;
  readonly yes?: boolean;
}

/** `styxy release`: gives a port back. */
export async function release(run: Run, text: string, options: ReleaseOptions): Promise<void> {
  await takePart(run, async (coordinator) => {
    const signal = run.cancel;
    const snapshot = await coordinator.list({ signal });
    const target = await findTarget(run, snapshot, text, options.project);
    const { allocation } = target;
    if (target.by === 'name') {
      tellWorkspace(run, target.workspace);
    }
    const { listeners } = await coordinator.inspect({ port: allocation.port }, { signal });
    const foreign = foreignDoubt(run, target);
    await agree(
      run,
      [...foreign, ...listeningDoubt(allocation, listeners)],
      `Release port ${allocation.port} all the same?`,
      options.yes === true,
    );
    const answer = await coordinator.release(
      {
        target: { id: allocation.id },
        workspaces: [target.workspace.workspace],
        ...(foreign.length > 0 ? { confirmed: true } : {}),
      },
      { signal },
    );
    if (run.json) {
      const { state, process } = allocation;
      printJson(run, {
        released: allocationJson({
          ...answer.released,
          state,
          ...(process === undefined ? {} : { process }),
        }),
        remainingHolders: answer.remainingHolders,
      });
      return;
    }
    const { port, service, workspace } = answer.released;
    const left =
      answer.remainingHolders === 0 ? '' : `; others still hold it: ${answer.remainingHolders}`;
    run.terminal.result(
      `Released ${port}, ${service} of ${shortPath(workspace, run.userHome)}${left}`,
    );
  });
}
