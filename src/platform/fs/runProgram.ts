import { execFile } from 'node:child_process';

/** What became of a program that was run to ask the operating system something. */
export interface CommandResult {
  /** Everything it wrote, also when it failed: some tools exit with 1 and a useful answer. */
  readonly stdout: string;
  /** Exit code; undefined when it could not be started, was killed or took too long. */
  readonly exitCode?: number;
}

interface CommandOptions {
  /** Set on top of the own environment, so that the output is in a language that can be parsed. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a program without a shell. Never rejects: what the OS does not say is unknown. */
export type RunCommand = (
  file: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<CommandResult>;

/** `lsof` over a dead network mount and a cold PowerShell take seconds, not more. */
const COMMAND_TIMEOUT_MS = 10_000;
/** The listener table of a busy machine is some hundred kilobytes. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export const runCommand: RunCommand = (file, args, options = {}) =>
  new Promise((resolve) => {
    execFile(
      file,
      args,
      {
        encoding: 'utf8',
        env: { ...process.env, ...options.env },
        maxBuffer: MAX_OUTPUT_BYTES,
        timeout: options.timeoutMs ?? COMMAND_TIMEOUT_MS,
        windowsHide: true,
      },
      (error, stdout) => {
        const exitCode = error === null ? 0 : error.code;
        resolve(typeof exitCode === 'number' ? { stdout, exitCode } : { stdout });
      },
    );
  });
