/**
 * Watches which allocated ports have a listener, so that every window shows the same. Observed,
 * not stored: whoever leads looks again. One cheap read of the table per cycle; owners are looked
 * up only for ports whose listening changed.
 */
import type { Allocation, AllocationView, ListeningProcess, Observation } from '../core/model';
import type { Clock, Disposable, ListenerTable, Log } from '../core/ports';
import { toStyxyError } from '../core/errors';

export interface ObserverOptions {
  readonly clock: Clock;
  readonly listeners: ListenerTable;
  readonly log: Log;
  /** Who listens on these ports, with workspaces. */
  owners(ports: ReadonlySet<number>): Promise<ReadonlyMap<number, ListeningProcess>>;
  /** The allocations as they are now. */
  allocations(): Iterable<Allocation>;
  /** Ids whose observation changed. */
  onChange(ids: readonly string[]): void;
}

interface Seen {
  readonly port: number;
  readonly observation: Observation;
}

export class Observer implements Disposable {
  readonly #options: ObserverOptions;
  readonly #seen = new Map<string, Seen>();
  #timer: Disposable | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, listeners, log } = this.#options;
    this.#timer = clock.every(listeners.pollIntervalMs, () => {
      this.look().catch((error: unknown) => {
        log.warn(`The listener table cannot be read: ${toStyxyError(error).message}`);
      });
    });
  }

  /** Looks now; concurrent calls share one look. Errors: those of the listener table. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  view(allocation: Allocation): AllocationView {
    const seen = this.#seen.get(allocation.id);
    return seen?.port === allocation.port
      ? { ...allocation, ...seen.observation }
      : { ...allocation, state: 'reserved' };
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  async #look(): Promise<void> {
    const { listeners, owners, onChange } = this.#options;
    const listening = await listeners.ports();
    const allocations = [...this.#options.allocations()];
    const changed = allocations.filter((allocation) => {
      const before = this.view(allocation).state;
      return (before === 'listening') !== listening.has(allocation.port);
    });
    const ports = changed.map(({ port }) => port).filter((port) => listening.has(port));
    const found = await owners(new Set(ports));
    for (const { id, port } of changed) {
      const process = found.get(port);
      const observation: Observation = listening.has(port)
        ? { state: 'listening', ...(process === undefined ? {} : { process }) }
        : { state: 'down' };
      this.#seen.set(id, { port, observation });
    }
    const known = new Set(allocations.map(({ id }) => id));
    for (const id of this.#seen.keys()) {
      if (!known.has(id)) {
        this.#seen.delete(id);
      }
    }
    if (changed.length > 0) {
      onChange(changed.map(({ id }) => id));
    }
  }
}
