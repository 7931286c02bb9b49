import type { Command } from 'commander';
import { parseAnyPort, parseLimit, parseType, parseWhat } from '../run/arguments';
import * as help from '../render/help';
import type { Run } from '../run/run';
import { audit } from './audit';
import type { AuditOptions } from './audit';
import { doctor } from './doctor';
import { inspect } from './inspect';
import { instances } from './instances';
import { list } from './list';
import type { ListOptions } from './list';
import { recovery } from './recovery';

/** What only looks. */
export function addOverviewCommands(
  program: Command,
  run: () => Run,
  exit: (code: number) => void,
): void {
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

  program
    .command('instances')
    .summary('list who takes part now')
    .description(help.INSTANCES_DESCRIPTION)
    .addHelpText('after', help.INSTANCES)
    .action(() => instances(run()));

  program
    .command('audit')
    .summary('tell who did what, and when')
    .description(help.AUDIT_DESCRIPTION)
    .option('-p, --port <port>', 'about this port, also as the one before or after', parseAnyPort)
    .option('--workspace <folder>', 'about this workspace')
    .option('-s, --type <type>', 'about this service type', parseType)
    .option('--what <what>', help.WHATS, parseWhat)
    .option('--since <time>', 'from then on: 30m, 2h, 3d, or 2026-01-31T12:00:00Z')
    .option('--limit <n>', 'at most so many, the newest; 200 by default, up to 2000', parseLimit)
    .addHelpText('after', help.AUDIT)
    .action((options: AuditOptions) => audit(run(), options));

  program
    .command('doctor')
    .summary('tell what is wrong with Styxy and its machine, and what to do')
    .description(help.DOCTOR_DESCRIPTION)
    .addHelpText('after', help.DOCTOR)
    .action(async () => exit(await doctor(run())));

  program
    .command('recovery')
    .summary('tell what the leader repaired when it took over')
    .description(help.RECOVERY_DESCRIPTION)
    .addHelpText('after', help.RECOVERY)
    .action(() => recovery(run()));
}
