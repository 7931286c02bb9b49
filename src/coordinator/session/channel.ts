/**
 * JSON-RPC over one socket, typed by the table of methods. Adds what the library leaves out: a deadline
 * on every call, a limit on what a peer may send or leave unread, and an end that settles every
 * pending call (a killed peer's calls would hang for ever otherwise).
 */
import type { Socket } from 'node:net';
import {
  AbstractMessageWriter,
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  type Message,
  type MessageConnection,
  type MessageWriter,
} from 'vscode-jsonrpc/node';
import { errorFromJson, isRecord, StyxyError, toStyxyError } from '../../core/domain/errors';
import type { CancelSignal, Disposable, Log } from '../../core/host/interfaces';
import {
  MAX_PUSH_BYTES,
  METHOD_NAMES,
  parseParams,
  type MethodName,
  type Methods,
  type Pushes,
} from '../../core/messages/methods';

/** JSON-RPC's "server error" range; the real code travels in `data`. */
const STYXY_RPC_ERROR = -32000;

/**
 * A peer that leaves this much unread for this long is frozen or gone; holding more for it is of no
 * use. One that reads may fall behind for a moment: a snapshot alone may be as large.
 */
const MAX_UNSENT_BYTES = 1024 * 1024;
const MAX_UNSENT_MS = 1000;

/** What a message needs beside its content: its header. */
const FRAME_BYTES = 1024;

/**
 * The reader hands on complete messages one a turn of the event loop; after this many turns in which
 * nothing more was read, what is still unread is one message.
 */
const TURNS_OF_READER = 3;

export interface ChannelOptions {
  readonly socket: Socket;
  /** Largest message that is taken from the peer, in bytes. */
  readonly maxMessageBytes: number;
  readonly log: Log;
}

export interface CallOptions {
  /** Milliseconds until the answer counts as unknown. */
  readonly deadlineMs: number;
  readonly signal?: CancelSignal;
}

/** Answers a request; `params` have the shape that the table says for the method. */
type Answerer = (
  method: MethodName,
  params: Methods[MethodName]['params'],
) => Promise<Methods[MethodName]['result']>;

export class Channel {
  readonly #socket: Socket;
  readonly #connection: MessageConnection;
  readonly #closeListeners = new Set<() => void>();
  #closed = false;
  /** Since when more waits for the peer than should, on the monotonic clock. */
  #behindSince: number | undefined;

  constructor({ socket, maxMessageBytes, log }: ChannelOptions) {
    this.#socket = socket;
    const reader = new StreamMessageReader(socket);
    // Its timer would outlive a connection that ends in the middle of a message, and the process.
    reader.partialMessageTimeout = 0;
    const writer = new FrameWriter(socket);
    this.#connection = createMessageConnection(reader, writer, {
      error: (message) => log.debug(`rpc: ${message}`),
      warn: (message) => log.debug(`rpc: ${message}`),
      info: () => undefined,
      log: () => undefined,
    });
    const handedOn = limitMessage(socket, maxMessageBytes + FRAME_BYTES, () => {
      log.warn(`A peer sent a message of more than ${maxMessageBytes} bytes: dropped.`);
      this.close();
    });
    this.#connection.onError(([error]) => {
      log.debug(`A connection failed: ${error.message}`);
      this.close();
    });
    this.#connection.onClose(() => this.close());
    socket.on('drain', () => {
      this.#behindSince = undefined;
    });
    socket.on('error', () => this.close());
    socket.on('close', () => this.close());
    const listen = reader.listen.bind(reader);
    reader.listen = (callback) =>
      listen((message) => {
        handedOn();
        callback(message);
      });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Starts reading; handlers must be in place. */
  listen(): void {
    this.#connection.listen();
  }

  /**
   * Errors: what the peer answered, `timeout` after the deadline, `cancelled` by the signal,
   * `leadership_lost` (retryable) when the connection ended first.
   */
  async call<M extends MethodName>(
    method: M,
    params: Methods[M]['params'],
    options: CallOptions,
  ): Promise<Methods[M]['result']> {
    if (this.#closed) {
      throw connectionLost(method);
    }
    const ending = endOf(method, options);
    try {
      const answer = this.#connection.sendRequest<unknown>(method, params);
      return (await Promise.race([answer, ending.promise])) as Methods[M]['result'];
    } catch (error) {
      throw this.#translate(method, error);
    } finally {
      ending.dispose();
    }
  }

  /** Answers the requests of the table of methods; anything else is refused. */
  handle(answer: Answerer): void {
    for (const method of METHOD_NAMES) {
      this.#connection.onRequest(method, async (params: unknown) => {
        try {
          return await answer(method, parseParams(method, params));
        } catch (error) {
          const coded = toStyxyError(error);
          return new ResponseError(STYXY_RPC_ERROR, coded.message, coded.toJSON());
        }
      });
    }
  }

  push<P extends keyof Pushes>(name: P, payload: Pushes[P]): void {
    if (this.#closed) {
      return;
    }
    if (this.#leavesUnread()) {
      this.close();
      return;
    }
    this.#connection.sendNotification(name, payload).catch(() => this.close());
  }

  onPush<P extends keyof Pushes>(name: P, listener: (payload: Pushes[P]) => void): void {
    this.#connection.onNotification(name, listener);
  }

  /** Called once, also when it is closed already. */
  onClose(listener: () => void): Disposable {
    if (this.#closed) {
      listener();
    } else {
      this.#closeListeners.add(listener);
    }
    return { dispose: () => this.#closeListeners.delete(listener) };
  }

  /** Idempotent; pending calls fail at once. */
  close(): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#connection.dispose();
    this.#socket.destroy();
    for (const listener of this.#closeListeners) {
      listener();
    }
    this.#closeListeners.clear();
  }

  /** Lets what was written reach the peer, then closes. */
  async finish(deadlineMs: number): Promise<void> {
    if (!this.#closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadlineMs);
        this.#socket.end(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    this.close();
  }

  #leavesUnread(): boolean {
    const unsent = this.#socket.writableLength;
    if (unsent <= MAX_UNSENT_BYTES) {
      return false;
    }
    this.#behindSince ??= performance.now();
    return unsent > MAX_PUSH_BYTES || performance.now() - this.#behindSince > MAX_UNSENT_MS;
  }

  #translate(method: string, error: unknown): StyxyError {
    if (error instanceof StyxyError) {
      return error;
    }
    if (error instanceof ResponseError && isRecord(error.data)) {
      return errorFromJson(error.data);
    }
    if (error instanceof ResponseError && error.code === ErrorCodes.MessageWriteError) {
      // The peer is gone, and its end of the socket is noticed by writing before it is by reading.
      this.close();
    }
    return this.#closed ? connectionLost(method) : toStyxyError(error);
  }
}

function connectionLost(method: string): StyxyError {
  return new StyxyError(
    'leadership_lost',
    `The leader went away while it worked on "${method}". Ask again.`,
  );
}

export interface Ending extends Disposable {
  readonly promise: Promise<never>;
}

/**
 * The deadline and the caller's signal as one promise that only rejects. `leftMs`: what is left of
 * the deadline.
 */
export function endOf(
  method: string,
  { deadlineMs, signal }: CallOptions,
  leftMs = deadlineMs,
): Ending {
  let dispose = (): void => undefined;
  const promise = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => reject(new StyxyError('cancelled', `"${method}" was cancelled.`));
    const timer = setTimeout(() => reject(timedOut(method, deadlineMs)), leftMs);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) {
      onAbort();
    }
    dispose = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  });
  return { promise, dispose: () => dispose() };
}

/** The answer is unknown, not negative: asking again with the same id is safe. */
export function timedOut(method: string, deadlineMs: number): StyxyError {
  return new StyxyError(
    'timeout',
    `No answer to "${method}" within ${deadlineMs / 1000} s. Ask again; if it stays, run "styxy daemon status".`,
    { details: { method, deadlineMs } },
  );
}

/**
 * The library's writer sends header and body one after the other, and each message by itself. This
 * one sends a message in one piece, and all messages of a turn of the event loop together: a batch
 * of 64 answers is one system call, not 128.
 */
class FrameWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('error', (error) => this.fireError(error));
    socket.on('close', () => this.fireClose());
  }

  /** Rejects for what JSON cannot hold or nests too deep. */
  async write(message: Message): Promise<void> {
    const socket = this.#socket;
    const body = JSON.stringify(message);
    const frame = `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    await new Promise<void>((resolve, reject) => {
      socket.write(frame, (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): void {
    this.#socket.end();
  }
}

/**
 * Calls `onFlood` when more than `bytes` are read without a message among them. Many small
 * messages may arrive at once and be more than that together: so reading pauses until the reader
 * had its turn. Answers what to call whenever a message was handed on.
 */
function limitMessage(socket: Socket, bytes: number, onFlood: () => void): () => void {
  let unread = 0;
  let looking = false;
  const look = (turns: number): void => {
    if (turns > 0) {
      setImmediate(() => look(turns - 1));
      return;
    }
    looking = false;
    if (unread > bytes) {
      onFlood();
    } else {
      socket.resume();
    }
  };
  socket.on('data', (chunk: Buffer) => {
    unread += chunk.length;
    if (unread > bytes && !looking) {
      looking = true;
      socket.pause();
      look(TURNS_OF_READER);
    }
  });
  return () => {
    unread = 0;
  };
}
