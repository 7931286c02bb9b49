import type { Command } from 'commander';
import { parseTemplate } from '../run/arguments';
import * as help from '../render/help';
import type { Run } from '../run/run';
import { plan } from './plan';
import type { PlanOptions } from './plan';

export function addPlanCommand(
  program: Command,
  run: () => Run,
  exit: (code: number) => void,
): void {
  program
    .command('plan')
    .summary("get the ports of all services in the workspace's styxy.json")
    .description(help.PLAN_DESCRIPTION)
    .option('--check', 'allocate nothing; tell what is not as planned')
    .option('--write', 'write the dotenv files that the plan names')
    .option('--template <template>', help.TEMPLATE, parseTemplate)
    .option('--project <folder>', help.PROJECT)
    .addHelpText('after', help.PLAN)
    .action(async (options: PlanOptions) => exit(await plan(run(), options)));
}
