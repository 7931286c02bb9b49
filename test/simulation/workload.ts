/** Chooses what a participant asks for next. */
import type { Pair } from '../../src/core/domain/model';
import type { PlanRequestService } from '../../src/core/messages/requests';
import type { History } from './history';
import {
  AUTO_TYPES,
  both,
  groupName,
  locksOf,
  LockTable,
  NO_LOCKS,
  SERVICES,
  typeOf,
  type Operation,
} from './operations';
import type { Process, Scheduler } from './scheduler';

/** Answered requests that may be asked again. */
const REMEMBERED = 40;

export interface Asker {
  readonly process: Process;
  /** Its own folders; none of a command. */
  readonly folders: readonly string[];
}

export class Workload {
  /** Asked for and not answered by anybody who lives. */
  readonly orphans: Operation[] = [];
  readonly locks = new LockTable();
  readonly #scheduler: Scheduler;
  readonly #history: History;
  readonly #workspaces: readonly string[];
  readonly #answered: Operation[] = [];

  constructor(scheduler: Scheduler, history: History, workspaces: readonly string[]) {
    this.#scheduler = scheduler;
    this.#history = history;
    this.#workspaces = workspaces;
  }

  /** Undefined when what it thought of is being asked for by another one. */
  next(asker: Asker): Operation | undefined {
    const { random } = this.#scheduler;
    if (this.orphans.length > 0 && random.chance(0.5)) {
      return this.orphans.shift();
    }
    const operation = this.#think(asker);
    return operation !== undefined && this.locks.take(operation.locks) ? operation : undefined;
  }

  /** It was answered for good, with something or with a no. */
  done(operation: Operation, isGranted: boolean): void {
    this.locks.giveBack(operation.locks);
    if (
      isGranted &&
      !operation.repeats &&
      'params' in operation &&
      'requestId' in operation.params
    ) {
      this.#answered.push(operation);
      if (this.#answered.length > REMEMBERED) {
        this.#answered.shift();
      }
    }
  }

  #think(asker: Asker): Operation | undefined {
    const { random } = this.#scheduler;
    const owner = asker.process;
    const base = { owner, locks: NO_LOCKS, repeats: false };
    const requestId = random.uuid();
    const workspace =
      asker.folders.length > 0 && random.chance(0.7)
        ? random.pick(asker.folders)
        : random.pick(this.#workspaces);
    const pair = { workspace, service: random.pick(SERVICES) };
    const dice = random.below(100);
    if (dice < 42) {
      return this.#allocate(owner, requestId, pair);
    }
    if (dice < 62) {
      return this.#release(asker, requestId, pair);
    }
    if (dice < 70) {
      return this.#move(asker, requestId, pair);
    }
    if (dice < 76) {
      return this.#plan(owner, requestId, workspace);
    }
    if (dice < 84) {
      return this.#again(owner);
    }
    if (dice < 87) {
      const serviceType = random.pick(AUTO_TYPES);
      const locks = { shared: [], exclusive: [`type ${serviceType}`] };
      return { ...base, locks, kind: 'undo', params: { requestId, serviceType } };
    }
    if (dice < 88) {
      const params = { enabled: random.chance(0.7) };
      return { ...base, kind: 'setAutoAllocation', params };
    }
    if (dice < 90) {
      return { ...base, kind: 'handOver' };
    }
    if (dice < 93) {
      return { ...base, kind: 'inspect', params: { port: this.#port(pair) } };
    }
    return { ...base, kind: random.pick(['list', 'status', 'audit'] as const) };
  }

  #allocate(owner: Process, requestId: string, pair: Pair): Operation {
    const { random } = this.#scheduler;
    const serviceType = typeOf(pair.service);
    const wish = random.chance(0.25)
      ? { port: this.#port(pair), ...(random.chance(0.3) ? { exact: true } : {}) }
      : {};
    const params = { requestId, ...pair, serviceType, ...wish };
    return { owner, locks: locksOf([pair], 'shared'), repeats: false, kind: 'allocate', params };
  }

  #release({ process, folders }: Asker, requestId: string, pair: Pair): Operation {
    const { random } = this.#scheduler;
    const id = this.#history.idOf(pair);
    const isShared = groupName(pair.service) !== undefined;
    const target = id !== undefined && !isShared && random.chance(0.3) ? { id } : pair;
    const everyone = isShared && random.chance(0.1) ? { everyone: true } : {};
    const params = { requestId, target, workspaces: folders, confirmed: true, ...everyone };
    const locks = locksOf([pair], 'exclusive');
    return { owner: process, locks, repeats: false, kind: 'release', params, pair };
  }

  #move({ process, folders }: Asker, requestId: string, pair: Pair): Operation {
    const params = {
      requestId,
      target: pair,
      workspaces: folders,
      confirmed: true,
      port: this.#port(pair),
    };
    const locks = locksOf([pair], 'exclusive');
    return { owner: process, locks, repeats: false, kind: 'move', params, pair };
  }

  #plan(owner: Process, requestId: string, workspace: string): Operation {
    const { random } = this.#scheduler;
    const services: PlanRequestService[] = SERVICES.filter(() => random.chance(0.35)).map(
      (service) => ({
        service,
        serviceType: typeOf(service),
        ...(random.chance(0.2) ? { port: this.#port({ workspace, service }) } : {}),
      }),
    );
    // A port in a plan may move what the pair has.
    const moving = services
      .filter(({ port }) => port !== undefined)
      .map(({ service }) => ({ workspace, service }));
    const staying = services
      .filter(({ port }) => port === undefined)
      .map(({ service }) => ({ workspace, service }));
    const locks = both(locksOf(moving, 'exclusive'), locksOf(staying, 'shared'));
    const params = { requestId, workspace, services, partial: random.chance(0.5) };
    return { owner, locks, repeats: false, kind: 'plan', params };
  }

  /** The same request, with the same id, from somebody else. */
  #again(owner: Process): Operation | undefined {
    const before = this.#scheduler.random.maybe(this.#answered);
    if (before === undefined) {
      return undefined;
    }
    switch (before.kind) {
      case 'allocate':
      case 'plan':
        // Whoever repeats it does not become its holder.
        return { ...before };
      case 'release':
      case 'move':
        return { ...before, owner, locks: NO_LOCKS, repeats: true };
      case 'undo':
      case 'setAutoAllocation':
      case 'inspect':
      case 'list':
      case 'status':
      case 'audit':
      case 'handOver':
        return undefined;
    }
  }

  /** Mostly one that somebody else may want too. */
  #port({ service }: Pair): number {
    const { random } = this.#scheduler;
    const first = { dev: 3000, api: 8000, docs: 4100, ai: 11_430 }[typeOf(service)] ?? 10_000;
    return first + random.below(random.chance(0.8) ? 6 : 90);
  }
}
