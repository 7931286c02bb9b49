/** One caller without pause: it allocates, asks again, listens, moves and releases. */
import { createServer } from 'node:net';
import type { Coordinator } from '../../src/core/messages/coordinator';
import { toStyxyError, type StyxyErrorCode } from '../../src/core/domain/errors';
import type { Allocation } from '../../src/core/domain/model';
import type { Call, Diary, Grant } from './diary';
import type { Memory } from './memory';
import type { Random } from '../support/world/random';
import { pause } from '../support/world/waiting';

/** Types with a range of some hundred ports each: see `configuration`. */
export const TYPES = ['dev', 'api', 'ui', 'test', 'functions', 'proxy', 'docs', 'monitoring'];

/** Of these there is one of each on the machine. */
const SINGLETONS = ['rag', 'llm'];
const FIRST_LANE = 'l0';

/** A lane has so many services, and holds about half of them. */
const SERVICES = 10;
const LISTEN_MS = 300;

/** Ports that are asked for by number, outside of all ranges. */
const MOVE_FIRST = 28_000;
const MOVE_LAST = 29_999;

/** Errors after which a call may have had its effect, or may have it yet. */
const UNKNOWN: ReadonlySet<StyxyErrorCode> = new Set<StyxyErrorCode>([
  'storage_unavailable',
  'leadership_lost',
  'leader_unavailable',
  'timeout',
  'cancelled',
  'internal',
]);

export interface LaneOptions {
  readonly name: string;
  readonly workspace: string;
  readonly coordinator: Coordinator;
  readonly diary: Diary;
  readonly random: Random;
  readonly pauseMs: number;
  /** What the process before in this place was told about the lane's services. */
  readonly memory: Memory;
  onAnswer(epoch: number): void;
}

type Outcome<T> =
  | { readonly kind: 'ok'; readonly answer: T }
  | { readonly kind: 'refused' }
  /** The call may have had its effect. */
  | { readonly kind: 'unknown' };

export class Lane {
  readonly #options: LaneOptions;
  readonly #held: Map<string, Grant>;
  /** Ids whose release or move was asked for, with an outcome that is not known. */
  readonly #owed: Set<string>;
  readonly #shared = new Map<string, Grant>();
  #stopped = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#held = new Map(options.memory.held);
    this.#owed = new Set(options.memory.owed);
  }

  async run(): Promise<void> {
    const { random, pauseMs } = this.#options;
    while (!this.#stopped) {
      await this.#turn();
      await pause(random.whole(0, pauseMs));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #turn(): Promise<void> {
    const { random, name } = this.#options;
    const [owed] = this.#owed;
    if (owed !== undefined) {
      // Only a clear answer ends it: until then the pair is not asked for again.
      return this.#release(owed);
    }
    const service = `${name}-${random.whole(0, SERVICES - 1)}`;
    const grant = this.#held.get(service);
    const dice = random.whole(1, 100);
    if (dice <= 8) {
      // A participant is one holder, however many lanes it has.
      return name === FIRST_LANE ? this.#share() : this.#plan();
    }
    if (dice <= 12) {
      return this.#plan();
    }
    if (grant === undefined || dice <= 40) {
      return this.#allocate(service);
    }
    if (dice <= 55) {
      return this.#listen(grant);
    }
    if (dice <= 60) {
      return this.#move(grant);
    }
    this.#held.delete(service);
    return this.#release(grant.id);
  }

  async #allocate(service: string): Promise<void> {
    const { coordinator, workspace } = this.#options;
    const serviceType = typeOf(service);
    const call: Call = { kind: 'allocate', workspace, services: [service] };
    await this.#ask(
      call,
      () => coordinator.allocate({ workspace, service, serviceType }),
      ({ allocation }) => ({ grants: [this.#take(service, allocation)] }),
    );
  }

  async #plan(): Promise<void> {
    const { coordinator, workspace, name, random } = this.#options;
    const first = random.whole(0, SERVICES - 3);
    const services = [first, first + 1, first + 2].map((index) => `${name}-${index}`);
    await this.#ask(
      { kind: 'allocate', workspace, services },
      () =>
        coordinator.allocatePlan({
          workspace,
          services: services.map((service) => ({ service, serviceType: typeOf(service) })),
        }),
      ({ answers }) => ({
        grants: answers.map(({ allocation }) => this.#take(allocation.service, allocation)),
      }),
    );
  }

  /** Takes or leaves a singleton. */
  async #share(): Promise<void> {
    const { coordinator, workspace, random } = this.#options;
    const service = random.pick(SINGLETONS);
    const held = this.#shared.get(service);
    if (held !== undefined) {
      this.#shared.delete(service);
      return this.#release(held.id);
    }
    await this.#ask(
      { kind: 'allocate', workspace, services: [service] },
      () => coordinator.allocate({ workspace, service, serviceType: 'ai' }),
      ({ allocation, shared }) => {
        const { id, port } = allocation;
        const group = shared?.group ?? 'none';
        const grant: Grant = { id, port, workspace, service, group };
        this.#shared.set(service, grant);
        return { grants: [grant] };
      },
    );
  }

  async #release(id: string): Promise<void> {
    const { coordinator, workspace } = this.#options;
    const outcome = await this.#ask(
      { kind: 'release', id },
      () => coordinator.release({ target: { id }, workspaces: [workspace] }),
      ({ remainingHolders: remaining }) => ({ remaining }),
    );
    if (outcome.kind === 'unknown') {
      this.#owed.add(id);
    } else {
      this.#owed.delete(id);
    }
  }

  async #move(grant: Grant): Promise<void> {
    const { coordinator, workspace, random } = this.#options;
    const { id, service } = grant;
    const to = random.whole(MOVE_FIRST, MOVE_LAST);
    const outcome = await this.#ask(
      { kind: 'move', id, to },
      () => coordinator.move({ target: { id }, workspaces: [workspace], port: to }),
      ({ allocation }) => {
        this.#take(service, allocation);
        return {};
      },
    );
    if (outcome.kind === 'unknown') {
      // On one port or the other: it is given up.
      this.#held.delete(service);
      this.#owed.add(id);
    }
  }

  /** Really listens for a while, as whoever asks for a port does. */
  async #listen({ id, port }: Grant): Promise<void> {
    const { diary, random } = this.#options;
    const server = createServer((socket) => socket.destroy());
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    diary.write({ ev: listens ? 'listens' : 'taken', id, port });
    if (listens) {
      await pause(random.whole(0, LISTEN_MS));
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #take(service: string, { id, port }: Allocation): Grant {
    const grant = { id, port, workspace: this.#options.workspace, service };
    this.#held.set(service, grant);
    return grant;
  }

  async #ask<T>(
    call: Call,
    perform: () => Promise<T>,
    factsOf: (answer: T) => { readonly grants?: readonly Grant[]; readonly remaining?: number },
  ): Promise<Outcome<T>> {
    const { diary, coordinator, onAnswer } = this.#options;
    const n = diary.ask(call);
    try {
      const answer = await perform();
      const { role } = coordinator;
      const epoch = 'epoch' in role ? role.epoch : 0;
      diary.write({ ev: 'ok', n, epoch, ...factsOf(answer) });
      onAnswer(epoch);
      return { kind: 'ok', answer };
    } catch (error) {
      const { code, message } = toStyxyError(error);
      const unknown = UNKNOWN.has(code);
      diary.write({ ev: 'no', n, code, unknown, message });
      return { kind: unknown ? 'unknown' : 'refused' };
    }
  }
}

/** Always the same for the same name. */
function typeOf(service: string): string {
  const [digit] = /\d+$/.exec(service) ?? ['0'];
  return TYPES[Number(digit) % TYPES.length] ?? 'dev';
}
