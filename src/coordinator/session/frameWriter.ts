import type { Socket } from 'node:net';
import { AbstractMessageWriter, type Message, type MessageWriter } from 'vscode-jsonrpc/node';

/**
 * The library's writer sends header and body one after the other, and each message by itself. This
 * one sends a message in one piece, and all messages of a turn of the event loop together: a batch
 * of 64 answers is one system call, not 128.
 */
export class FrameWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('error', (error) => this.fireError(error));
    socket.on('close', () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    const socket = this.#socket;
    let frame: string;
    try {
      frame = frameOf(message);
    } catch (error) {
      return Promise.reject(error);
    }
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return new Promise((resolve, reject) => {
      socket.write(frame, (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): void {
    this.#socket.end();
  }
}

/** Throws for what JSON cannot hold or nests too deep. */
function frameOf(message: Message): string {
  const body = JSON.stringify(message);
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
