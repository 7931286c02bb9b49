import type { Command } from 'commander';
import { parsePid } from '../run/arguments';
import * as help from '../render/help';
import type { Run } from '../run/run';
import { start } from './daemonStart';
import type { StartOptions } from './daemonStart';
import { status } from './daemonStatus';
import { stop } from './daemonStop';
import type { StopOptions } from './daemonStop';

/** `styxy daemon`, with all below it. */
export function addDaemonCommands(program: Command, run: () => Run): void {
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
