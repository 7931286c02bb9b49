/** Where a leader can be reached: at another path when the file of its socket was deleted. */
import type { Socket } from 'node:net';
import type { Ids } from '../../core/host/interfaces';

export interface EndpointOptions {
  readonly ids: Ids;
  /** A path to listen on that was never used before. */
  socketPath(nonce: string): Promise<string>;
  listen(path: string, onConnection: (socket: Socket) => void): Promise<{ close(): Promise<void> }>;
  /** Whether newcomers still find the socket. */
  socketExists(path: string): Promise<boolean>;
  onConnection(socket: Socket): void;
}

export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #servers: { close(): Promise<void> }[] = [];
  #path = '';
  #closed = false;

  private constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** Errors: those of `socketPath` and `listen`. */
  static async open(options: EndpointOptions): Promise<Endpoint> {
    const endpoint = new Endpoint(options);
    await endpoint.#open();
    return endpoint;
  }

  get path(): string {
    return this.#path;
  }

  /** Opens another socket if the present one cannot be found; whether it did. Connections stay. */
  async renew(): Promise<boolean> {
    if (await this.#options.socketExists(this.#path)) {
      return false;
    }
    await this.#open();
    return true;
  }

  /** Cuts the connections too. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  async #open(): Promise<void> {
    const { ids, socketPath, listen, onConnection } = this.#options;
    const path = await socketPath(ids.nonce(12));
    this.#servers.push(await listen(path, onConnection));
    this.#path = path;
    if (this.#closed) {
      await this.close();
    }
  }
}
