import { plain } from '../../core/domain/describe';
import { statusJson } from '../render/json';
import { shortPath } from '../run/text';
import { hint, type JoinedRun } from '../run/run';
import type { CommandSpec } from './command';
import { START } from './daemonStart';
import { STOP } from './daemonStop';
import { participantTable } from './instances';
import { printResult } from './result';

const STATUS: CommandSpec = {
  name: 'status',
  description: 'Show who leads and who takes part: windows, headless participants, commands.',
  examples: ['styxy daemon status --json | jq .leader.pid'],
  ask: status,
};

export const DAEMON: CommandSpec = {
  name: 'daemon',
  summary: 'headless participants, where no window is open',
  description:
    'Headless participants. Windows need none: they elect a leader among themselves. One keeps ' +
    'commands fast, and ports watched, where no window is open.',
  examples: ['styxy daemon start'],
  commands: [START, STOP, STATUS],
};

async function status(run: JoinedRun): Promise<void> {
  const { coordinator } = run;
  const answer = await coordinator.status({ signal: run.cancel });
  const shown = statusJson(answer, coordinator.participant);
  const { problem } = answer.storage;
  if (!run.json && !answer.storage.ok && problem !== undefined) {
    run.terminal.note(run.terminal.noteStyle.red(plain(problem)));
  }
  const { leader } = shown;
  if (leader === null) {
    printResult(run, shown, 'not running');
    hint(
      run,
      'No window and no daemon takes part; each command leads for as long as it runs. ' +
        'Keep one: styxy daemon start',
    );
    return;
  }
  const rows = shown.participants.map(({ workspace, ...each }) => ({
    ...each,
    leader: each.pid === leader.pid,
    folders: workspace === undefined ? [] : [workspace],
  }));
  printResult(run, shown, ...participantTable(run, rows, 'WORKSPACE'));
  hint(run, `epoch ${shown.epoch}, home ${shortPath(answer.home, run.userHome)}`);
}
