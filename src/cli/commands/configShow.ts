import { describeProblem } from '../../core/config/readConfiguration';
import { configurationJson, configurationLines, templateTable } from '../render/configuration';
import { shortPath } from '../run/text';
import { printJson, hint, note } from '../run/run';
import type { Run } from '../run/run';
import { activeConfiguration } from '../target/activeConfiguration';

/** `styxy config path`: where the configuration lies, whether it is there or not. */
export async function path(run: Run): Promise<void> {
  const file = await run.files.configPath();
  const exists = await isThere(run);
  if (run.json) {
    printJson(run, { path: file, exists });
    return;
  }
  run.terminal.result(file);
  if (!exists) {
    note(run, 'It does not exist yet: the defaults apply. "styxy config show" prints them.');
  }
}

/** A file that cannot be read is there all the same. */
async function isThere(run: Run): Promise<boolean> {
  return run.files.readConfiguration().then(
    (text) => text !== undefined,
    () => true,
  );
}

/** `styxy config show`: the configuration in force. */
export async function show(run: Run): Promise<void> {
  const { view } = await activeConfiguration(run);
  if (run.json) {
    printJson(run, configurationJson(view));
    return;
  }
  run.terminal.result(...configurationLines(run, view));
  const { problems } = view;
  const file = shortPath(view.path, run.userHome);
  note(run, ...problems.map((problem) => `${problem.severity}: ${describeProblem(problem, file)}`));
  if (problems.some(({ severity }) => severity === 'error')) {
    note(run, 'The file has errors: what was read before them stays in force.');
  }
  if (problems.length > 0) {
    hint(run, '"styxy config validate" tells the lines.');
  }
}

/** `styxy config instances`: the instance templates. */
export async function templates(run: Run): Promise<void> {
  const { view } = await activeConfiguration(run);
  if (run.json) {
    printJson(run, { templates: view.templates });
    return;
  }
  if (view.templates.length === 0) {
    hint(run, 'There are no templates.');
    return;
  }
  run.terminal.result(...templateTable(run, view.templates));
}
