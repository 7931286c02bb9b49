import { createServer } from 'node:net';

/** In no range of the catalogue and, as a rule, not ephemeral. */
const BLOCKS = { first: 20_000, last: 29_000 } as const;

/** A port that nobody listens on: the system's choice, given back. */
export async function freePort(): Promise<number> {
  const port = await held(0);
  if (port === undefined) {
    throw new Error('The system has no port to give.');
  }
  return port;
}

/** The first of `count` ports in a row on which nobody listens. */
export async function freeBlock(count: number): Promise<number> {
  for (let first: number = BLOCKS.first; first <= BLOCKS.last; first += count) {
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const free = await Promise.all(ports.map(held));
    if (free.every((port) => port !== undefined)) {
      return first;
    }
  }
  throw new Error(`There are no ${count} free ports in a row.`);
}

/** Listens for a moment; undefined where somebody else does. */
async function held(port: number): Promise<number | undefined> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, () => resolve(true));
  });
  const address = server.address();
  if (listening) {
    await new Promise((resolve) => server.close(resolve));
  }
  return typeof address === 'object' ? address?.port : undefined;
}
