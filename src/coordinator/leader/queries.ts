/** What the leader answers and pushes: look-ups over its state, and who takes part. */
import { auditRefusal } from '../../core/audit/entry';
import type { DoctorAnswer } from '../../core/messages/doctorReport';
import { toStyxyError, type StyxyError } from '../../core/domain/errors';
import type { StateEvent } from '../../core/state/events';
import { inspectPort, inspectRefusal } from '../../core/allocation/inspect';
import type { AllocationView, ListeningProcess, Participant } from '../../core/domain/model';
import type { Clock, Log } from '../../core/host/interfaces';
import type { Methods, PushedSnapshot } from '../../core/messages/methods';
import { allocationAt, listAllocations, type State } from '../../core/state/state';
import type {
  AuditAnswer,
  AuditRequest,
  ConfigurationView,
  InspectAnswer,
  Snapshot,
  SnapshotDelta,
  StatusAnswer,
} from '../../core/messages/requests';
import type { Rules } from '../../core/allocation/rules';
import type { Writes } from './commitQueue';
import { PortLookup, type PortLookupTools } from '../lookup/portLookup';
import type { HealthMonitor } from '../health/healthMonitor';
import type { Requests } from '../session/sessions';

export interface QueriesOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly look: PortLookupTools;
  readonly health: Pick<HealthMonitor, 'view' | 'healthOf' | 'look'>;
  /** Who leads, as everyone sees it. */
  readonly self: StatusAnswer['leader'];
  readonly home: string;
  /** As it was last committed. */
  state(): State;
  rules(): Rules;
  configuration(): ConfigurationView;
  audit(query: AuditRequest): Promise<AuditAnswer>;
  setAutoAllocation(enabled: boolean, caller: Participant): Promise<void>;
  doctor(): Promise<DoctorAnswer>;
  standing(): LeaderStanding;
  /** Whether look-ups may still be answered. Errors: `leadership_lost`. */
  verify(): Promise<void>;
  request<M extends Writes>(
    method: M,
    params: Methods[M]['params'],
    caller: Participant,
  ): Promise<Methods[M]['result']>;
  participants(): readonly Participant[];
  push(delta: SnapshotDelta): void;
  handOver(): void;
}

/** How the leadership stands. */
interface LeaderStanding {
  readonly epoch: number;
  readonly seq: number;
  readonly commits: number;
  /** Why nothing can be acknowledged now, if so. */
  readonly problem: StyxyError | undefined;
}

export class Queries {
  readonly #options: QueriesOptions;

  constructor(options: QueriesOptions) {
    this.#options = options;
  }

  async answer<M extends Requests>(
    method: M,
    params: Methods[M]['params'],
    caller: Participant,
  ): Promise<Methods[M]['result']> {
    const { request, verify, handOver } = this.#options;
    const answers: { readonly [R in Requests]: (p: Methods[R]['params']) => Promise<unknown> } = {
      allocate: (asked) => request('allocate', asked, caller),
      allocatePlan: (asked) => request('allocatePlan', asked, caller),
      undoAutoAllocation: (asked) => request('undoAutoAllocation', asked, caller),
      setAutoAllocation: async ({ enabled }) => {
        await this.#options.setAutoAllocation(enabled, caller);
        return this.snapshot();
      },
      audit: async (query) => {
        refuseQuery(query);
        return this.#options.audit(query);
      },
      release: (asked) => request('release', asked, caller),
      move: (asked) => request('move', asked, caller),
      inspect: ({ port }) => this.#inspect(port),
      list: () => this.list(),
      status: async () => this.status(),
      doctor: () => this.#options.doctor(),
      handOver: async () => {
        await verify();
        handOver();
        return {};
      },
    };
    return (await answers[method](params)) as Methods[M]['result'];
  }

  snapshot(): PushedSnapshot {
    const { state, standing, self, participants, configuration } = this.#options;
    const { epoch, seq } = standing();
    return {
      epoch,
      seq,
      leader: self,
      participants: participants(),
      allocations: listAllocations(state()).map((each) => this.#options.health.view(each)),
      configuration: configuration(),
      ...(state().suspect ? { suspect: true } : {}),
    };
  }

  status(): StatusAnswer {
    const { standing, self, participants, home } = this.#options;
    const { epoch, commits, problem } = standing();
    return {
      epoch,
      leader: self,
      participants: participants(),
      storage: problem === undefined ? { ok: true } : { ok: false, problem: problem.message },
      commits,
      home,
    };
  }

  /** As it is now, not as it was pushed. Errors: `leadership_lost`. */
  async list(): Promise<Snapshot> {
    await this.#glance();
    await this.#options.verify();
    return this.snapshot();
  }

  /** Tells every window what a commit changed. */
  committed(events: readonly StateEvent[]): void {
    const changed = new Set<string>();
    const removed = new Set<string>();
    let configured = false;
    for (const event of events) {
      switch (event.kind) {
        case 'granted':
          changed.add(event.allocation.id);
          break;
        case 'joined':
        case 'left':
        case 'moved':
        case 'planned':
          changed.add(event.id);
          break;
        case 'type-added':
        case 'type-removed':
        case 'configured':
          configured = true;
          break;
        case 'released':
          removed.add(event.id);
          break;
        case 'projected':
        case 'forgot':
        case 'answered':
        case 'trusted':
          break;
      }
    }
    if (configured) {
      this.configurationChanged();
    }
    this.#pushChanged([...changed], [...removed]);
  }

  configurationChanged(): void {
    const { standing, configuration, push } = this.#options;
    const { epoch, seq } = standing();
    push({ epoch, seq, configuration: configuration(), changed: [], removed: [] });
  }

  participantsChanged(): void {
    const { standing, participants, push } = this.#options;
    const { epoch, seq } = standing();
    push({ epoch, seq, participants: participants(), changed: [], removed: [] });
  }

  /** What was seen of these is another than before. */
  observed(ids: readonly string[]): void {
    this.#pushChanged(ids, []);
  }

  #pushChanged(ids: readonly string[], removed: readonly string[]): void {
    const { state, standing, push, health } = this.#options;
    const { epoch, seq } = standing();
    const changed: AllocationView[] = [];
    for (const id of ids) {
      const allocation = state().allocations.get(id);
      if (allocation !== undefined) {
        changed.push(health.view(allocation));
      }
    }
    if (changed.length > 0 || removed.length > 0) {
      push({ epoch, seq, changed, removed });
    }
  }

  /** Who asks sees what is so now, if the table can be read. */
  async #glance(): Promise<void> {
    const { health, log } = this.#options;
    try {
      await health.look();
    } catch (error) {
      log.warn(`The listener table cannot be read: ${toStyxyError(error).message}`);
    }
  }

  async #inspect(port: number): Promise<InspectAnswer> {
    const { clock, state, look, rules, health } = this.#options;
    const refusal = inspectRefusal({ port });
    if (refusal !== undefined) {
      throw refusal;
    }
    const [addresses, listeners] = await Promise.all([
      look.probe.addresses(port),
      this.#listeners(port),
      this.#glance(),
    ]);
    const allocation = allocationAt(state(), port);
    const known = allocation === undefined ? undefined : health.healthOf(allocation);
    const sight = {
      checkedAt: clock.now(),
      addresses,
      listeners,
      ...(known === undefined ? {} : { health: known }),
    };
    return inspectPort(state(), { port }, sight, rules());
  }

  async #listeners(
    port: number,
  ): Promise<{ port: number; address: string; process?: ListeningProcess }[]> {
    const look = this.#look();
    const found = await this.#options.look.listeners.listeners(new Set([port]));
    return Promise.all(
      found.map(async (each) =>
        each.process === undefined ? each : { ...each, process: await look.placed(each.process) },
      ),
    );
  }

  #look(): PortLookup {
    return new PortLookup(this.#options.look, this.#options.participants());
  }
}

function refuseQuery(query: AuditRequest): void {
  const refusal = auditRefusal(query);
  if (refusal !== undefined) {
    throw refusal;
  }
}
