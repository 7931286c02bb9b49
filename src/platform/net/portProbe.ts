import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import getPort, { clearLockedPorts } from 'get-port';
import { StyxyError } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import type { AddressFinding, PortFinding, PortProbe } from '../../core/host/interfaces';
import { errnoOf } from '../fs/errors';

export interface PortProbeOptions {
  readonly platform: NodeJS.Platform;
  /** Further addresses of this machine, for systems where a wildcard does not meet them. */
  readonly localAddresses: () => readonly string[];
  readonly bind: TryBind;
}

export function systemPortProbe(): SystemPortProbe {
  return new SystemPortProbe({ platform: process.platform, localAddresses, bind: tryBind });
}

/**
 * Asks the operating system, by binding, whether a port is free. get-port is used to confirm a
 * candidate, one at a time, never to pick one; the direct check of the four addresses has the last
 * word. Probes of one process never meet each other; make one instance for a process. Errors:
 * `internal` when there is no socket left to look with.
 */
export class SystemPortProbe implements PortProbe {
  readonly #options: PortProbeOptions;
  readonly #queue = new PerPortQueue<readonly AddressFinding[]>();

  constructor(options: PortProbeOptions) {
    this.#options = options;
  }

  async firstFree(
    candidates: readonly number[],
  ): Promise<ReadonlyMap<number, PortFinding['kind']>> {
    const findings = new Map<number, PortFinding['kind']>();
    for (const port of candidates) {
      const kind = verdict(await this.#queue.run(port, 'choose', () => this.#choose(port)));
      findings.set(port, kind);
      if (kind === 'free') {
        break;
      }
    }
    return findings;
  }

  async check(port: number): Promise<PortFinding['kind']> {
    return verdict(await this.#queue.run(port, 'check', () => this.#direct(port, 'verdict')));
  }

  addresses(port: number): Promise<readonly AddressFinding[]> {
    return this.#queue.run(port, 'addresses', () => this.#direct(port, 'all'));
  }

  /** get-port first: what it refuses is not free, even if the direct check finds no reason. */
  async #choose(port: number): Promise<readonly AddressFinding[]> {
    const chosen = await this.#isChosen(port);
    const direct = await this.#direct(port, 'verdict');
    return chosen || verdict(direct) !== 'free'
      ? direct
      : [...direct, { address: '*', result: 'busy' }];
  }

  /**
   * One candidate a call, because get-port does not say why it passed over others, and its answer
   * to "none" is a random port: excluding 0, its way to ask for one, makes it an error instead.
   */
  async #isChosen(port: number): Promise<boolean> {
    for (const host of this.#chooseOn()) {
      // Its memory of ports it has given would refuse ours for half a minute.
      clearLockedPorts();
      try {
        return (await getPort(given({ port: [port], exclude: [0], host }))) === port;
      } catch (error) {
        if (bindResult(errnoOf(error) ?? '') !== 'absent') {
          // The direct check that follows finds out why and names it.
          return false;
        }
      }
    }
    return false;
  }

  /**
   * Linux: a dual-stack bind of `::` conflicts with every listener on the port, whatever its
   * address, so one bind does what get-port otherwise needs one for each local address for
   * (37 instead of 107 us, measured with two interfaces); `0.0.0.0` where there is no IPv6.
   */
  #chooseOn(): readonly (string | undefined)[] {
    return this.#options.platform === 'linux' ? ['::', '0.0.0.0'] : [undefined];
  }

  /** One address after the other: at once they would meet each other. */
  async #direct(port: number, want: 'verdict' | 'all'): Promise<readonly AddressFinding[]> {
    const findings: AddressFinding[] = [];
    for (const address of this.#addresses()) {
      const errno = await this.#options.bind(address, port);
      refuseExhaustion(errno, port);
      const result = bindResult(errno);
      findings.push({ address, result });
      if (want === 'verdict' && result === 'busy') {
        break;
      }
    }
    return findings;
  }

  /** Elsewhere than on Linux a wildcard may be bound beside a listener on one address. */
  #addresses(): readonly string[] {
    return this.#options.platform === 'linux'
      ? FOUR_ADDRESSES
      : [...new Set([...FOUR_ADDRESSES, ...this.#options.localAddresses()])];
  }
}

/** Addresses of this machine's interfaces; link-local ones need a scope to be bound, so not those. */
function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map((address) => address.address)
    .filter((address) => !/^fe[89ab]/i.test(address));
}

/**
 * Every way to hold a port meets one of these on Linux: a listener on `::1` is invisible to
 * `0.0.0.0` and `127.0.0.1`, one on `127.0.0.1` to `::1`; the wildcards meet any other address.
 * The dual-stack `::` comes first because it alone meets all of them there.
 */
const FOUR_ADDRESSES: readonly string[] = ['::', '0.0.0.0', '127.0.0.1', '::1'];

/** Listens on the address for a moment; answers the errno of the refusal, undefined if none. */
type TryBind = (address: string, port: number) => Promise<string | undefined>;

const tryBind: TryBind = (host, port) =>
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

const BIND_RESULTS: ReadonlyMap<string | undefined, AddressFinding['result']> = new Map([
  [undefined, 'free'],
  ['EADDRINUSE', 'busy'],
  ['EACCES', 'forbidden'],
  // The machine has no such address, or no IPv6 at all.
  ['EADDRNOTAVAIL', 'absent'],
  ['EAFNOSUPPORT', 'absent'],
]);

/** What the refusal of a bind says of the port. */
export function bindResult(errno: string | undefined): AddressFinding['result'] {
  return BIND_RESULTS.get(errno) ?? 'unknown';
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

/** The process, not the port, is at its limit: this says nothing about any port. */
const EXHAUSTED: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Errors: `internal`, retryable, when the machine has no sockets left to look with. */
function refuseExhaustion(errno: string | undefined, port: number): void {
  if (errno !== undefined && EXHAUSTED.has(errno)) {
    throw new StyxyError(
      'internal',
      `Port ${port} cannot be checked: this machine has no sockets to spare (${errno}). ` +
        'Close some programs or windows and ask again.',
      { details: { port, errno }, retryable: true },
    );
  }
}

interface Line<Value> {
  tail: Promise<unknown>;
  readonly waiting: Map<string, Promise<Value>>;
}

/**
 * Keeps looks at one port apart: two probes of a port at the same moment would each take the
 * other's bind for a stranger. Looks at different ports run side by side. Callers with the
 * same question share a look that has not begun yet, so every answer is from after its question.
 */
export class PerPortQueue<Value> {
  readonly #lines = new Map<number, Line<Value>>();

  run(port: number, question: string, look: () => Promise<Value>): Promise<Value> {
    const line: Line<Value> = this.#lines.get(port) ?? {
      tail: Promise.resolve(),
      waiting: new Map(),
    };
    this.#lines.set(port, line);
    const waiting = line.waiting.get(question);
    if (waiting !== undefined) {
      return waiting;
    }
    const answer = line.tail.then(() => {
      line.waiting.delete(question);
      return look();
    });
    line.waiting.set(question, answer);
    const leave = (): void => {
      if (line.tail === tail) {
        this.#lines.delete(port);
      }
    };
    const tail = answer.then(leave, leave);
    line.tail = tail;
    return answer;
  }
}
