import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandResult, RunCommand } from '../../../../src/platform/fs/runProgram';

/** The text of a recorded sample; see samples/README.md for where each comes from. */
export function sample(name: string): string {
  return readFileSync(join(__dirname, 'samples', `${name}.txt`), 'utf8');
}

/** Answers commands by the first entry whose words all occur in the command line; else fails. */
export function runFrom(answers: readonly (readonly [words: string, stdout: string])[]): {
  readonly run: RunCommand;
  readonly calls: string[];
} {
  const calls: string[] = [];
  const run: RunCommand = (file, args): Promise<CommandResult> => {
    const call = [file, ...args].join(' ');
    calls.push(call);
    const found = answers.find(([words]) => words.split(' ').every((word) => call.includes(word)));
    return Promise.resolve(
      found === undefined ? { stdout: '' } : { stdout: found[1], exitCode: 0 },
    );
  };
  return { run, calls };
}
