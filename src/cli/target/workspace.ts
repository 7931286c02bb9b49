import { resolve } from 'node:path';
import type { Participant } from '../../core/domain/model';
import type { ResolvedWorkspace } from '../../core/host/interfaces';
import { shortPath } from '../run/text';
import { hint } from '../run/run';
import type { Run } from '../run/run';

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

/** Tells people which workspace was chosen, where they did not name it themselves. */
export function tellWorkspace(run: Run, chosen: ChosenWorkspace): void {
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
