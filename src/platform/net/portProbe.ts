import { networkInterfaces } from 'node:os';
import getPort, { clearLockedPorts } from 'get-port';
import type { AddressFinding, PortFinding, PortProbe } from '../../core/host/interfaces';
import {
  bindResult,
  FOUR_ADDRESSES,
  refuseExhaustion,
  tryBind,
  verdict,
  type TryBind,
} from './bindCheck';
import { errnoOf } from '../fs/errno';
import { PerPortQueue } from './perPortQueue';

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
 * Asks the operating system, by binding, whether a port can be had. get-port chooses, the direct
 * check of the four addresses has the last word. Probes of one process never meet each other;
 * make one instance for a process. Errors: `internal` when no socket can be had at all.
 */
export class SystemPortProbe implements PortProbe {
  readonly #options: PortProbeOptions;
  readonly #lanes = new PerPortQueue<readonly AddressFinding[]>();

  constructor(options: PortProbeOptions) {
    this.#options = options;
  }

  async firstFree(
    candidates: readonly number[],
  ): Promise<ReadonlyMap<number, PortFinding['kind']>> {
    const findings = new Map<number, PortFinding['kind']>();
    for (const port of candidates) {
      const kind = verdict(await this.#lanes.run(port, 'choose', () => this.#choose(port)));
      findings.set(port, kind);
      if (kind === 'free') {
        break;
      }
    }
    return findings;
  }

  async check(port: number): Promise<PortFinding['kind']> {
    return verdict(await this.#lanes.run(port, 'check', () => this.#direct(port, 'verdict')));
  }

  addresses(port: number): Promise<readonly AddressFinding[]> {
    return this.#lanes.run(port, 'addresses', () => this.#direct(port, 'all'));
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
        const answer = await getPort({
          port: [port],
          exclude: [0],
          ...(host === undefined ? {} : { host }),
        });
        return answer === port;
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
