import { type ChildProcess, spawn } from 'node:child_process';
import { parse } from 'node:path';
import * as v from 'valibot';
import { errorFromJson, StyxyError } from '../../core/domain/errors';
import type { DaemonMessage, DaemonReport } from '../run/environment';
import { startTimeout } from '../commands/daemonStart';

interface LaunchOptions {
  /** Absolute path of the command line's own script. */
  readonly script: string;
  readonly signal: AbortSignal;
}

/** Longer than the child's own deadline, so that the child's reason arrives first. */
const LAUNCH_TIMEOUT_MS = 20_000;

/**
 * Starts `daemon start --foreground` as a process that outlives this one, and waits until it takes
 * part. The child reports that over an IPC channel, which both sides drop then. Its current folder is the
 * file system's root: it must not keep a folder from being removed or a disk from being ejected.
 */
export function launchDaemon(options: LaunchOptions): Promise<DaemonReport> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, options.script, 'daemon', 'start', '--foreground', '--announce'],
    {
      cwd: parse(process.execPath).root,
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      windowsHide: true,
    },
  );
  return new Promise<DaemonReport>((settle, reject) => {
    const fail = (error: StyxyError): void => {
      stopWaiting();
      child.kill();
      letGo(child);
      reject(error);
    };
    const cancel = (): void =>
      fail(new StyxyError('cancelled', 'Cancelled; the new process was ended again.'));
    const timer = setTimeout(() => fail(startTimeout()), LAUNCH_TIMEOUT_MS);
    const stopWaiting = (): void => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', cancel);
    };
    options.signal.addEventListener('abort', cancel);
    child.once('error', (cause) => fail(notStarted(cause.message, cause)));
    child.once('exit', (code, signal) =>
      fail(notStarted(`the new process ended at once (${signal ?? `exit code ${code}`})`)),
    );
    child.once('message', (message) => {
      const { success, output } = v.safeParse(MESSAGE, message);
      if (!success) {
        fail(notStarted('the new process said something unknown'));
      } else if (output.kind === 'failed') {
        fail(errorFromJson(output.error));
      } else {
        stopWaiting();
        letGo(child);
        settle(output.report);
      }
    });
    if (options.signal.aborted) {
      cancel();
    }
  });
}

/** The child's side of the channel. */
export function announceToParent(message: DaemonMessage): void {
  if (process.send === undefined) {
    return;
  }
  // A parent that is gone needs no message; the channel is dropped either way.
  process.send(message, () => {
    if (process.connected) {
      process.disconnect();
    }
  });
}

function letGo(child: ChildProcess): void {
  child.removeAllListeners();
  child.on('error', () => undefined);
  if (child.connected) {
    child.disconnect();
  }
  child.unref();
}

/** The error is read by `errorFromJson`, whatever its shape. */
const MESSAGE = v.variant('kind', [
  v.object({ kind: v.literal('failed'), error: v.unknown() }),
  v.object({
    kind: v.literal('ready'),
    report: v.object({
      pid: v.number(),
      epoch: v.number(),
      leader: v.object({
        pid: v.number(),
        kind: v.string(),
        workspace: v.exactOptional(v.string()),
      }),
    }),
  }),
]);

function notStarted(reason: string, cause?: unknown): StyxyError {
  return new StyxyError(
    'internal',
    `No headless process could be started: ${reason}. ` +
      '"styxy daemon start --foreground --verbose" shows more.',
    cause === undefined ? {} : { cause },
  );
}
