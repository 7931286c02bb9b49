import type { DoctorAnswer } from '../../../../src/core/messages/doctorReport';
import { doctorAnswer } from '../../../support/doctorAnswer';
import { StyxyError } from '../../../../src/core/domain/errors';
import type { AskOptions, Coordinator, Role } from '../../../../src/core/messages/coordinator';
import { type AllocationView, pairsOf, type Participant } from '../../../../src/core/domain/model';
import type {
  AllocateAnswer,
  AllocateRequest,
  AllocationRef,
  AuditAnswer,
  AuditRequest,
  ConfigurationView,
  InspectAnswer,
  PlanAnswer,
  PlanRequest,
  Snapshot,
  StatusAnswer,
} from '../../../../src/core/messages/requests';

export const NOW = Date.UTC(2026, 0, 31, 12, 0, 0);
export const SELF = 'participant-self';
export const HERE = '/home/me/shop';
export const CONFIG = '/home/me/.styxy/config.json';
export const ID = '11111111-2222-4333-8444-555555555555';
export const OTHER_ID = '99999999-2222-4333-8444-555555555555';

export function view(over: Partial<AllocationView> = {}): AllocationView {
  return {
    id: ID,
    port: 3000,
    serviceType: 'dev',
    service: 'web',
    workspace: HERE,
    holders: [
      { participant: 'p-window', kind: 'window', label: 'shop', pid: 41, since: NOW - 5_000 },
    ],
    allocatedAt: NOW - 60_000,
    state: 'reserved',
    ...over,
  };
}

export function participant(over: Partial<Participant> = {}): Participant {
  return {
    id: 'p-window',
    kind: 'window',
    label: 'shop',
    pid: 41,
    startedAt: 7,
    version: '0.1.0',
    folders: [HERE],
    ...over,
  };
}

type Ask =
  | 'allocate'
  | 'allocatePlan'
  | 'undoAutoAllocation'
  | 'setAutoAllocation'
  | 'audit'
  | 'doctor'
  | 'release'
  | 'move'
  | 'inspect'
  | 'status'
  | 'list';

/** Answers from a table of allocations, and remembers what it was asked. */
export class FakeCoordinator implements Coordinator {
  readonly participant = SELF;
  role: Role = { kind: 'follower', epoch: 3 };
  readonly asked: { readonly method: Ask; readonly request: unknown }[] = [];
  closed = 0;
  allocations: AllocationView[] = [];
  participants: Participant[] = [];
  leader: StatusAnswer['leader'] = {
    pid: 41,
    participant: 'p-window',
    kind: 'window',
    label: 'shop',
    workspace: HERE,
    since: NOW - 90_000,
  };
  grant: Partial<AllocateAnswer> = {};
  listeners: InspectAnswer['listeners'] = [];
  inspected: Partial<InspectAnswer> = {};
  remainingHolders = 0;
  doctorAnswer: DoctorAnswer = doctorAnswer();
  entries: AuditAnswer['entries'] = [];
  truncated = false;
  /** What answers to plans have beside the allocation, by service. */
  readonly planGrants = new Map<string, Partial<AllocateAnswer>>();
  configuration: ConfigurationView | undefined;
  refusal: unknown;
  /** How often an ask was made while no other one was on its way. */
  roundTrips = 0;
  #onTheWay = 0;
  /** Refusals of single methods. */
  readonly refuses = new Map<Ask, StyxyError>();
  /** Asks wait for their signal and reject when it fires. */
  hangs = false;

  /** As pushed when it was joined. */
  get snapshot(): Snapshot {
    return {
      epoch: 3,
      seq: 1,
      leader: this.leader,
      participants: this.participants,
      allocations: this.allocations,
      ...(this.configuration === undefined ? {} : { configuration: this.configuration }),
    };
  }

  onDidChange(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  async allocate(request: Omit<AllocateRequest, 'requestId'>, options?: AskOptions) {
    await this.#ask('allocate', request, options);
    const { state, process, ...allocation } = view({
      workspace: request.workspace,
      service: request.service,
      serviceType: request.serviceType ?? 'dev',
      port: request.port ?? 3000,
    });
    void state;
    void process;
    return {
      allocation,
      existing: false,
      conflicts: [],
      attempts: 1,
      message: 'It has a port.',
      ...this.grant,
    };
  }

  async release(request: { target: AllocationRef }, options?: AskOptions) {
    await this.#ask('release', request, options);
    const { id, service, workspace } = request.target;
    const ofPair = this.allocations.find((allocation) =>
      pairsOf(allocation).some((pair) => pair.service === service && pair.workspace === workspace),
    );
    const released = this.#find(id ?? ofPair?.id);
    return { released, remainingHolders: this.remainingHolders, message: 'Released.' };
  }

  async move(request: { target: { id?: string }; port: number }, options?: AskOptions) {
    await this.#ask('move', request, options);
    const before = this.#find(request.target.id);
    const allocation = { ...before, port: request.port, movedFrom: before.port };
    this.allocations = this.allocations.map((each) => (each === before ? allocation : each));
    return { allocation, movedFrom: before.port, message: 'Moved.' };
  }

  async allocatePlan(
    request: Omit<PlanRequest, 'requestId'>,
    options?: AskOptions,
  ): Promise<PlanAnswer> {
    await this.#ask('allocatePlan', request, options);
    const { workspace, services } = request;
    const answers = services.map(({ service, serviceType = 'dev', port = 3000 }) => {
      const given = view({ id: `id-${service}`, workspace, service, serviceType, port });
      const { state, process, ...allocation } = given;
      void state;
      void process;
      return {
        allocation,
        existing: false,
        conflicts: [],
        attempts: 1,
        message: 'It has a port.',
        ...this.planGrants.get(service),
      };
    });
    return { answers, refused: [] };
  }

  async undoAutoAllocation(request: { serviceType: string }, options?: AskOptions) {
    await this.#ask('undoAutoAllocation', request, options);
    const { serviceType } = request;
    return { serviceType, range: { first: 11_510, last: 11_519 }, message: 'Taken back.' };
  }

  async setAutoAllocation(request: { enabled: boolean }, options?: AskOptions): Promise<Snapshot> {
    await this.#ask('setAutoAllocation', request, options);
    return this.list(options);
  }

  async doctor(options?: AskOptions): Promise<DoctorAnswer> {
    await this.#ask('doctor', {}, options);
    return this.doctorAnswer;
  }

  async audit(request: AuditRequest, options?: AskOptions): Promise<AuditAnswer> {
    await this.#ask('audit', request, options);
    return { entries: this.entries, truncated: this.truncated, path: '/home/me/audit.log' };
  }

  async inspect(request: { port: number }, options?: AskOptions): Promise<InspectAnswer> {
    await this.#ask('inspect', request, options);
    const allocation = this.allocations.find(({ port }) => port === request.port);
    return {
      port: request.port,
      ...(allocation === undefined ? {} : { allocation }),
      addresses: [],
      listeners: this.listeners,
      history: [],
      serviceTypes: ['dev'],
      checkedAt: NOW,
      ...this.inspected,
    };
  }

  async status(options?: AskOptions): Promise<StatusAnswer> {
    await this.#ask('status', undefined, options);
    return {
      epoch: 3,
      leader: this.leader,
      participants: this.participants,
      storage: { ok: true },
      commits: 1,
      home: '/home/me/.styxy',
    };
  }

  async list(options?: AskOptions): Promise<Snapshot> {
    await this.#ask('list', undefined, options);
    return this.snapshot;
  }

  setFolders(): void {}

  async handOver(): Promise<void> {}

  async close(): Promise<void> {
    this.closed += 1;
  }

  request(method: Ask): unknown {
    return this.asked.find((ask) => ask.method === method)?.request;
  }

  #find(id: string | undefined): AllocationView {
    const found = this.allocations.find((allocation) => allocation.id === id);
    if (found === undefined) {
      throw new StyxyError('allocation_not_found', 'There is no such allocation.');
    }
    return found;
  }

  async #ask(method: Ask, request: unknown, options: AskOptions | undefined): Promise<void> {
    this.asked.push({ method, request });
    this.roundTrips += this.#onTheWay === 0 ? 1 : 0;
    this.#onTheWay += 1;
    if (this.hangs) {
      await new Promise((_, reject) => {
        const cancelled = new StyxyError('cancelled', 'Cancelled.');
        options?.signal?.addEventListener('abort', () => reject(cancelled));
      });
    }
    await new Promise(setImmediate);
    this.#onTheWay -= 1;
    const refusal = this.refuses.get(method) ?? this.refusal;
    if (refusal !== undefined) {
      throw refusal;
    }
  }
}
