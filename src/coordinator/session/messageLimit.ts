/** Keeps a peer from making this process buffer one message without end. */
import type { Socket } from 'node:net';

/**
 * The reader hands on complete messages one a turn of the event loop; after so many turns in which
 * nothing more was read, what is still unread is one message.
 */
const TURNS = 3;

/**
 * Calls `onFlood` when more than `bytes` are read without a message among them. Many small
 * messages may arrive at once and be more than that together: so reading pauses until the reader
 * had its turn. Answers what to call whenever a message was handed on.
 */
export function limitMessage(socket: Socket, bytes: number, onFlood: () => void): () => void {
  let unread = 0;
  let judging = false;
  const judge = (turns: number): void => {
    if (turns > 0) {
      setImmediate(() => judge(turns - 1));
      return;
    }
    judging = false;
    if (unread > bytes) {
      onFlood();
    } else {
      socket.resume();
    }
  };
  socket.on('data', (chunk: Buffer) => {
    unread += chunk.length;
    if (unread > bytes && !judging) {
      judging = true;
      socket.pause();
      judge(TURNS);
    }
  });
  return () => {
    unread = 0;
  };
}
