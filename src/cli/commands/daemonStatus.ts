import type { StatusAnswer } from '../../core/messages/requests';
import { statusJson } from '../render/json';
import type { ParticipantJson, StatusJson } from '../render/json';
import { table } from '../run/table';
import { shortPath } from '../run/text';
import { printJson, hint, takePart } from '../run/run';
import type { Run } from '../run/run';
import { plain } from '../../core/domain/describe';

/** `styxy daemon status`: who leads and who takes part. */
export async function status(run: Run): Promise<void> {
  await takePart(run, async (coordinator) => {
    const answer = await coordinator.status({ signal: run.cancel });
    const shown = statusJson(answer, coordinator.participant);
    if (run.json) {
      printJson(run, shown);
      return;
    }
    printForPeople(run, answer, shown);
  });
}

function printForPeople(run: Run, answer: StatusAnswer, shown: StatusJson): void {
  const { problem } = answer.storage;
  if (!answer.storage.ok && problem !== undefined) {
    run.terminal.note(run.terminal.noteStyle.red(plain(problem)));
  }
  if (shown.leader === null) {
    run.terminal.result('not running');
    hint(
      run,
      'No window and no daemon takes part; each command leads for as long as it runs. ' +
        'Keep one: styxy daemon start',
    );
    return;
  }
  const leaderPid = shown.leader.pid;
  run.terminal.result(
    ...table<ParticipantJson>(run.terminal.style, shown.participants, [
      {
        title: 'PID',
        align: 'right',
        cell: ({ pid }) => ({ text: String(pid), paint: 'bold' }),
      },
      { title: 'KIND', cell: ({ kind }) => ({ text: kind }) },
      {
        title: 'ROLE',
        cell: ({ pid }) =>
          pid === leaderPid ? { text: 'leader', paint: 'green' } : { text: 'follower' },
      },
      { title: 'LABEL', cell: ({ label }) => ({ text: plain(label) }) },
      {
        title: 'WORKSPACE',
        cell: ({ workspace }) => ({
          text: workspace === undefined ? '' : shortPath(workspace, run.userHome),
        }),
      },
    ]),
  );
  hint(run, `epoch ${shown.epoch}, home ${shortPath(answer.home, run.userHome)}`);
}
