import type { Participant } from '../../core/domain/model';
import { table } from '../run/table';
import { shortPath } from '../run/text';
import { printJson, hint, takePart } from '../run/run';
import type { Run } from '../run/run';
import { plain } from '../../core/domain/describe';

/** Somebody who takes part now. */
interface InstanceJson {
  readonly kind: Participant['kind'];
  readonly label: string;
  readonly pid: number;
  readonly version: string;
  /** What it has open. */
  readonly folders: readonly string[];
  readonly leader: boolean;
}

/** `styxy instances`: who takes part now, without the command that asks. */
export async function instances(run: Run): Promise<void> {
  await takePart(run, async (coordinator) => {
    const { leader, participants } = await coordinator.status({ signal: run.cancel });
    const shown = participants
      .filter(({ id }) => id !== coordinator.participant)
      .map(({ id, kind, label, pid, version, folders }): InstanceJson => {
        return { kind, label, pid, version, folders, leader: id === leader.participant };
      });
    if (run.json) {
      printJson(run, { instances: shown });
      return;
    }
    if (shown.length === 0) {
      hint(run, 'Nobody else takes part: no window is open and no daemon runs.');
      return;
    }
    run.terminal.result(...instanceTable(run, shown));
  });
}

function instanceTable(run: Run, shown: readonly InstanceJson[]): string[] {
  return table<InstanceJson>(run.terminal.style, shown, [
    { title: 'PID', align: 'right', cell: ({ pid }) => ({ text: String(pid), paint: 'bold' }) },
    { title: 'KIND', cell: ({ kind }) => ({ text: kind }) },
    {
      title: 'ROLE',
      cell: ({ leader }) => (leader ? { text: 'leader', paint: 'green' } : { text: 'follower' }),
    },
    { title: 'VERSION', cell: ({ version }) => ({ text: plain(version) }) },
    { title: 'LABEL', cell: ({ label }) => ({ text: plain(label) }) },
    {
      title: 'FOLDERS',
      cell: ({ folders }) => ({
        text: folders.map((folder) => shortPath(folder, run.userHome)).join(', '),
      }),
    },
  ]);
}
