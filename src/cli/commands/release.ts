import { plain } from '../../core/domain/describe';
import { type AllocationView, type Holder, pairHeld } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import { sharedByOthers } from '../../core/messages/refusals';
import type { AllocationRef, ReleaseAnswer } from '../../core/messages/requests';
import { allocationJson } from '../render/json';
import { holdersText, shortPath } from '../run/text';
import { type JoinedRun, note, type Run } from '../run/run';
import { findTarget, type Target } from '../target/target';
import { joinedSnapshot, showWorkspace } from '../target/workspace';
import { PROJECT_OPTION, type CommandSpec } from './command';
import {
  agree,
  foreignDoubt,
  listeningDoubt,
  sharedDoubt,
  TARGET_ARGUMENT,
  YES_OPTION,
} from './consent';
import { printResult } from './result';

interface ReleaseOptions {
  readonly project?: string;
  readonly yes?: boolean;
  /** Ends a shared allocation for all who hold it. */
  readonly everyone?: boolean;
}

export const RELEASE: CommandSpec = {
  name: 'release',
  description:
    'Give a port back. Releasing stops no process: if one listens, and if the port belongs to ' +
    'another workspace, you are asked first; where nobody can be asked, --yes agrees. ' +
    'A shared port ends with the last one who holds it; until then this workspace only leaves it.',
  arguments: [TARGET_ARGUMENT],
  options: [PROJECT_OPTION, ['--everyone', 'end a shared port for all who hold it'], YES_OPTION],
  examples: [
    'styxy release web                  the service "web" of this workspace',
    "styxy release 3000 --yes           also if something listens or it is another workspace's",
    'styxy release rag --everyone       a shared port, for all who hold it',
  ],
  ask: release,
};

async function release(run: JoinedRun, text: string, options: ReleaseOptions): Promise<void> {
  const { coordinator, cancel: signal } = run;
  const everyone = options.everyone === true;
  const snapshot = await joinedSnapshot(run);
  const target = await findTarget(run, snapshot, text, options.project);
  const { allocation } = target;
  const { workspace } = target.workspace;
  if (target.by === 'name') {
    showWorkspace(run, target.workspace);
  }
  const staying = everyone ? [] : stayingHolders(target);
  if (staying.length > 0 && staying.length === allocation.holders.length) {
    throw sharedByOthers(allocation);
  }
  const foreign = foreignDoubt(run, target);
  const seen = await coordinator.inspect({ port: allocation.port }, { signal });
  await agree(
    run,
    [
      ...foreign,
      ...(everyone ? sharedDoubt(run, target) : []),
      // It stays allocated for the others, and what listens is theirs too.
      ...(staying.length > 0 ? [] : listeningDoubt(allocation, seen.listeners)),
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
  const now = seen.allocation?.id === allocation.id ? seen.allocation : allocation;
  print(run, target, now, answer);
}

/** A pair that was named leaves alone: the workspace's other services may share the port too. */
function refOf({ allocation, pair }: Target): AllocationRef {
  return allocation.group === undefined || pair === undefined ? { id: allocation.id } : { ...pair };
}

/** The holders that keep a shared allocation when only what was named leaves it. */
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

function print(
  run: Run,
  { pair }: Target,
  { state, process }: AllocationView,
  answer: ReleaseAnswer,
): void {
  const { released, remainingHolders } = answer;
  const seen = given({ ...released, state, process });
  const { service, workspace } = pair ?? released;
  const what = `${released.port}, ${plain(service)} of ${shortPath(workspace, run.userHome)}`;
  printResult(
    run,
    { released: allocationJson(seen), remainingHolders },
    remainingHolders === 0
      ? `Released ${what}`
      : `Left ${what}; others still hold it: ${remainingHolders}`,
  );
  if (remainingHolders > 0) {
    note(run, `Still held by ${holdersText(released.holders)}.`);
  }
}
