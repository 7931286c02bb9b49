import { type Command, Option } from 'commander';
import { parseTemplate } from '../run/arguments';
import { takePart, type JoinedRun, type Run } from '../run/run';

/** Flags or the usage of an argument, what it means, and how its text is read. */
type Parameter = readonly [usage: string, text: string, parse?: (text: string) => unknown];

/** One command as a person reads it: `--help` is made of this. */
export interface CommandSpec {
  readonly name: string;
  readonly description: string;
  /** Its line in the list of commands; by default the first clause of the description. */
  readonly summary?: string;
  readonly arguments?: readonly Parameter[];
  readonly options?: readonly (Parameter | Option)[];
  /** Command lines that teach what the description does not; each can be run as it stands. */
  readonly examples?: readonly string[];
  /**
   * Takes the arguments in their order, then the options. Answers an exit code other than 0 if the
   * result has one; what fails is thrown.
   */
  readonly action?: (run: Run, ...given: never[]) => Promise<number | void>;
  /** In the place of `action`: what asks the leader, while this run takes part. */
  readonly ask?: (run: JoinedRun, ...given: never[]) => Promise<number | void>;
  /** Of a group, which does nothing by itself. */
  readonly commands?: readonly CommandSpec[];
}

export const PROJECT_OPTION: Parameter = [
  '--project <folder>',
  'the workspace, instead of the one that the current folder belongs to',
];

export const TEMPLATE_OPTION: Parameter = [
  '--template <template>',
  'instance template, which shifts where the search for a port begins',
  parseTemplate,
];

/** Adds a command, with all below it, to what commander knows. */
export function addCommand(
  parent: Command,
  spec: CommandSpec,
  run: () => Run,
  exit: (code: number) => void,
): void {
  const { name, description, examples = [], action, ask, commands = [] } = spec;
  const { summary = firstClause(description) } = spec;
  const command = parent.command(name).summary(summary).description(description);
  for (const [usage, text, parse] of spec.arguments ?? []) {
    command.argument(usage, text, (given: string) => (parse === undefined ? given : parse(given)));
  }
  for (const option of spec.options ?? []) {
    command.addOption(option instanceof Option ? option : optionOf(option));
  }
  if (examples.length > 0) {
    command.addHelpText(
      'after',
      ['', 'Examples:', ...examples.map((it) => `  $ ${it}`)].join('\n'),
    );
  }
  const act = ask === undefined ? action : takingPart(ask);
  if (act !== undefined) {
    command.action(async (...given: unknown[]) =>
      exit((await act(run(), ...(given as never[]))) ?? 0),
    );
  }
  commands.forEach((each) => addCommand(command, each, run, exit));
}

function takingPart(ask: NonNullable<CommandSpec['ask']>): CommandSpec['action'] {
  return (run, ...given) => takePart(run, (joined) => ask(joined, ...given));
}

/** "Give a port back. Releasing ..." is "give a port back" in a list. */
function firstClause(description: string): string {
  const [first = ''] = description.split(/[.:;] |\.$/);
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function optionOf([flags, text, parse]: Parameter): Option {
  const option = new Option(flags, text);
  return parse === undefined ? option : option.argParser(parse);
}
