import { Command, CommanderError } from 'commander';
import { ALLOCATE, PORT } from '../commands/allocate';
import { AUDIT } from '../commands/audit';
import { addCommand, type CommandSpec } from '../commands/command';
import { CONFIG } from '../commands/config';
import { DAEMON } from '../commands/daemon';
import { DOCTOR } from '../commands/doctor';
import { INSPECT } from '../commands/inspect';
import { INSTANCES } from '../commands/instances';
import { LIST } from '../commands/list';
import { MOVE } from '../commands/move';
import { PLAN } from '../commands/plan';
import { RECOVERY } from '../commands/recovery';
import { RELEASE } from '../commands/release';
import type { CliEnvironment } from '../run/environment';
import { fail, fromCommander } from '../run/failure';
import { createRun, type GlobalOptions, type Run } from '../run/run';

const COMMANDS: readonly CommandSpec[] = [
  ...[ALLOCATE, PORT, RELEASE, MOVE],
  ...[LIST, INSPECT, INSTANCES, AUDIT, DOCTOR, RECOVERY],
  ...[PLAN, CONFIG, DAEMON],
];

const DESCRIPTION =
  'Gives every workspace on this machine its own ports and keeps them stable. ' +
  'Takes part beside the open windows; where none is open, it leads for as long as it runs.';

const EPILOGUE = `
Examples:
  $ styxy allocate -s dev -n web       a port for "web", the same one every time
  $ PORT=$(styxy port web -s dev) npm start
  $ styxy list
  $ styxy inspect 3000
  $ styxy release web
  $ styxy plan                         ports for all that styxy.json declares

Exit codes: 0 done, 2 invalid argument or configuration, 3 port not available, 4 no such allocation or not yours,
5 nobody could be reached in time, 6 storage, 7 not permitted, 130 cancelled, 1 anything else.`;

export interface ProgramOptions {
  readonly environment: CliEnvironment;
  /** Arguments after `styxy`. */
  readonly args: readonly string[];
  /** Where commander writes help and versions that were asked for. */
  readonly print: (text: string) => void;
  /** Where it writes help that was not asked for. */
  readonly printHelp: (text: string) => void;
  /** Gets the exit code of the command that ran; 0 unless its result has another one. */
  readonly exit?: (code: number) => void;
}

/** The command line as commander knows it. Errors leave `parseAsync` as they are thrown. */
export function createProgram(options: ProgramOptions): Command {
  const { environment, args, print, printHelp, exit = () => undefined } = options;
  const program = new Command('styxy');
  const run = (): Run => createRun(environment, args, program.opts<GlobalOptions>());

  program
    .description(DESCRIPTION)
    .version(environment.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .option('--json', 'print one JSON object, also for errors')
    .option('--verbose', 'log to standard error what is done and why')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: print, writeErr: printHelp, outputError: () => undefined })
    .exitOverride()
    .addHelpText('after', EPILOGUE);

  COMMANDS.forEach((each) => addCommand(program, each, run, exit));
  return program;
}

/**
 * Runs one command line and answers its exit code. Never throws: whatever goes wrong is printed, as
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
