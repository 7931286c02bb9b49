import { CommanderError } from 'commander';
import type { Command } from 'commander';
import type { CliEnvironment } from '../run/environment';
import { fail, fromCommander } from '../run/failure';
import { createProgram } from './program';

/**
 * Runs one command line and answers its exit code. Never throws: whatever goes wrong is told, as
 * JSON when `--json` is anywhere among the arguments, and has its group's exit code.
 */
export async function cli(args: readonly string[], environment: CliEnvironment): Promise<number> {
  const { terminal } = environment;
  const json = wantsJson(args);
  let exitCode = 0;
  const program = createProgram({
    environment,
    args,
    print: (text) => terminal.result(text.replace(/\n$/, '')),
    printHelp: (text) => (json ? undefined : terminal.note(text)),
    exit: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) {
      return fail(environment, thrown, json);
    }
    if (thrown.exitCode === 0) {
      return 0;
    }
    return fail(environment, fromCommander(thrown, meantCommand(program, args)), json);
  }
}

/** Also for errors that are found before options are parsed. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
}

/** The deepest command that the arguments name, as far as they do: `styxy daemon stop`. */
function meantCommand(program: Command, args: readonly string[]): string {
  let command = program;
  let path = program.name();
  for (const word of args.filter((arg) => !arg.startsWith('-'))) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) {
      break;
    }
    command = next;
    path = `${path} ${word}`;
  }
  return path;
}
