import { StyxyError } from '../../../src/core/errors';
import { renderFile } from '../../../src/core/plan/render';
import type { AskOptions, Coordinator, Role } from '../../../src/core/client';
import { pairsOf } from '../../../src/core/model';
import type { AllocationView, Participant } from '../../../src/core/model';
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
} from '../../../src/core/requests';
import type { CoordinatorOptions } from '../../../src/coordinator/createCoordinator';
import { cli } from '../../../src/cli/cli';
import type { CliEnvironment, DaemonMessage, UserFiles } from '../../../src/cli/environment';
import { createStyle } from '../../../src/cli/output/style';

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
  | 'release'
  | 'move'
  | 'inspect'
  | 'status'
  | 'list';

/** Answers from a table of allocations, and remembers what it was asked. */
export class FakeCoordinator implements Coordinator {
  readonly participant = SELF;
  readonly role: Role = { kind: 'follower', epoch: 3 };
  readonly snapshot = undefined;
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
  entries: AuditAnswer['entries'] = [];
  truncated = false;
  /** What answers to plans have beside the allocation, by service. */
  readonly planGrants = new Map<string, Partial<AllocateAnswer>>();
  configuration: ConfigurationView | undefined;
  refusal: unknown;
  /** Refusals of single methods. */
  readonly refuses = new Map<Ask, StyxyError>();
  /** Asks wait for their signal and reject when it fires. */
  hangs = false;

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
    return {
      epoch: 3,
      seq: 1,
      leader: this.leader,
      participants: this.participants,
      allocations: this.allocations,
      ...(this.configuration === undefined ? {} : { configuration: this.configuration }),
    };
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
    if (this.hangs) {
      await new Promise((_, reject) => {
        const cancelled = new StyxyError('cancelled', 'Cancelled.');
        options?.signal?.addEventListener('abort', () => reject(cancelled));
      });
    }
    const refusal = this.refuses.get(method) ?? this.refusal;
    if (refusal !== undefined) {
      throw refusal;
    }
  }
}

export interface FakeOptions {
  readonly interactive?: boolean;
  readonly colour?: boolean;
  /** The answer to the question, if one is asked. */
  readonly agrees?: boolean;
}

/** A machine without processes, files or a terminal, and what was written and done on it. */
export class FakeWorld {
  readonly coordinator = new FakeCoordinator();
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly questions: string[] = [];
  readonly connected: CoordinatorOptions[] = [];
  readonly announced: DaemonMessage[] = [];
  readonly terminated: number[] = [];
  readonly cancel = new AbortController();
  /** Start times of the processes that are there. */
  readonly processes = new Map<number, number>();
  /** Processes that are there but whose start time the OS keeps to itself. */
  readonly hidden = new Set<number>();
  /** Processes that do not end when told to. */
  readonly stubborn = new Set<number>();
  readonly openFolders: string[][] = [];
  /** Texts of plans, by workspace. */
  readonly plans = new Map<string, string>();
  /** Configurations by path, `CONFIG` among them; an error is thrown. */
  readonly configurations = new Map<string, string | StyxyError>();
  /** Dotenv files by their path in the workspace; an error is thrown. */
  readonly envFiles = new Map<string, string | StyxyError>();
  readonly tracked = new Set<string>();
  /** Folders that do not exist. */
  readonly gone = new Set<string>();
  now = NOW;
  readonly environment: CliEnvironment;

  constructor(options: FakeOptions = {}) {
    const style = createStyle(options.colour === true);
    this.environment = {
      terminal: {
        interactive: options.interactive === true,
        style,
        noteStyle: style,
        result: (...lines) => this.stdout.push(...lines),
        note: (...lines) => this.stderr.push(...lines),
        confirm: async (question) => {
          this.questions.push(question);
          return options.agrees === true;
        },
        flush: async () => undefined,
      },
      currentFolder: () => HERE,
      userHome: '/home/me',
      pid: 4000,
      version: '1.2.3',
      cancel: this.cancel.signal,
      workspaces: {
        resolve: async (folder, open) => {
          this.openFolders.push([...open]);
          return { workspace: folder, because: open.has(folder) ? 'open' : 'git' };
        },
      },
      canonicalFolder: async (path) => {
        if (this.gone.has(path)) {
          throw new StyxyError('invalid_argument', `There is no folder ${path}.`);
        }
        return path;
      },
      files: this.#files(),
      daemons: {
        processes: async () => ({
          startedAt: async (pid) => this.processes.get(pid),
          isAlive: (pid) => this.processes.has(pid) || this.hidden.has(pid),
        }),
        launch: async () => ({ pid: 4001, epoch: 3, leader: { pid: 41, kind: 'window' } }),
        announce: (message) => this.announced.push(message),
        terminate: (pid) => {
          this.terminated.push(pid);
          if (!this.stubborn.has(pid)) {
            this.processes.delete(pid);
          }
        },
        sleep: async (ms) => {
          this.now += ms;
        },
      },
      connect: (connectOptions) => {
        this.connected.push(connectOptions);
        return this.coordinator;
      },
      now: () => this.now,
    };
  }

  #files(): UserFiles {
    const preview: UserFiles['preview'] = async (_workspace, path, values) => {
      const before = thrown(this.envFiles.get(path));
      const rendered = renderFile(before, values);
      const isSame = rendered.text === (before ?? '');
      const kind = isSame ? 'same' : before === undefined ? 'new' : 'changed';
      return { kind, path: `${HERE}/${path}`, ...rendered };
    };
    return {
      configPath: async () => CONFIG,
      readConfiguration: async (file = CONFIG) => thrown(this.configurations.get(file)),
      readPlan: async (workspace) => {
        const text = this.plans.get(workspace);
        return text === undefined
          ? { kind: 'absent' }
          : { kind: 'read', path: `${workspace}/styxy.json`, text };
      },
      preview,
      write: async (workspace, path, values) => {
        const done = await preview(workspace, path, values);
        this.envFiles.set(path, done.text);
        return done;
      },
      isTracked: async (_workspace, path) => this.tracked.has(path),
    };
  }

  run(...args: readonly string[]): Promise<number> {
    return cli(args, this.environment);
  }

  /** The one object on standard output. */
  json(): unknown {
    if (this.stdout.length !== 1) {
      throw new Error(`Expected one line of JSON, not ${this.stdout.length}`);
    }
    return JSON.parse(this.stdout[0] ?? '');
  }
}

function thrown(given: string | StyxyError | undefined): string | undefined {
  if (given instanceof StyxyError) {
    throw given;
  }
  return given;
}
