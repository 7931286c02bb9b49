import type { Command } from 'commander';
import { parseName, parsePort, parseTemplate, parseType } from '../run/arguments';
import * as help from '../render/help';
import type { Run } from '../run/run';
import { allocate, port } from './allocate';
import type { AllocateOptions, PortOptions } from './allocate';
import { move } from './move';
import type { MoveOptions } from './move';
import { release } from './release';
import type { ReleaseOptions } from './release';

/** What gives, moves and takes back single ports. */
export function addPortCommands(program: Command, run: () => Run): void {
  program
    .command('allocate')
    .summary('get the port of a service, a new one if it has none')
    .description(help.ALLOCATE_DESCRIPTION)
    .option('-s, --type <type>', 'service type: dev, api, database, ...', parseType)
    .option('-n, --name <service>', 'service name; the type by default', parseName)
    .option('-p, --port <port>', 'port to prefer', parsePort)
    .option('--exact', 'that port or an error')
    .option('--template <template>', help.TEMPLATE, parseTemplate)
    .option('--project <folder>', help.PROJECT)
    .addHelpText('after', help.ALLOCATE)
    .action((options: AllocateOptions) => allocate(run(), options));

  program
    .command('port')
    .summary('print the port of a service, and nothing else')
    .description(help.PORT_DESCRIPTION)
    .argument('<service>', 'service name', parseName)
    .option('-s, --type <type>', 'service type, if the name alone does not tell', parseType)
    .option('--template <template>', help.TEMPLATE, parseTemplate)
    .option('--project <folder>', help.PROJECT)
    .addHelpText('after', help.PORT)
    .action((service: string, options: PortOptions) => port(run(), service, options));

  program
    .command('release')
    .summary('give a port back')
    .description(help.RELEASE_DESCRIPTION)
    .argument('<id|port|name>', help.TARGET)
    .option('--project <folder>', help.PROJECT)
    .option('--everyone', 'end a shared port for all who hold it')
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
}
