import { pairHeld } from '../../core/domain/model';
import type { Holder } from '../../core/domain/model';
import { sharedByOthers } from '../../core/messages/refusals';
import type { AllocationRef, ReleaseAnswer } from '../../core/messages/requests';
import { allocationJson } from '../render/json';
import { holdersText, shortPath } from '../run/text';
import { printJson, takePart, note } from '../run/run';
import type { Run } from '../run/run';
import { findTarget } from '../target/target';
import type { Target } from '../target/target';
import { tellWorkspace } from '../target/workspace';
import { agree, foreignDoubt, listeningDoubt, sharedDoubt } from './consent';
import { plain } from '../../core/domain/describe';

export interface ReleaseOptions {
  readonly project?: string;
  readonly yes?: boolean;
  /** Ends a shared allocation for all who hold it. */
  readonly everyone?: boolean;
}

/** `styxy release`: gives a port back; of a shared one only this workspace's part. */
export async function release(run: Run, text: string, options: ReleaseOptions): Promise<void> {
  await takePart(run, async (coordinator) => {
    const signal = run.cancel;
    const everyone = options.everyone === true;
    const snapshot = await coordinator.list({ signal });
    const target = await findTarget(run, snapshot, text, options.project);
    const { allocation } = target;
    const { workspace } = target.workspace;
    if (target.by === 'name') {
      tellWorkspace(run, target.workspace);
    }
    const staying = everyone ? [] : stayingHolders(target);
    if (staying.length > 0 && staying.length === allocation.holders.length) {
      throw sharedByOthers(allocation);
    }
    const foreign = foreignDoubt(run, target);
    const { listeners } = await coordinator.inspect({ port: allocation.port }, { signal });
    await agree(
      run,
      [
        ...foreign,
        ...(everyone ? sharedDoubt(run, target) : []),
        // It stays allocated for the others, and what listens is theirs too.
        ...(staying.length > 0 ? [] : listeningDoubt(allocation, listeners)),
      ],
      `Release port ${allocation.port} all the same?`,
      options.yes === true,
    );
    const answer = await coordinator.release(
      {
        target: everyone ? { id: allocation.id } : refOf(target),
        workspaces: [workspace],
        ...(foreign.length > 0 ? { confirmed: true } : {}),
        ...(everyone ? { everyone } : {}),
      },
      { signal },
    );
    print(run, target, answer);
  });
}

/** A pair that was named leaves alone: the workspace's other services may share the port too. */
function refOf({ allocation, pair }: Target): AllocationRef {
  return allocation.group === undefined || pair === undefined ? { id: allocation.id } : { ...pair };
}

/** Who goes on holding a shared allocation when only what was named leaves it. */
function stayingHolders({ allocation, pair, workspace }: Target): readonly Holder[] {
  if (allocation.group === undefined) {
    return [];
  }
  return allocation.holders.filter((holder) => {
    const held = pairHeld(allocation, holder);
    return pair === undefined
      ? held.workspace !== workspace.workspace
      : held.workspace !== pair.workspace || held.service !== pair.service;
  });
}

function print(run: Run, { allocation, pair }: Target, answer: ReleaseAnswer): void {
  const { released, remainingHolders } = answer;
  if (run.json) {
    const { state, process } = allocation;
    printJson(run, {
      released: allocationJson({
        ...released,
        state,
        ...(process === undefined ? {} : { process }),
      }),
      remainingHolders,
    });
    return;
  }
  const { service, workspace } = pair ?? released;
  const what = `${released.port}, ${plain(service)} of ${shortPath(workspace, run.userHome)}`;
  if (remainingHolders === 0) {
    run.terminal.result(`Released ${what}`);
    return;
  }
  run.terminal.result(`Left ${what}; others still hold it: ${remainingHolders}`);
  note(run, `Still held by ${holdersText(released.holders)}.`);
}
