/** What a participant asks for, and what of it must not be asked for at the same time. */
import type { Pair } from '../../src/core/domain/model';
import type {
  AllocateRequest,
  AutoAllocationRequest,
  InspectRequest,
  MoveRequest,
  PlanRequest,
  ReleaseRequest,
  UndoRequest,
} from '../../src/core/messages/requests';
import type { Process } from './scheduler';

export type Operation = {
  /** Whose wish it is, also when another one asks again for it. */
  readonly owner: Process;
  readonly locks: Locks;
  /** Has been answered before: the answer must be the same. */
  readonly repeats: boolean;
} & (
  | { readonly kind: 'allocate'; readonly params: AllocateRequest }
  | { readonly kind: 'release'; readonly params: ReleaseRequest; readonly pair: Pair }
  | { readonly kind: 'move'; readonly params: MoveRequest; readonly pair: Pair }
  | { readonly kind: 'plan'; readonly params: PlanRequest }
  | { readonly kind: 'undo'; readonly params: UndoRequest }
  | { readonly kind: 'setAutoAllocation'; readonly params: AutoAllocationRequest }
  | { readonly kind: 'inspect'; readonly params: InspectRequest }
  | { readonly kind: 'list' | 'status' | 'audit' | 'handOver' }
);

/** Names of what is touched: what is granted is shared, what ends or moves is exclusive. */
export interface Locks {
  readonly shared: readonly string[];
  readonly exclusive: readonly string[];
}

export const NO_LOCKS: Locks = { shared: [], exclusive: [] };

/**
 * Without them an answer would not say what holds after it: a release that is answered later than
 * an allocation may have been done before it.
 */
export class LockTable {
  readonly #shared = new Map<string, number>();
  readonly #exclusive = new Set<string>();

  take({ shared, exclusive }: Locks): boolean {
    const isBusy =
      [...shared, ...exclusive].some((name) => this.#exclusive.has(name)) ||
      exclusive.some((name) => (this.#shared.get(name) ?? 0) > 0);
    if (isBusy) {
      return false;
    }
    for (const name of shared) {
      this.#shared.set(name, (this.#shared.get(name) ?? 0) + 1);
    }
    for (const name of exclusive) {
      this.#exclusive.add(name);
    }
    return true;
  }

  giveBack({ shared, exclusive }: Locks): void {
    for (const name of shared) {
      this.#shared.set(name, (this.#shared.get(name) ?? 0) - 1);
    }
    for (const name of exclusive) {
      this.#exclusive.delete(name);
    }
  }
}

/** The types of the workload's services, and which of them there is one of on the machine. */
const TYPES: Readonly<Record<string, string>> = {
  web: 'dev',
  admin: 'dev',
  api: 'api',
  docs: 'docs',
  rag: 'ai',
  model: 'ai',
  lathe: 'lathe-shop',
  mill: 'mill-shop',
};

export const SERVICES = Object.keys(TYPES);
export const AUTO_TYPES = ['lathe-shop', 'mill-shop'];

export function typeOf(service: string): string {
  return TYPES[service] ?? service;
}

/** What one allocation belongs to: a pair, or what there is one of. */
export function groupName(service: string): string | undefined {
  return typeOf(service) === 'ai' ? `ai/${service}` : undefined;
}

export function keyOf({ workspace, service }: Pair): string {
  return groupName(service) ?? `${workspace} ${service}`;
}

/** An allocation makes the type's range, and undoing takes it away. */
export function locksOf(pairs: readonly Pair[], kind: 'shared' | 'exclusive'): Locks {
  const keys = [...new Set(pairs.map(keyOf))];
  const types = [...new Set(pairs.map(({ service }) => typeOf(service)))]
    .filter((type) => AUTO_TYPES.includes(type))
    .map((type) => `type ${type}`);
  return kind === 'shared'
    ? { shared: [...keys, ...types], exclusive: [] }
    : { shared: types, exclusive: keys };
}

export function both(one: Locks, other: Locks): Locks {
  return {
    shared: [...one.shared, ...other.shared],
    exclusive: [...one.exclusive, ...other.exclusive],
  };
}
