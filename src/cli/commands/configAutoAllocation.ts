import { foundTable, foundTypes, settingFields } from '../render/configuration';
import { fields } from '../run/table';
import { shortPath } from '../run/text';
import { hint, type Run, takePart } from '../run/run';
import { parseType } from '../run/arguments';
import type { CommandSpec } from './command';
import { printResult, printRows } from './result';
import { activeConfiguration, viewOf } from '../target/activeConfiguration';

const STATUS: CommandSpec = {
  name: 'status',
  description: 'Show whether it is on, how it chooses, and how many types it found.',
  action: status,
};

const LIST: CommandSpec = {
  name: 'list',
  description: 'List the types whose range Styxy found, and how much of each is in use.',
  action: list,
};

const ENABLE: CommandSpec = {
  name: 'enable',
  description: 'Switch it on, in config.json: a type that nobody declared gets a range.',
  action: (run) => setEnabled(run, true),
};

const DISABLE: CommandSpec = {
  name: 'disable',
  description: 'Switch it off, in config.json: a type that nobody declared is refused.',
  action: (run) => setEnabled(run, false),
};

const UNDO: CommandSpec = {
  name: 'undo',
  description:
    'Take the range of an auto-allocated type back. Refused, with the list, while ports of it are held.',
  arguments: [['<type>', 'service type, as "list" names it', parseType]],
  examples: ['styxy config auto-allocation undo grafana'],
  action: undo,
};

export const AUTO_ALLOCATION: CommandSpec = {
  name: 'auto-allocation',
  summary: 'ranges for types that nobody declared',
  description:
    'A type that nobody declared gets a range of its own when it is first asked for, and works at once.',
  commands: [STATUS, LIST, ENABLE, DISABLE, UNDO],
};

async function status(run: Run): Promise<void> {
  const { view, snapshot } = await activeConfiguration(run);
  const types = foundTypes(view, snapshot).length;
  printResult(
    run,
    { ...view.autoAllocation, types, path: view.path },
    ...fields(run.terminal.style, [
      ...settingFields(view.autoAllocation),
      ['Types found', { text: String(types) }],
    ]),
  );
}

async function list(run: Run): Promise<void> {
  const { view, snapshot } = await activeConfiguration(run);
  const types = foundTypes(view, snapshot);
  const none = 'No type was auto-allocated. One is when a type that nobody declared is asked for.';
  printRows(run, { types }, types, foundTable, none);
}

async function setEnabled(run: Run, enabled: boolean): Promise<void> {
  const { path } = await takePart(run, async ({ coordinator }) =>
    viewOf(await coordinator.setAutoAllocation({ enabled }, { signal: run.cancel })),
  );
  printResult(
    run,
    { enabled, path },
    enabled
      ? 'Auto-allocation is on: a type that nobody declared gets a range.'
      : 'Auto-allocation is off: a type that nobody declared is refused.',
  );
  hint(run, `Written to ${shortPath(path, run.userHome)}`);
}

async function undo(run: Run, serviceType: string): Promise<void> {
  const answer = await takePart(run, ({ coordinator }) =>
    coordinator.undoAutoAllocation({ serviceType }, { signal: run.cancel }),
  );
  const { serviceType: type, range, message } = answer;
  printResult(run, { undone: { serviceType: type, range } }, message);
}
