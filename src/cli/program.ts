import { Command } from 'commander';
import { parseAnyPort, parseName, parsePid, parsePort } from './arguments';
import { allocate, port } from './commands/allocate';
import type { AllocateOptions, PortOptions } from './commands/allocate';
import { inspect } from './commands/inspect';
import { list } from './commands/list';
import type { ListOptions } from './commands/list';
import { move } from './commands/move';
import type { MoveOptions } from './commands/move';
import { release } from './commands/release';
import type { ReleaseOptions } from './commands/release';
import { start } from './daemon/start';
import type { StartOptions } from './daemon/start';
import { status } from './daemon/status';
import { stop } from './daemon/stop';
import type { StopOptions } from './daemon/stop';
import * as help from './help';
import { createRun } from './run';
import type { GlobalOptions, Run } from './run';
import type { CliEnvironment } from './environment';

export interface ProgramOptions {
  readonly environment: CliEnvironment;
  /** Arguments after `styxy`. */
  readonly args: readonly string[];
  /** Where commander writes help and versions that were asked for. */
  readonly print: (text: string) => void;
  /** Where it writes help that was not. */
  readonly printHelp: (text: string) => void;
}

/** The command line as commander knows it. Errors leave `parseAsync` as they are thrown. */
export function createProgram(options: ProgramOptions): Command {
  const { environment, args, print, printHelp } = options;
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

  program
    .command('allocate')
    .summary('get the port of a service, a new one if it has none')
    .description(help.ALLOCATE_DESCRIPTION)
    .option('-s, --type <type>', 'service type: dev, api, database, ...', parseName)
    .option('-n, --name <service>', 'service name; the type by default', parseName)
    .option('-p, --port <port>', 'port to prefer', parsePort)
    .option('--exact', 'that port or an error')
    .option('--project <folder>', help.PROJECT)
    .addHelpText('after', help.ALLOCATE)
    .action((options: AllocateOptions) => allocate(run(), options));

  program
    .command('port')
    .summary('print the port of a service, and nothing else')
    .description(help.PORT_DESCRIPTION)
    .argument('<service>', 'service name', parseName)
    .option('-s, --type <type>', 'service type, if the name alone does not tell', parseName)
    .option('--project <folder>', help.PROJECT)
    .addHelpText('after', help.PORT)
    .action((service: string, options: PortOptions) => port(run(), service, options));

  program
    .command('release')
    .summary('give a port back')
    .description(help.RELEASE_DESCRIPTION)
    .argument('<id|port|name>', help.TARGET)
    .option('--project <folder>', help.PROJECT)
    .option('-y, --yes', 'agree beforehand to whatever would be asked')
    .addHelpText('after', help.RELEASE)
    .action((target: string, options: ReleaseOptions) => release(run(), target, options));

  program
    .command('move')
    .summary('give a service another port')
    .description(help.MOVE_DESCRIPTION)
    .argument('<id|port|name>', help.TARGET)
    .argument('<to>', 'the new port', parsePort)
    .option('--project <folder>', help.PROJECT)
    .option('-y, --yes', 'agree beforehand to whatever would be asked')
    .addHelpText('after', help.MOVE)
    .action((target: string, to: number, options: MoveOptions) => move(run(), target, to, options));

  program
    .command('list')
    .summary('list all allocations of this machine')
    .description('List all allocations of this machine, by workspace, then port.')
    .option('-l, --long', 'with ids and holders')
    .addHelpText('after', help.LIST)
    .action((options: ListOptions) => list(run(), options));

  program
    .command('inspect')
    .summary('tell who has a port, allocated or not')
    .description(help.INSPECT_DESCRIPTION)
    .argument('<port>', 'any port, 1-65535', parseAnyPort)
    .addHelpText('after', help.INSPECT)
    .action((number: number) => inspect(run(), number));

  addDaemonCommands(program, run);
  return program;
}

function addDaemonCommands(program: Command, run: () => Run): void {
  const daemon = program
    .command('daemon')
    .summary('headless participants, where no window is open')
    .description(help.DAEMON_DESCRIPTION)
    .addHelpText('after', help.DAEMON);

  daemon
    .command('start')
    .summary('start one more')
    .description('Start one more headless participant; prints its process id.')
    .option('--foreground', 'stay attached until Ctrl-C or SIGTERM')
    .addOption(daemon.createOption('--announce').hideHelp())
    .addHelpText('after', help.DAEMON_START)
    .action((options: StartOptions) => start(run(), options));

  daemon
    .command('stop')
    .summary('end what "start" made')
    .description('End what "daemon start" made, never a window; prints the ended process ids.')
    .option('--pid <pid>', 'the one with this process id', parsePid)
    .option('--all', 'all of them')
    .addHelpText('after', help.DAEMON_STOP)
    .action((options: StopOptions) => stop(run(), options));

  daemon
    .command('status')
    .summary('show who leads and who takes part')
    .description('Show who leads and who takes part: windows, headless participants, commands.')
    .addHelpText('after', help.DAEMON_STATUS)
    .action(() => status(run()));
}
