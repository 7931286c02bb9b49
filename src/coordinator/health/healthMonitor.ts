/**
 * Layer 2 at work: finds out which allocated ports have a listener, whose it is and how it does.
 * Observed, not stored: the next leader looks again. A glance is one cheap read of the table; a
 * check, every `check_interval_ms`, also looks up owners and asks services how they are.
 */
import type { Protocol } from '../../core/domain/catalogue';
import { toStyxyError } from '../../core/domain/errors';
import {
  type Allocation,
  type AllocationView,
  type HealthCounters,
  type Observation,
  workspacesOf,
} from '../../core/domain/model';
import type { RecoverySettings } from '../../core/domain/configuration';
import type { Disposable } from '../../core/host/interfaces';
import {
  countReleased,
  countLook,
  type Health,
  type HealthEffect,
  isUpToDate,
  type FoundListener,
  NO_COUNTS,
  observe,
  type Look,
} from '../../core/health/allocationHealth';
import type { OwnedListener } from '../../core/health/ownership';
import { orphansReleased } from '../../core/allocation/holderChanges';
import type { Rules } from '../../core/allocation/rules';
import { typeInForce } from '../../core/state/autoTypes';
import type { Recorder } from '../log/commit';
import { ListenerOwners, type ListenerOwnersOptions } from '../lookup/listenerOwners';
import type { PortLookupTools } from '../lookup/portLookup';
import { eachConcurrently } from '../async/concurrency';

/** See `HealthMonitorOptions.firstCheckMs`. */
export const FIRST_CHECK_MS = 10_000;

/** One tick in this many looks, even if nothing seems to have changed. */
const TICKS_PER_LOOK = 5;

/** Services whose health is asked at the same time. */
const ASKED_AT_ONCE = 8;

export interface HealthMonitorOptions extends ListenerOwnersOptions {
  readonly look: PortLookupTools;
  /** Milliseconds before the first check: windows that find a new leader hold again by then. */
  readonly firstCheckMs: number;
  /** Absent where nothing is decided: orphans stay. */
  readonly leader?: Recorder;
  rules(): Rules;
  /** Ids whose observation changed. */
  onChange(ids: readonly string[]): void;
  /** Somebody else has the port: to be announced once. */
  onConflict(
    allocation: Allocation,
    effect: Extract<HealthEffect, { kind: 'announce-conflict' }>,
  ): void;
}

export class HealthMonitor implements Disposable {
  readonly #options: HealthMonitorOptions;
  readonly #owners: Pick<ListenerOwners, 'ofAllocations'>;
  readonly #health = new Map<string, Health>();
  /** The workspace whose own server listens, by allocation id. */
  readonly #own = new Map<string, string>();
  /** Found by the present check. */
  readonly #orphans = new Set<string>();
  #counters = NO_COUNTS;
  #timer: Disposable | undefined;
  #looking: Promise<void> | undefined;
  /** Whether the health of services is being asked. */
  #asking = false;
  #nextCheck: number;
  /** Ticks without a look. */
  #skipped = 0;
  /** The table's answer of the last look, if that came to its end. */
  #seen: ReadonlySet<number> | undefined;

  constructor(
    options: HealthMonitorOptions,
    owners: Pick<ListenerOwners, 'ofAllocations'> = new ListenerOwners(options),
  ) {
    this.#options = options;
    this.#owners = owners;
    this.#nextCheck = options.clock.now() + options.firstCheckMs;
  }

  get #settings(): RecoverySettings['healthMonitoring'] {
    return this.#options.rules().recovery.healthMonitoring;
  }

  #allocations(): readonly Allocation[] {
    return [...this.#options.state().allocations.values()];
  }

  /** Of the service's type, where its plan names none. */
  #protocolOf({ serviceType }: Allocation): Protocol {
    const { rules, state } = this.#options;
    return typeInForce(rules().catalogue, state(), serviceType)?.protocol ?? 'http';
  }

  /** What was done since this leader began. */
  get counters(): HealthCounters {
    return this.#counters;
  }

  start(): void {
    const { clock, look, log } = this.#options;
    this.#timer = clock.every(look.listeners.pollIntervalMs, () => {
      this.#tick().catch((error: unknown) => {
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

  /** Checks now, whenever the last check was. Errors: those of the listener table. */
  async check(): Promise<void> {
    await this.#looking?.catch(() => undefined);
    this.#nextCheck = this.#options.clock.now();
    await this.look();
  }

  view(allocation: Allocation): AllocationView {
    return { ...allocation, ...this.observationOf(allocation) };
  }

  /** The workspace whose own server listens, as of the last look. */
  ownServer({ id }: Allocation): string | undefined {
    return this.#own.get(id);
  }

  /** Whether anything does, as of the last look. */
  isListening(allocation: Allocation): boolean {
    const { state } = this.observationOf(allocation);
    return state === 'listening' || state === 'conflict';
  }

  healthOf({ id, port }: Allocation): Health | undefined {
    const health = this.#health.get(id);
    return health?.port === port ? health : undefined;
  }

  observationOf(allocation: Allocation): Observation {
    return this.healthOf(allocation)?.observation ?? { state: 'reserved' };
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  async #tick(): Promise<void> {
    if (await this.#isSpared()) {
      this.#skipped += 1;
    } else {
      this.#skipped = 0;
      await this.look();
    }
  }

  /** Whether a look would most likely find what the last one found. */
  async #isSpared(): Promise<boolean> {
    const { listeners } = this.#options.look;
    const all = this.#allocations();
    if (all.length === 0) {
      return this.#health.size === 0;
    }
    return (
      this.#seen !== undefined &&
      this.#skipped + 1 < TICKS_PER_LOOK &&
      !this.#isCheckDue() &&
      all.every((each) => isUpToDate(this.healthOf(each), each.holders.length > 0)) &&
      (await listeners.seemsUnchanged?.(this.#seen)) === true
    );
  }

  #isCheckDue(): boolean {
    const { clock, firstCheckMs } = this.#options;
    const { enabled, checkIntervalMs } = this.#settings;
    const wait = this.#nextCheck - clock.now();
    // A clock that was set back would delay the next check by the same time.
    return enabled && (wait <= 0 || wait > Math.max(checkIntervalMs, firstCheckMs));
  }

  async #look(): Promise<void> {
    const { clock, look } = this.#options;
    const kind = this.#isCheckDue() ? 'check' : 'glance';
    this.#seen = undefined;
    const listening = await look.listeners.ports();
    const all = this.#allocations();
    const asked = all.filter(
      (allocation) =>
        listening.has(allocation.port) && (kind === 'check' || !this.isListening(allocation)),
    );
    const owners = await this.#owners.ofAllocations(asked, listening);
    if (kind === 'check') {
      this.#nextCheck = clock.now() + this.#settings.checkIntervalMs;
    }
    const found = new Set(asked.map(({ id }) => id));
    const looks = all.map((allocation) => {
      const { id, port } = allocation;
      const listener: FoundListener = !listening.has(port)
        ? { kind: 'none' }
        : found.has(id)
          ? { kind: 'listener', ...(owners.get(id) ?? UNNAMED) }
          : { kind: 'unchanged' };
      // A service that is asked for its health gets its check with the answer.
      const isAsked = kind === 'check' && this.#isAsked(allocation, listener);
      return { allocation, listener, isAsked };
    });
    this.#record(
      looks.map(({ allocation, listener, isAsked }) => [
        allocation,
        { kind: isAsked ? 'glance' : kind, listener },
      ]),
    );
    this.#forget(all);
    this.#seen = listening;
    if (kind === 'check') {
      void this.#ask(looks.filter(({ isAsked }) => isAsked).map((each) => each.allocation));
      await this.#releaseOrphans();
    }
  }

  /** Whether its plan names a health check, and the listener may be its own. */
  #isAsked(allocation: Allocation, listener: FoundListener): boolean {
    const { health, protocol = this.#protocolOf(allocation) } = allocation.planned ?? {};
    return (
      health !== undefined &&
      protocol !== 'tcp' &&
      listener.kind === 'listener' &&
      (listener.ownership.kind === 'own' || listener.ownership.kind === 'unknown')
    );
  }

  /** In the background: one that does not answer delays only its own next check. */
  async #ask(allocations: readonly Allocation[]): Promise<void> {
    if (this.#asking) {
      return;
    }
    this.#asking = true;
    const { look } = this.#options;
    const isListening = (allocation: Allocation): boolean =>
      this.observationOf(allocation).state === 'listening';
    try {
      await eachConcurrently(allocations, ASKED_AT_ONCE, async (allocation) => {
        const { health, protocol = this.#protocolOf(allocation) } = allocation.planned ?? {};
        if (health !== undefined && isListening(allocation)) {
          const target = { port: allocation.port, health, secure: protocol === 'https' };
          const answer = await look.health.check(target);
          if (isListening(allocation)) {
            this.#record([
              [allocation, { kind: 'check', listener: { kind: 'unchanged' }, answer }],
            ]);
          }
        }
      });
    } finally {
      this.#asking = false;
    }
  }

  #record(
    looks: readonly (readonly [Allocation, Pick<Look, 'kind' | 'listener' | 'answer'>])[],
  ): void {
    const { clock, onChange, onConflict } = this.#options;
    const settings = this.#settings;
    const at = clock.now();
    const changed: string[] = [];
    for (const [allocation, look] of looks) {
      const { id, port, holders } = allocation;
      const whole: Look = { ...look, at, held: holders.length > 0 };
      this.#noteOwn(allocation, look.listener);
      const outcome = observe(this.#health.get(id), whole, port, settings);
      this.#health.set(id, outcome.health);
      this.#counters = countLook(this.#counters, whole, outcome);
      if (outcome.changed) {
        changed.push(id);
      }
      switch (outcome.effect?.kind) {
        case 'announce-conflict':
          onConflict(allocation, outcome.effect);
          break;
        case 'release':
          this.#orphans.add(id);
          break;
        case undefined:
          break;
      }
    }
    if (changed.length > 0) {
      onChange(changed);
    }
  }

  #noteOwn(allocation: Allocation, listener: FoundListener): void {
    if (listener.kind === 'unchanged') {
      return;
    }
    this.#own.delete(allocation.id);
    if (listener.kind === 'listener' && listener.ownership.kind === 'own') {
      const workspaces = workspacesOf(allocation);
      const own = workspaces.find((workspace) => workspace === listener.process?.workspace);
      this.#own.set(allocation.id, own ?? allocation.workspace);
    }
  }

  /** Ends those that are still orphaned. */
  async #releaseOrphans(): Promise<void> {
    const { clock, leader, log, look, rules } = this.#options;
    const orphans = new Set(this.#orphans);
    this.#orphans.clear();
    if (orphans.size === 0 || leader === undefined) {
      return;
    }
    const listening = await look.listeners.ports();
    const stamp = { at: clock.now(), actor: '', by: 'leader' };
    let released = 0;
    const outcome = await leader.decideAndRecord(() => {
      const events = orphansReleased(leader.state, orphans, {
        stamp,
        isListening: ({ port }) => listening.has(port),
        cooldownMs: rules().cooldownMs,
      });
      released = events.length;
      return events;
    });
    if (outcome.kind === 'committed' && released > 0) {
      this.#counters = countReleased(this.#counters, released);
      log.info(`${released} allocations that nobody held or listened on were released.`);
    }
  }

  #forget(all: readonly Allocation[]): void {
    const known = new Set(all.map(({ id }) => id));
    for (const id of this.#health.keys()) {
      if (!known.has(id)) {
        this.#health.delete(id);
        this.#own.delete(id);
      }
    }
  }
}

/** The listener's owner is unknown. */
const UNNAMED: OwnedListener = { ownership: { kind: 'unknown' } };
