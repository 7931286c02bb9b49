import type { CommanderError } from 'commander';
import * as v from 'valibot';
import { errorGroup, EXIT_CODES, StyxyError, toStyxyError } from '../../core/domain/errors';
import { shortPath } from './text';
import { table } from './table';
import type { CliEnvironment } from './environment';
import { printJson } from './run';
import { plain } from '../../core/domain/describe';

/** Tells what went wrong and answers the exit code of its group. */
export function fail(
  environment: Pick<CliEnvironment, 'terminal' | 'userHome'>,
  thrown: unknown,
  json: boolean,
): number {
  const error = toStyxyError(thrown);
  if (json) {
    printJson(environment, { error: error.toJSON() });
  } else {
    const { terminal, userHome } = environment;
    const style = terminal.noteStyle;
    terminal.note(`${style.red('styxy:')} ${plain(error.message)}`);
    terminal.note(...candidateLines(error, userHome, style));
  }
  return EXIT_CODES[errorGroup(error.code)];
}

/** The allocations among which one has to be chosen, where the error names them. */
const CANDIDATES = v.array(v.object({ id: v.string(), port: v.number(), workspace: v.string() }));

function candidateLines(
  { details }: StyxyError,
  userHome: string,
  style: CliEnvironment['terminal']['noteStyle'],
): string[] {
  return v.is(CANDIDATES, details.candidates)
    ? table(style, details.candidates, [
        { title: 'PORT', align: 'right', cell: ({ port }) => String(port) },
        { title: 'ID', cell: ({ id }) => plain(id) },
        { title: 'WORKSPACE', cell: (of) => shortPath(of.workspace, userHome) },
      ])
    : [];
}

/** What commander refuses, in Styxy's words. `path` is the command that was meant. */
export function fromCommander(error: CommanderError, path: string): StyxyError {
  if (error.code === 'commander.help') {
    return new StyxyError(
      'invalid_argument',
      `Say what to do: "${path} --help" lists the commands.`,
      { details: { reason: 'missingCommand' } },
    );
  }
  const sentences = error.message
    .replace(/^error: /, '')
    .split('\n')
    .map((line) => sentence(line.replace(/^\((.*)\)$/, '$1').trim()))
    .filter((line) => line !== '');
  return new StyxyError(
    'invalid_argument',
    `${sentences.join(' ')} "${path} --help" tells what it takes.`,
    { details: { reason: error.code.replace(/^commander\./, '') } },
  );
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(capital) || capital === '' ? capital : `${capital}.`;
}
