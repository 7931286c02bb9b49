import { plain } from '../../core/domain/describe';
import type { Participant } from '../../core/domain/model';
import { table } from '../run/table';
import { shortPath } from '../run/text';
import type { JoinedRun, Run } from '../run/run';
import type { CommandSpec } from './command';
import { printRows } from './result';

/** A participant, for programs. */
interface InstanceJson extends Pick<Participant, 'kind' | 'label' | 'pid' | 'version' | 'folders'> {
  readonly leader: boolean;
}

export const INSTANCES: CommandSpec = {
  name: 'instances',
  description:
    'List who takes part now: windows, headless participants, commands. The instance templates are ' +
    'under "config instances".',
  examples: ["styxy instances --json | jq -r '.instances[] | select(.leader) | .pid'"],
  ask: instances,
};

/** Without the command that asks. */
async function instances(run: JoinedRun): Promise<void> {
  const { coordinator } = run;
  const { leader, participants } = await coordinator.status({ signal: run.cancel });
  const shown = participants
    .filter(({ id }) => id !== coordinator.participant)
    .map(({ id, kind, label, pid, version, folders }): InstanceJson => {
      return { kind, label, pid, version, folders, leader: id === leader.participant };
    });
  const none = 'Nobody else takes part: no window is open and no daemon runs.';
  printRows(run, { instances: shown }, shown, participantTable, none);
}

/** What is known of a participant as a row. */
interface ParticipantRow extends Omit<InstanceJson, 'version' | 'kind'> {
  readonly kind: string;
  readonly version?: string;
}

export function participantTable(
  run: Run,
  rows: readonly ParticipantRow[],
  foldersTitle = 'FOLDERS',
): string[] {
  return table<ParticipantRow>(run.terminal.style, rows, [
    { title: 'PID', align: 'right', cell: ({ pid }) => ({ text: String(pid), paint: 'bold' }) },
    { title: 'KIND', cell: ({ kind }) => ({ text: kind }) },
    {
      title: 'ROLE',
      cell: ({ leader }) => (leader ? { text: 'leader', paint: 'green' } : { text: 'follower' }),
    },
    { title: 'VERSION', cell: ({ version = '' }) => ({ text: plain(version) }) },
    { title: 'LABEL', cell: ({ label }) => ({ text: plain(label) }) },
    {
      title: foldersTitle,
      cell: ({ folders }) => ({
        text: folders.map((folder) => shortPath(folder, run.userHome)).join(', '),
      }),
    },
  ]);
}
