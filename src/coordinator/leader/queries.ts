/** Answers look-ups: over the state of a term, or over what the last one left in the files. */
import { auditRefusal } from '../../core/audit/entry';
import { toStyxyError, type StyxyError } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import { inspectPort, inspectRefusal } from '../../core/allocation/inspect';
import type { Participant } from '../../core/domain/model';
import type { Listener, MachineFacts, Runtime } from '../../core/host/interfaces';
import type { Methods, PushedSnapshot, ReadName } from '../../core/messages/methods';
import type { RecoveryReport } from '../../core/messages/recoveryReport';
import { allocationAt, listAllocations, type State } from '../../core/state/state';
import type {
  AuditAnswer,
  AuditRequest,
  ConfigurationView,
  InspectAnswer,
  Snapshot,
  StatusAnswer,
} from '../../core/messages/requests';
import type { Rules } from '../../core/allocation/rules';
import { PortLookup, type PortLookupTools } from '../lookup/portLookup';
import type { HealthMonitor } from '../health/healthMonitor';
import { diagnose } from './doctor';

/** How far the log is. */
interface LogProgress {
  readonly epoch: number;
  readonly seq: number;
  readonly commits: number;
  /** Why nothing can be acknowledged now, if so. */
  readonly problem: StyxyError | undefined;
}

/** What everyone is shown, as it is now. */
export interface LeaderView {
  readonly health: Pick<HealthMonitor, 'view'>;
  /** Who leads. */
  readonly self: StatusAnswer['leader'];
  /** As it was last committed. */
  state(): State;
  configuration(): ConfigurationView;
  participants(): readonly Participant[];
  progress(): LogProgress;
}

export interface QueriesOptions extends LeaderView, Runtime {
  readonly look: PortLookupTools;
  readonly health: Pick<HealthMonitor, 'view' | 'healthOf' | 'look' | 'counters'>;
  readonly home: string;
  rules(): Rules;
  audit(query: AuditRequest): Promise<AuditAnswer>;
  machine(): Promise<MachineFacts>;
  recovery(): RecoveryReport;
  /** Whether look-ups may still be answered; absent where nothing leads. Errors: `leadership_lost`. */
  verify?(): Promise<void>;
}

export function snapshotOf(view: LeaderView): PushedSnapshot {
  const { epoch, seq } = view.progress();
  const state = view.state();
  return {
    epoch,
    seq,
    leader: view.self,
    participants: view.participants(),
    allocations: listAllocations(state).map((each) => view.health.view(each)),
    configuration: view.configuration(),
    ...(state.needsResync ? { suspect: true } : {}),
  };
}

type Answers = {
  readonly [M in ReadName]: (
    params: Methods[M]['params'],
  ) => Promise<Methods[M]['result']> | Methods[M]['result'];
};

export class Queries {
  readonly #options: QueriesOptions;
  readonly #answers: Answers = {
    audit: (query) => this.#audit(query),
    inspect: ({ port }) => this.#inspect(port),
    list: () => this.#list(),
    status: () => this.#status(),
    doctor: () =>
      diagnose({
        ...this.#options,
        status: () => this.#status(),
        views: async () => (await this.#list()).allocations,
        counters: () => this.#options.health.counters,
      }),
  };

  constructor(options: QueriesOptions) {
    this.#options = options;
  }

  /** Errors: those of the request. */
  async answer<M extends ReadName>(
    method: M,
    params: Methods[M]['params'],
  ): Promise<Methods[M]['result']> {
    return this.#answers[method](params);
  }

  #status(): StatusAnswer {
    const { progress, self, participants, home } = this.#options;
    const { epoch, commits, problem } = progress();
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
  async #list(): Promise<Snapshot> {
    await this.#glance();
    await this.#options.verify?.();
    return snapshotOf(this.#options);
  }

  async #audit(query: AuditRequest): Promise<AuditAnswer> {
    const refusal = auditRefusal(query);
    if (refusal !== undefined) {
      throw refusal;
    }
    return this.#options.audit(query);
  }

  /** The answer says what is so now, if the table can be read. */
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
    const sight = given({ checkedAt: clock.now(), addresses, listeners, health: known });
    return inspectPort(state(), { port }, sight, rules());
  }

  async #listeners(port: number): Promise<readonly Listener[]> {
    const { look, participants } = this.#options;
    const lookup = new PortLookup(look, participants());
    const found = await look.listeners.listeners(new Set([port]));
    return Promise.all(
      found.map(async (each) =>
        each.process === undefined ? each : { ...each, process: await lookup.placed(each.process) },
      ),
    );
  }
}
