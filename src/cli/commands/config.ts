import { describeProblem } from '../../core/config/readConfiguration';
import { configurationJson, configurationLines, templateTable } from '../render/configuration';
import { shortPath } from '../run/text';
import { hint, note, type Run } from '../run/run';
import { activeConfiguration } from '../target/activeConfiguration';
import type { CommandSpec } from './command';
import { printResult, printRows } from './result';
import { AUTO_ALLOCATION } from './configAutoAllocation';
import { VALIDATE } from './configValidate';

const PATH: CommandSpec = {
  name: 'path',
  description: 'Print where config.json lies, whether it is there or not.',
  examples: ['ls -l "$(styxy config path)"'],
  action: path,
};

async function path(run: Run): Promise<void> {
  const file = await run.files.configPath();
  const exists = await isThere(run);
  printResult(run, { path: file, exists }, file);
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

const SHOW: CommandSpec = {
  name: 'show',
  description: 'Show the configuration that the leader decides by, and what is wrong in the file.',
  examples: [`styxy config show --json | jq -r '.types[] | "\\(.name) \\(.range.first)"'`],
  action: show,
};

async function show(run: Run): Promise<void> {
  const { view } = await activeConfiguration(run);
  printResult(run, configurationJson(view), ...configurationLines(run, view));
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

const TEMPLATES: CommandSpec = {
  name: 'instances',
  description:
    'List the instance templates: by how much each shifts where the search for a port begins, and on ' +
    'which git branches it does so by itself.',
  action: templates,
};

export const CONFIG: CommandSpec = {
  name: 'config',
  summary: 'service types, ranges, templates: what is in force, and whether the file is right',
  description:
    'Service types with their ranges, auto-allocation, instance templates and reservations. They are ' +
    'built in; config.json overrides and adds.',
  commands: [PATH, SHOW, VALIDATE, TEMPLATES, AUTO_ALLOCATION],
};

async function templates(run: Run): Promise<void> {
  const { view } = await activeConfiguration(run);
  const { templates: rows } = view;
  printRows(run, { templates: rows }, rows, templateTable, 'There are no templates.');
}
