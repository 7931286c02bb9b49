import { Command } from 'commander';
import { addOverviewCommands } from '../commands/overview';
import { addPortCommands } from '../commands/ports';
import { addConfigCommands } from '../commands/config';
import { addDaemonCommands } from '../commands/daemon';
import type { CliEnvironment } from '../run/environment';
import * as help from '../render/help';
import { addPlanCommand } from '../commands/planRegister';
import { createRun } from '../run/run';
import type { GlobalOptions, Run } from '../run/run';

export interface ProgramOptions {
  readonly environment: CliEnvironment;
  /** Arguments after `styxy`. */
  readonly args: readonly string[];
  /** Where commander writes help and versions that were asked for. */
  readonly print: (text: string) => void;
  /** Where it writes help that was not. */
  readonly printHelp: (text: string) => void;
  /** Told the exit code of a command that answers with one; the others end with 0. */
  readonly exit?: (code: number) => void;
}

/** The command line as commander knows it. Errors leave `parseAsync` as they are thrown. */
export function createProgram(options: ProgramOptions): Command {
  const { environment, args, print, printHelp, exit = () => undefined } = options;
  const program = new Command('styxy');
  const run = (): Run => createRun(environment, args, program.opts<GlobalOptions>());

  program
    .description(help.DESCRIPTION)
    .version(environment.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .option('--json', 'print one JSON object, also for errors')
    .option('--verbose', 'tell on standard error what is done and why')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: print, writeErr: printHelp, outputError: () => undefined })
    .exitOverride()
    .addHelpText('after', help.PROGRAM);

  addPortCommands(program, run);
  addOverviewCommands(program, run, exit);
  addPlanCommand(program, run, exit);
  addConfigCommands(program, run, exit);
  addDaemonCommands(program, run);
  return program;
}
