import { resolve } from 'node:path';
import { timedOut } from '../../coordinator/session/channel';
import type { Participant } from '../../core/domain/model';
import type { Snapshot } from '../../core/messages/requests';
import type { ResolvedWorkspace } from '../../core/host/interfaces';
import { shortPath } from '../run/text';
import { hint, type JoinedRun, type Run } from '../run/run';

/** The workspace of a run and why it is that one. */
export interface ChosenWorkspace {
  readonly workspace: string;
  readonly because: ResolvedWorkspace['because'] | 'named';
}

/**
 * The workspace that a command is about. `--project` names it, and is taken at its word: two
 * packages of one repository can be workspaces of their own. Else it is the one that the current
 * folder belongs to, where the folders that windows have open come first.
 * Errors: `invalid_argument` if the folder does not exist.
 */
export async function chooseWorkspace(
  run: Run,
  participants: readonly Participant[],
  project: string | undefined,
): Promise<ChosenWorkspace> {
  if (project !== undefined) {
    const workspace = await run.canonicalFolder(resolve(run.currentFolder(), project));
    return { workspace, because: 'named' };
  }
  const windows = participants.filter(({ kind }) => kind === 'window');
  return run.workspaces.resolve(
    run.currentFolder(),
    new Set(windows.flatMap(({ folders }) => folders)),
  );
}

/** Prints which workspace was chosen, where it was not named. */
export function showWorkspace(run: Run, chosen: ChosenWorkspace): void {
  const reason = REASONS[chosen.because];
  if (reason !== undefined) {
    hint(run, `Workspace ${shortPath(chosen.workspace, run.userHome)} (${reason})`);
  }
}

const REASONS: Readonly<Record<ChosenWorkspace['because'], string | undefined>> = {
  named: undefined,
  open: 'a window has it open',
  plan: 'nearest folder with a styxy.json',
  git: 'nearest folder with a .git',
  folder: 'the current folder; no window, styxy.json or .git above it',
};

/** As long as a request may take. */
const JOIN_TIMEOUT_MS = 10_000;

/**
 * What the leader said when this run joined it: who takes part and what is allocated, without a
 * request of its own. Asked for only where no leader can be joined. Errors: those of `list`.
 */
export async function joinedSnapshot(run: JoinedRun): Promise<Snapshot> {
  await joined(run);
  return run.coordinator.snapshot ?? run.coordinator.list({ signal: run.cancel });
}

/** Resolves once there is a snapshot, or no use in waiting for one. Errors: `timeout`. */
function joined({ cancel, coordinator }: JoinedRun): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      listening.dispose();
      cancel.removeEventListener('abort', look);
      finish();
    };
    const look = (): void => {
      const { snapshot, role } = coordinator;
      if (snapshot !== undefined || role.kind === 'unreachable' || cancel.aborted) {
        settle(resolve);
      }
    };
    const timer = setTimeout(
      () => settle(() => reject(timedOut('hello', JOIN_TIMEOUT_MS))),
      JOIN_TIMEOUT_MS,
    );
    const listening = coordinator.onDidChange(look);
    cancel.addEventListener('abort', look);
    look();
  });
}
