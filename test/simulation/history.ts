/**
 * The checker: what was acknowledged, and whether it is kept. It believes answers only, and knows
 * nothing of how the product works.
 */
import type { PortRange } from '../../src/core/domain/catalogue';
import type { StyxyError } from '../../src/core/domain/errors';
import type { Allocation, Pair } from '../../src/core/domain/model';
import type {
  AllocateAnswer,
  MoveAnswer,
  ReleaseAnswer,
  Snapshot,
} from '../../src/core/messages/requests';
import { askersOf, ends, pairsOf, type Belief } from './belief';
import { groupName, keyOf, type Operation } from './operations';
import type { Process, Scheduler } from './scheduler';

export class History {
  readonly violations: string[] = [];
  /** A holder that died may be proven gone; for so long what it had is kept. */
  keptMs = 0;
  readonly #scheduler: Scheduler;
  /** By `keyOf`. */
  readonly #beliefs = new Map<string, Belief>();
  /** Ids of what ended, and of what. */
  readonly #ended = new Map<string, string>();
  /** By `keyOf`: requests for it may come late, after it was released. */
  readonly #late = new Set<string>();
  /** Allocations with the range that was found for them. */
  readonly #told = new Set<string>();
  readonly #ranges = new Map<string, PortRange>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  violated(what: string): void {
    this.#scheduler.trace(`VIOLATION ${what}`);
    this.violations.push(`${(this.#scheduler.elapsed / 1000).toFixed(3)} s: ${what}`);
  }

  /** The port of a pair, as far as it was told and may be used. */
  portOf(pair: Pair): number | undefined {
    return this.#beliefs.get(keyOf(pair))?.port;
  }

  idOf(pair: Pair): string | undefined {
    return this.#beliefs.get(keyOf(pair))?.id;
  }

  isBelieved(port: number): boolean {
    return [...this.#beliefs.values()].some((belief) => belief.port === port);
  }

  /** A stranger took the port: whose it was may get another one. */
  intruded(port: number): void {
    for (const belief of this.#beliefs.values()) {
      belief.doubtful ||= belief.port === port;
    }
  }

  /** Requests of this process may be delivered much later than its next ones. */
  delayed(operations: Iterable<Operation>): void {
    for (const operation of operations) {
      for (const pair of pairsOf(operation)) {
        this.#late.add(keyOf(pair));
      }
    }
  }

  /** Somebody edited what the ranges of found types are shown in. */
  forgetRanges(): void {
    this.#ranges.clear();
  }

  /** A holder stops using a port before it asks for its release. */
  asks(operation: Operation): void {
    if (operation.kind === 'plan') {
      this.#setEnding(operation, true);
      return;
    }
    if (operation.repeats || (operation.kind !== 'release' && operation.kind !== 'move')) {
      return;
    }
    const { pair } = operation;
    const belief = this.#beliefs.get(keyOf(pair));
    if (belief === undefined) {
      return;
    }
    if (operation.kind === 'release' && !ends(operation)) {
      const { workspace } = pair;
      belief.leaving.set(workspace, belief.holders.get(workspace) ?? new Set());
      belief.holders.delete(workspace);
    } else {
      belief.ending = true;
    }
  }

  /** A plan was answered, or refused as a whole. */
  planned(operation: Operation): void {
    this.#setEnding(operation, false);
  }

  granted(pair: Pair, answer: AllocateAnswer, holder: Process): void {
    const { allocation, autoAllocated } = answer;
    const found = `${allocation.id} ${autoAllocated?.range.first ?? 0}`;
    if (autoAllocated !== undefined && !this.#told.has(found)) {
      // A repeated answer tells of it again, also when it was taken back since.
      this.#told.add(found);
      this.#found(autoAllocated.serviceType, autoAllocated.range);
    }
    this.#hold(pair, allocation, holder, answer.movedFrom);
  }

  released(operation: Extract<Operation, { kind: 'release' }>, answer: ReleaseAnswer): void {
    const { pair } = operation;
    const key = keyOf(pair);
    const belief = this.#beliefs.get(key);
    const { released, remainingHolders } = answer;
    if (belief !== undefined && belief.id !== released.id && this.#isHeld(belief)) {
      this.violated(`${key}: ${belief.id} was held, and ${released.id} was released`);
    }
    belief?.leaving.delete(pair.workspace);
    if (remainingHolders === 0) {
      if (!ends(operation) && belief !== undefined && this.#isHeld(belief)) {
        this.violated(`${key}: ${released.id} ended although it is held`);
      }
      this.#ended.set(released.id, key);
      this.#beliefs.delete(key);
    }
  }

  moved(pair: Pair, { allocation }: MoveAnswer): void {
    const key = keyOf(pair);
    const belief = this.#beliefs.get(key);
    if (belief === undefined) {
      return;
    }
    if (belief.id !== allocation.id && this.#isHeld(belief)) {
      this.violated(`${key}: ${belief.id} was held, and ${allocation.id} was moved`);
    }
    const { id, port } = allocation;
    this.#believe(key, { ...belief, id, port, ending: false, doubtful: false });
  }

  /** What the answer to a repeated request must not say differently. */
  repeated(operation: Operation, error: StyxyError): void {
    if (operation.kind === 'release') {
      this.violated(`the repeated release ${operation.params.requestId} is refused: ${error.code}`);
    }
  }

  refused(operation: Operation, { code, message }: StyxyError): void {
    this.#setEnding(operation, false);
    if ('pair' in operation && !operation.repeats) {
      this.#stays(operation.pair, code === 'allocation_not_found');
    }
    if (code === 'internal' || code === 'storage_newer' || code === 'protocol_mismatch') {
      this.violated(`${operation.kind} was answered with ${code}: ${message}`);
    }
  }

  /** A release or a move was refused: everything is as before, or there is nothing. */
  #stays(pair: Pair, isNotFound: boolean): void {
    const key = keyOf(pair);
    const belief = this.#beliefs.get(key);
    if (belief === undefined) {
      return;
    }
    belief.ending = false;
    const isShared = groupName(pair.service) !== undefined;
    const asking = isShared ? askersOf(pair.workspace, belief) : belief.holders;
    if (isNotFound && this.#isHeld({ ...belief, holders: asking })) {
      this.violated(`${key}: ${belief.port} (${belief.id}) was told, and is not found`);
    }
    if (isNotFound && !isShared) {
      this.#beliefs.delete(key);
    }
  }

  undone(serviceType: string): void {
    this.#ranges.delete(serviceType);
  }

  /** Whether the last state is one that all answers allow. */
  compare(snapshot: Snapshot, where: string): void {
    const { allocations, configuration } = snapshot;
    const byId = new Map(allocations.map((allocation) => [allocation.id, allocation]));
    const unique = (what: string, names: readonly string[]): void => {
      const twice = names.filter((name, index) => names.indexOf(name) !== index);
      if (twice.length > 0) {
        this.violated(`${where}: ${what} ${twice.join(', ')} is there twice`);
      }
    };
    unique(
      'port',
      allocations.map(({ port }) => String(port)),
    );
    unique(
      'group',
      allocations.flatMap(({ group }) => group ?? []),
    );
    unique(
      'pair',
      allocations.map((allocation) => keyOf(allocation)),
    );
    for (const [key, belief] of this.#beliefs) {
      if (this.#isCertain(belief) && byId.get(belief.id)?.port !== belief.port) {
        const now = byId.get(belief.id)?.port ?? 'nothing';
        this.violated(`${where}: ${key} was told ${belief.port} (${belief.id}), and has ${now}`);
      }
    }
    for (const [id, key] of this.#ended) {
      if (byId.has(id) && !this.#late.has(key)) {
        this.violated(`${where}: ${key} (${id}) was released, and is there`);
      }
    }
    const types = configuration?.types ?? [];
    for (const [name, range] of this.#ranges) {
      const type = types.find((each) => each.name === name);
      if (type?.range.first !== range.first || type.range.last !== range.last) {
        this.violated(`${where}: type ${name} was told ${range.first}-${range.last}`);
      }
    }
  }

  #setEnding(operation: Operation, ending: boolean): void {
    for (const pair of pairsOf(operation)) {
      const belief = this.#beliefs.get(keyOf(pair));
      if (belief !== undefined && operation.locks.exclusive.includes(keyOf(pair))) {
        belief.ending = ending;
      }
    }
  }

  #found(name: string, range: PortRange): void {
    for (const [other, { first, last }] of this.#ranges) {
      if (other !== name && range.first <= last && first <= range.last) {
        this.violated(`the ranges of ${name} and ${other} overlap at ${range.first}`);
      }
    }
    const before = this.#ranges.get(name);
    if (before !== undefined && before.first !== range.first) {
      this.violated(`type ${name} got ${range.first} beside ${before.first}`);
    }
    this.#ranges.set(name, range);
  }

  #hold(pair: Pair, allocation: Allocation, holder: Process, movedFrom?: number): void {
    const key = keyOf(pair);
    const { id, port, serviceType } = allocation;
    const before = this.#beliefs.get(key);
    const isSame = before?.id === id && before.port === port;
    const isMoved = before?.id === id && before.port === movedFrom;
    if (before !== undefined && !isSame && !isMoved && this.#isHeld(before)) {
      this.violated(`${key}: had ${before.port} (${before.id}), and is told ${port} (${id})`);
    }
    if (this.#ended.has(id) && !this.#late.has(key)) {
      this.violated(`${key}: ${id} was released, and is answered again`);
    }
    const holders = before?.id === id ? before.holders : new Map<string, Set<Process>>();
    const leaving = before?.id === id ? before.leaving : new Map<string, Set<Process>>();
    leaving.delete(pair.workspace);
    const holding = holders.get(pair.workspace) ?? new Set<Process>();
    holders.set(pair.workspace, holding.add(holder));
    this.#believe(key, { id, port, serviceType, holders, leaving, doubtful: false, ending: false });
  }

  #believe(key: string, belief: Belief): void {
    for (const [other, { id, port, ...rest }] of this.#beliefs) {
      const isDouble = other !== key && port === belief.port;
      if (isDouble && this.#isCertain({ id, port, ...rest })) {
        this.violated(`port ${port} is held for ${other} (${id}) and for ${key} (${belief.id})`);
      }
    }
    this.#beliefs.set(key, belief);
  }

  #isCertain(belief: Belief): boolean {
    return !belief.ending && this.#isHeld(belief);
  }

  #isHeld({ holders, doubtful }: Belief): boolean {
    const { elapsed } = this.#scheduler;
    const isKept = ({ alive, endedAt }: Process): boolean =>
      alive || elapsed - endedAt < this.keptMs;
    return !doubtful && [...holders.values()].some((each) => [...each].some(isKept));
  }
}
