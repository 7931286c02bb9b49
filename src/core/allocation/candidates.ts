import type { ServiceType } from '../domain/catalogue';
import type { AutoType } from '../domain/configuration';
import type { AllocateRequest, AutoAllocated } from '../messages/requests';
import { pairKey, type Conflict, type CoolingPort } from '../domain/model';
import { reservedReason, type Rules } from './rules';
import { allocationAt, coolingFor, splitPairKey, type State } from '../state/state';

export interface Search {
  readonly workspace: string;
  readonly service: string;
  readonly serviceType: ServiceType;
  /** Ports before any that the type suggests: the one asked for, the plan's, the last one. */
  readonly wishes: readonly number[];
  /** Only the wishes will do. */
  readonly exact: boolean;
  /** Added to the type's preferred ports, by a template. */
  readonly offset: number;
  /** The type was unknown: the range that was found for it, and how the answer reports it. */
  readonly autoType?: AutoType;
  readonly autoAllocated?: AutoAllocated;
  /** The type is a singleton, of this group. */
  readonly group?: string;
}

/** What was asked for takes precedence over what is planned. */
export function wishOf({ port, exact = false, planned }: AllocateRequest): {
  readonly port: number | undefined;
  readonly exact: boolean;
} {
  const plan = port === undefined && planned?.exact === true;
  return plan ? { port: planned.port, exact: true } : { port, exact };
}

/** One step of the search, in order of preference. */
export type Step =
  /** May be given if the machine agrees. */
  | { readonly kind: 'try'; readonly port: number }
  /** A wish that cannot come true, or a port that another pair moved away from, and why. */
  | { readonly kind: 'skip'; readonly conflict: Conflict };

/**
 * Where to look for a port, in the order of docs/ports.md, "How a port is chosen": the wishes, the
 * type's preferred ports, its range in ascending order; then ports that other pairs remember, then
 * those that other pairs just gave up, the longest ago first. Never a reserved or allocated port,
 * nor one that browsers refuse, nor one that another pair moved away from a moment ago. Lazy: most
 * searches end at the first step.
 */
export function* candidates(
  state: State,
  search: Search,
  goneFolders: ReadonlySet<string>,
  now: number,
  rules: Rules,
): Generator<Step, void> {
  const pair = pairKey(search);
  const seen = new Set(search.wishes);
  const remembered: number[] = [];
  const cooling: CoolingPort[] = [];
  const coolingAt = (port: number): CoolingPort | undefined =>
    coolingFor(state, port, pair, now, search.group);
  for (const port of new Set(search.wishes)) {
    const taken = takenBy(state, port, rules);
    const cooled = coolingAt(port);
    if (taken !== undefined) {
      yield { kind: 'skip', conflict: taken };
    } else if (cooled !== undefined && (cooled.strict === true || !search.exact)) {
      yield released(cooled);
      if (cooled.strict !== true) {
        cooling.push(cooled);
      }
    } else {
      // Exactly this port leaves nothing else, which is when the cooldown yields.
      yield { kind: 'try', port };
    }
  }
  for (const port of search.exact ? [] : portsOf(search)) {
    if (seen.has(port) || state.byPort.has(port) || reservedReason(rules, port) !== undefined) {
      continue;
    }
    seen.add(port);
    const cooled = coolingAt(port);
    if (cooled?.strict === true) {
      yield released(cooled);
    } else if (cooled !== undefined) {
      cooling.push(cooled);
    } else if (rememberedByOthers(state, port, pair, goneFolders)) {
      remembered.push(port);
    } else {
      yield { kind: 'try', port };
    }
  }
  cooling.sort((a, b) => a.until - b.until);
  for (const port of [...remembered, ...cooling.map((each) => each.port)]) {
    yield { kind: 'try', port };
  }
}

function released({ port, pair }: CoolingPort): Step {
  return { kind: 'skip', conflict: { port, reason: 'released', pair: splitPairKey(pair) } };
}

/** A template shifts where the search begins; what it shifts out of the range is left out. */
function* portsOf({ serviceType, offset }: Search): Iterable<number> {
  const { preferred, range } = serviceType;
  for (const port of preferred) {
    const shifted = port + offset;
    if (offset === 0 || (shifted >= range.first && shifted <= range.last)) {
      yield shifted;
    }
  }
  for (let port = range.first; port <= range.last; port += 1) {
    yield port;
  }
}

function takenBy(state: State, port: number, rules: Rules): Conflict | undefined {
  if (reservedReason(rules, port) !== undefined) {
    return { port, reason: 'reserved' };
  }
  const allocation = allocationAt(state, port);
  if (allocation === undefined) {
    return undefined;
  }
  const { workspace, service } = allocation;
  return { port, reason: 'allocated', pair: { workspace, service } };
}

function rememberedByOthers(
  state: State,
  port: number,
  pair: string,
  goneFolders: ReadonlySet<string>,
): boolean {
  return (state.rememberedBy.get(port) ?? []).some(
    (other) => other !== pair && !goneFolders.has(splitPairKey(other).workspace),
  );
}
