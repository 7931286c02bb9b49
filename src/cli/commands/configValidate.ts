import { resolve } from 'node:path';
import { readConfiguration } from '../../core/config/readConfiguration';
import { errorGroup, EXIT_CODES, StyxyError } from '../../core/domain/errors';
import { problemJson, problemLines } from '../render/problems';
import { plural, shortPath } from '../run/text';
import { hint, type Run } from '../run/run';
import type { CommandSpec } from './command';
import { printResult } from './result';

export const VALIDATE: CommandSpec = {
  name: 'validate',
  summary: 'tell what is wrong in the file',
  description:
    'Tell for each mistake in config.json the line, the JSON path, what is wrong and what would be ' +
    'right. Exit code 0 if it can be used, with warnings or without, 2 if it cannot.',
  arguments: [['[file]', 'another file than config.json']],
  examples: ['styxy config validate ./config.json --json'],
  action: validate,
};

/**
 * Reads the file itself, so that it can be asked before the file is put in place. Answers the exit
 * code: errors in the file are a result, not a failure.
 */
async function validate(run: Run, named: string | undefined): Promise<number> {
  const file =
    named === undefined ? await run.files.configPath() : resolve(run.currentFolder(), named);
  const text = await run.files.readConfiguration(named === undefined ? undefined : file);
  if (text === undefined && named !== undefined) {
    throw new StyxyError('invalid_argument', `There is no file ${file}. Name one that exists.`, {
      details: { argument: 'file', path: file },
    });
  }
  const reading = readConfiguration(text);
  const problems = reading.problems.map((problem) => problemJson(problem, text ?? ''));
  const valid = reading.kind === 'read';
  const short = shortPath(file, run.userHome);
  const lines = problems.flatMap((it) => problemLines(it, short, run.terminal.style));
  printResult(run, { file, valid, problems }, ...lines);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const counts = [
    ...(errors === 0 ? [] : [plural(errors, 'error')]),
    ...(problems.length === errors ? [] : [plural(problems.length - errors, 'warning')]),
  ].join(', ');
  if (!valid) {
    hint(run, `${short} cannot be used: ${counts}.`);
  } else if (text === undefined) {
    hint(run, `${short} does not exist: the defaults apply.`);
  } else {
    hint(run, `${short} can be used${counts === '' ? '' : `: ${counts}`}.`);
  }
  return valid ? 0 : EXIT_CODES[errorGroup('invalid_config')];
}
