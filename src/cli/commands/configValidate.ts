import { resolve } from 'node:path';
import { readConfiguration } from '../../core/config/readConfiguration';
import { errorGroup, EXIT_CODES, StyxyError } from '../../core/domain/errors';
import { problemJson, type ProblemJson, problemLines } from '../render/problems';
import { plural, shortPath } from '../run/text';
import { hint, printJson, type Run } from '../run/run';
import type { CommandSpec } from './command';

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
  if (run.json) {
    printJson(run, { file, valid, problems });
  } else {
    printForPeople(run, { file, there: text !== undefined, valid, problems });
  }
  return valid ? 0 : EXIT_CODES[errorGroup('invalid_config')];
}

interface Verdict {
  readonly file: string;
  readonly there: boolean;
  readonly valid: boolean;
  readonly problems: readonly ProblemJson[];
}

function printForPeople(run: Run, { file, there, valid, problems }: Verdict): void {
  const short = shortPath(file, run.userHome);
  run.terminal.result(
    ...problems.flatMap((problem) => problemLines(problem, short, run.terminal.style)),
  );
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const counts = [
    ...(errors === 0 ? [] : [plural(errors, 'error')]),
    ...(problems.length === errors ? [] : [plural(problems.length - errors, 'warning')]),
  ].join(', ');
  if (!valid) {
    hint(run, `${short} cannot be used: ${counts}.`);
  } else if (!there) {
    hint(run, `${short} does not exist: the defaults apply.`);
  } else {
    hint(run, `${short} can be used${counts === '' ? '' : `: ${counts}`}.`);
  }
}
