/** What every question to the operating system needs, and what an answer may be. */
import { StyxyError } from '../../core/domain/errors';
import { runCommand, type RunCommand } from '../fs/runProgram';

/** The system, and how it is asked. */
export interface OperatingSystem {
  readonly platform: NodeJS.Platform;
  readonly run: RunCommand;
  /** `%SystemRoot%` on Windows: tools are started by full path, never looked up in PATH. */
  readonly systemRoot: string;
  /** Linux: where proc(5) is mounted; `/proc` if not given. */
  readonly proc?: string;
}

/** The one that this process runs on. */
export function thisSystem(): OperatingSystem {
  const systemRoot = process.env.SystemRoot ?? 'C:\\Windows';
  return { platform: process.platform, run: runCommand, systemRoot };
}

/** What differs between the operating systems. */
export interface ProcessFacts {
  /** Changes with every boot and with nothing else; undefined where the OS does not say. */
  bootId(): Promise<string | undefined>;
  /** See `ProcessTable`. */
  startedAt(pid: number): Promise<number | undefined>;
  /** See `ListeningProcess.startMark`. */
  startMark(pid: number): Promise<string | undefined>;
}

/**
 * Code `internal`, retryable: without the table, a port that it does not show would be taken for
 * one without a listener. `source` is the file or program that should have answered.
 */
export function unreadableTable(source: string, errno?: string): StyxyError {
  const why = errno === undefined ? '' : ` (${errno})`;
  return new StyxyError(
    'internal',
    `Who listens on which port cannot be told: ${source} gives no answer${why}. ` +
      'Nothing is concluded from that; Styxy asks again by itself. ' +
      `If it stays, see whether ${source} works for this user.`,
    { details: { source, ...(errno === undefined ? {} : { errno }) }, retryable: true },
  );
}
