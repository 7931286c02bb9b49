import { foundTable, foundTypes, settingFields } from '../render/configuration';
import { fields } from '../run/table';
import { shortPath } from '../run/text';
import { printJson, hint, takePart } from '../run/run';
import type { Run } from '../run/run';
import { activeConfiguration, viewOf } from '../target/activeConfiguration';

/** `styxy config auto-allocation status`: whether unknown types get a range, and which. */
export async function status(run: Run): Promise<void> {
  const { view, snapshot } = await activeConfiguration(run);
  const types = foundTypes(view, snapshot).length;
  if (run.json) {
    printJson(run, { ...view.autoAllocation, types, path: view.path });
    return;
  }
  run.terminal.result(
    ...fields(run.terminal.style, [
      ...settingFields(view.autoAllocation),
      ['Types found', { text: String(types) }],
    ]),
  );
}

/** `styxy config auto-allocation list`: the ranges that were found. */
export async function list(run: Run): Promise<void> {
  const { view, snapshot } = await activeConfiguration(run);
  const types = foundTypes(view, snapshot);
  if (run.json) {
    printJson(run, { types });
    return;
  }
  if (types.length === 0) {
    hint(run, 'No type was auto-allocated. One is when a type that nobody declared is asked for.');
    return;
  }
  run.terminal.result(...foundTable(run, types));
}

/** `styxy config auto-allocation enable|disable`: edits the configuration. */
export async function setEnabled(run: Run, enabled: boolean): Promise<void> {
  const { path } = await takePart(run, async (coordinator) =>
    viewOf(await coordinator.setAutoAllocation({ enabled }, { signal: run.cancel })),
  );
  if (run.json) {
    printJson(run, { enabled, path });
    return;
  }
  run.terminal.result(
    enabled
      ? 'Auto-allocation is on: a type that nobody declared gets a range.'
      : 'Auto-allocation is off: a type that nobody declared is refused.',
  );
  hint(run, `Written to ${shortPath(path, run.userHome)}`);
}

/** `styxy config auto-allocation undo`: takes the range of a type back. */
export async function undo(run: Run, serviceType: string): Promise<void> {
  const answer = await takePart(run, (coordinator) =>
    coordinator.undoAutoAllocation({ serviceType }, { signal: run.cancel }),
  );
  if (run.json) {
    printJson(run, { undone: { serviceType: answer.serviceType, range: answer.range } });
    return;
  }
  run.terminal.result(answer.message);
}
