/** Asks services how they are: those whose plan names a health check. */
import type { Protocol } from '../../core/domain/catalogue';
import type { Allocation } from '../../core/domain/model';
import type { HealthAnswer, HealthProbe } from '../../core/host/interfaces';
import type { ListenerSight } from '../../core/health/allocationHealth';
import { eachConcurrently } from '../async/concurrency';

/** Services that are asked at once. */
const ASKED_AT_ONCE = 8;

export interface HttpChecksOptions {
  readonly probe: HealthProbe;
  /** Of the service's type, where its plan names none. */
  protocolOf(allocation: Allocation): Protocol;
  isListening(allocation: Allocation): boolean;
  onAnswer(allocation: Allocation, answer: HealthAnswer): void;
}

export class HttpChecks {
  readonly #options: HttpChecksOptions;
  #asking = false;

  constructor(options: HttpChecksOptions) {
    this.#options = options;
  }

  /** Whether its plan names a health check, and the listener may be its own. */
  isAsked(allocation: Allocation, listener: ListenerSight): boolean {
    const { health, protocol = this.#options.protocolOf(allocation) } = allocation.planned ?? {};
    return (
      health !== undefined &&
      protocol !== 'tcp' &&
      listener.kind === 'listener' &&
      (listener.ownership.kind === 'own' || listener.ownership.kind === 'unknown')
    );
  }

  /** In the background: one that does not answer holds up nothing but its own next check. */
  async ask(allocations: readonly Allocation[]): Promise<void> {
    if (this.#asking) {
      return;
    }
    this.#asking = true;
    const { probe, protocolOf, isListening, onAnswer } = this.#options;
    try {
      await eachConcurrently(allocations, ASKED_AT_ONCE, async (allocation) => {
        const { health, protocol = protocolOf(allocation) } = allocation.planned ?? {};
        if (health !== undefined && isListening(allocation)) {
          const target = { port: allocation.port, health, secure: protocol === 'https' };
          const answer = await probe.check(target);
          if (isListening(allocation)) {
            onAnswer(allocation, answer);
          }
        }
      });
    } finally {
      this.#asking = false;
    }
  }
}
