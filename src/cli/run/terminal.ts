import type { ReadStream, WriteStream } from 'node:tty';
import { StyxyError } from '../../core/domain/errors';
import { createStyle, type Style, wantsColour } from './style';

/** Where a run writes: results to standard output, everything else to standard error. */
export interface Terminal {
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** Style of standard output. */
  readonly style: Style;
  /** Style of standard error. */
  readonly noteStyle: Style;
  /** Writes lines to standard output. */
  result(...lines: readonly string[]): void;
  /** Writes lines to standard error. */
  note(...lines: readonly string[]): void;
  /** Asks on standard error; only `y` and `yes` agree. Errors: `cancelled` by `signal`. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
  /** Resolves when everything was handed to the OS, or the reader is gone. */
  flush(): Promise<void>;
}

export interface Streams {
  readonly stdin: Pick<ReadStream, 'isTTY'> & NodeJS.ReadableStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
}

/**
 * A reader that went away (`styxy list | head -1`) is no error of this program: the rest is
 * dropped. Any other failure to write is thrown by `flush`.
 */
export function createTerminal(
  streams: Streams,
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const output = createSink(streams.stdout);
  const notes = createSink(streams.stderr);
  return {
    interactive: streams.stdin.isTTY === true && streams.stderr.isTTY === true,
    style: createStyle(wantsColour(streams.stdout.isTTY === true, env)),
    noteStyle: createStyle(wantsColour(streams.stderr.isTTY === true, env)),
    result: (...lines) => output.write(lines),
    note: (...lines) => notes.write(lines),
    confirm: (question, signal) => ask(streams, question, signal),
    flush: async () => {
      await notes.flush();
      await output.flush();
    },
  };
}

interface Sink {
  write(lines: readonly string[]): void;
  flush(): Promise<void>;
}

function createSink(stream: WriteStream): Sink {
  let closed = false;
  let failure: NodeJS.ErrnoException | undefined;
  let last = Promise.resolve();
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    failure = error.code === 'EPIPE' ? undefined : error;
  });
  return {
    write: (lines) => {
      if (closed || lines.length === 0) {
        return;
      }
      last = new Promise((resolve) => {
        stream.write(`${lines.join('\n')}\n`, () => resolve());
      });
    },
    flush: async () => {
      await last;
      if (failure !== undefined) {
        const error = failure;
        failure = undefined;
        throw new StyxyError(
          'storage_unavailable',
          `The output could not be written: ${error.message}. Make room or write it elsewhere.`,
          { details: { errno: error.code ?? 'unknown' }, cause: error },
        );
      }
    },
  };
}

/** Reads one line. (`node:readline` would cost every run its loading, for this one question.) */
async function ask(streams: Streams, question: string, signal: AbortSignal): Promise<boolean> {
  const { stdin, stderr } = streams;
  const listening = new AbortController();
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const cancel = (): void => {
        stderr.write('\n');
        reject(new StyxyError('cancelled', 'Cancelled; nothing was changed.'));
      };
      let line = '';
      const onData = (data: Buffer | string): void => {
        line += data.toString();
        if (line.includes('\n')) {
          resolve(/^\s*y(es)?\s*$/i.test(line.slice(0, line.indexOf('\n'))));
        }
      };
      stdin.on('data', onData);
      // Without an answer nothing was agreed to.
      stdin.once('end', cancel);
      signal.addEventListener('abort', cancel, { signal: listening.signal });
      listening.signal.addEventListener('abort', () => {
        stdin.off('data', onData).off('end', cancel).pause();
      });
      stderr.write(`${question} [y/N] `);
      if (signal.aborted) {
        cancel();
      }
    });
  } finally {
    listening.abort();
  }
}
