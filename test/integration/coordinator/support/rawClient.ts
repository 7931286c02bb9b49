/** A client that keeps to nothing: it writes to the leader's socket what a test likes. */
import { connect, type Socket } from 'node:net';
import { prove } from '../../../../src/coordinator/session/handshake';
import type { LockRecord } from '../../../../src/core/host/interfaces';
import { until } from './until';

export interface RawAnswer {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export class RawClient {
  readonly answers: RawAnswer[] = [];
  closed = false;
  readonly #socket: Socket;
  #unread = Buffer.alloc(0);
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data: Buffer) => this.#read(data));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
  }

  static async open({ socket: path }: LockRecord): Promise<RawClient> {
    const socket = connect({ path });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawClient(socket);
  }

  /** Proves and introduces itself like a participant. */
  static async introduced(
    record: LockRecord,
    extra: object = {},
    holds: readonly unknown[] = [],
  ): Promise<RawClient> {
    const client = await RawClient.open(record);
    const nonce = 'ab'.repeat(32);
    const { result } = await client.ask('handshake', { protocol: 1, nonce });
    const nonces = { participant: nonce, leader: (result as { nonce: string }).nonce };
    const proof = prove(record.secret, 'participant', nonces);
    const participant = { ...SOMEBODY, ...extra };
    const hello = await client.ask('hello', { proof, participant, holds });
    if (hello.error !== undefined) {
      throw new Error(hello.error.message);
    }
    return client;
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** In a frame, whatever it is. */
  send(body: string): void {
    this.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** The answer, or `closed` as an error when the leader hangs up. */
  async ask(method: string, params: unknown): Promise<RawAnswer> {
    const id = ++this.#lastId;
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    let answer: RawAnswer | undefined;
    await until(`an answer to ${method}`, () => {
      answer = this.answers.find((each) => each.id === id);
      return answer !== undefined || this.closed;
    });
    return answer ?? { error: { code: 0, message: 'closed' } };
  }

  async dropped(): Promise<void> {
    await until('the leader to hang up', () => this.closed);
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, data]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n\r\n/.exec(this.#unread.toString('latin1'));
      if (header === null) {
        return;
      }
      const start = header[0].length;
      const end = start + Number(header[1]);
      if (this.#unread.length < end) {
        return;
      }
      this.answers.push(JSON.parse(this.#unread.toString('utf8', start, end)) as RawAnswer);
      this.#unread = this.#unread.subarray(end);
    }
  }
}

export const SOMEBODY = {
  id: '00000000-0000-4000-8000-000000000000',
  kind: 'window',
  label: 'somebody',
  pid: 1,
  version: '0.0.0',
  folders: [],
};
