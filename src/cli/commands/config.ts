import type { Command } from 'commander';
import { parseType } from '../run/arguments';
import * as help from '../render/help';
import type { Run } from '../run/run';
import * as autoAllocation from './configAutoAllocation';
import * as show from './configShow';
import { validate } from './configValidate';

/** `styxy config`, with all below it. */
export function addConfigCommands(
  program: Command,
  run: () => Run,
  exit: (code: number) => void,
): void {
  const config = program
    .command('config')
    .summary('service types, ranges, templates: what is in force, and whether the file is right')
    .description(help.CONFIG_DESCRIPTION)
    .addHelpText('after', help.CONFIG);

  config
    .command('path')
    .summary('print where the configuration lies')
    .description('Print where config.json lies, whether it is there or not.')
    .addHelpText('after', help.CONFIG_PATH)
    .action(() => show.path(run()));

  config
    .command('show')
    .summary('show the configuration in force')
    .description(help.CONFIG_SHOW_DESCRIPTION)
    .addHelpText('after', help.CONFIG_SHOW)
    .action(() => show.show(run()));

  config
    .command('validate')
    .summary('tell what is wrong in the file')
    .description(help.CONFIG_VALIDATE_DESCRIPTION)
    .argument('[file]', 'another file than config.json')
    .addHelpText('after', help.CONFIG_VALIDATE)
    .action(async (file: string | undefined) => exit(await validate(run(), file)));

  config
    .command('instances')
    .summary('list the instance templates')
    .description(help.CONFIG_INSTANCES_DESCRIPTION)
    .addHelpText('after', help.CONFIG_INSTANCES)
    .action(() => show.templates(run()));

  addAutoAllocationCommands(config, run);
}

function addAutoAllocationCommands(config: Command, run: () => Run): void {
  const auto = config
    .command('auto-allocation')
    .summary('ranges for types that nobody declared')
    .description(help.AUTO_DESCRIPTION)
    .addHelpText('after', help.AUTO);

  auto
    .command('status')
    .summary('show whether it is on, and how it chooses')
    .description('Show whether it is on, how it chooses, and how many types it found.')
    .addHelpText('after', help.AUTO_STATUS)
    .action(() => autoAllocation.status(run()));

  auto
    .command('list')
    .summary('list the ranges that were found')
    .description('List the types whose range Styxy found, and how much of each is in use.')
    .addHelpText('after', help.AUTO_LIST)
    .action(() => autoAllocation.list(run()));

  auto
    .command('enable')
    .summary('switch it on')
    .description('Switch it on, in config.json: a type that nobody declared gets a range.')
    .addHelpText('after', help.AUTO_ENABLE)
    .action(() => autoAllocation.setEnabled(run(), true));

  auto
    .command('disable')
    .summary('switch it off')
    .description('Switch it off, in config.json: a type that nobody declared is refused.')
    .addHelpText('after', help.AUTO_DISABLE)
    .action(() => autoAllocation.setEnabled(run(), false));

  auto
    .command('undo')
    .summary('take the range of a type back')
    .description(help.AUTO_UNDO_DESCRIPTION)
    .argument('<type>', 'service type, as "list" names it', parseType)
    .addHelpText('after', help.AUTO_UNDO)
    .action((type: string) => autoAllocation.undo(run(), type));
}
