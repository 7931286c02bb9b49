import { createServer } from 'node:net';
import { StyxyError } from '../../core/domain/errors';
import type { AddressFinding, PortFinding } from '../../core/host/interfaces';
import { errnoOf } from '../fs/errno';

/**
 * Every way to hold a port meets one of these on Linux: a listener on `::1` is invisible to
 * `0.0.0.0` and `127.0.0.1`, one on `127.0.0.1` to `::1`; the wildcards meet any other address.
 * The dual-stack `::` comes first because it alone meets all of them there.
 */
export const FOUR_ADDRESSES: readonly string[] = ['::', '0.0.0.0', '127.0.0.1', '::1'];

/** Listens on the address for a moment; answers the errno of the refusal, undefined if none. */
export type TryBind = (address: string, port: number) => Promise<string | undefined>;

export const tryBind: TryBind = (host, port) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const errno = errnoOf(error);
      if (errno === undefined) {
        reject(error);
      } else {
        resolve(errno);
      }
    });
    server.listen({ host, port, exclusive: true }, () => {
      // The port is free again when close() returns; its event comes a loop turn later.
      server.close();
      resolve(undefined);
    });
  });

/** What the refusal of a bind says of the port. */
export function bindResult(errno: string | undefined): AddressFinding['result'] {
  switch (errno) {
    case undefined:
      return 'free';
    case 'EADDRINUSE':
      return 'busy';
    case 'EACCES':
      return 'forbidden';
    // The machine has no such address, or no IPv6 at all.
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return 'absent';
    default:
      return 'unknown';
  }
}

/**
 * One word for all addresses. A port that the machine refuses for a reason we do not know is not
 * handed out: `forbidden`, as is one that was free nowhere because no address exists.
 */
export function verdict(findings: readonly AddressFinding[]): PortFinding['kind'] {
  const results = new Set(findings.map((finding) => finding.result));
  if (results.has('busy')) {
    return 'busy';
  }
  return results.has('free') && !results.has('forbidden') && !results.has('unknown')
    ? 'free'
    : 'forbidden';
}

/** The process, not the port, is at its end: no port could be judged. */
const EXHAUSTED: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Errors: `internal`, retryable, when the machine has no sockets left to look with. */
export function refuseExhaustion(errno: string | undefined, port: number): void {
  if (errno !== undefined && EXHAUSTED.has(errno)) {
    throw new StyxyError(
      'internal',
      `Port ${port} cannot be checked: this machine has no sockets to spare (${errno}). ` +
        'Close some programs or windows and ask again.',
      { details: { port, errno }, retryable: true },
    );
  }
}
