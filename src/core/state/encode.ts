/** The state as JSON: what line 1 of a journal and the checkpoint carry. */
import * as v from 'valibot';
import type { AutoType } from '../domain/configuration';
import { brief } from '../domain/describe';
import { isRecord } from '../domain/errors';
import {
  pairKey,
  pairsOf,
  type Allocation,
  type CoolingPort,
  type RememberedPort,
} from '../domain/model';
import { given } from '../domain/schema';
import { ANSWERED_LIMIT, HISTORY_LIMIT, MEMORY_LIMIT, type State } from './state';
import { stateBodySchema, type Answered, type StateBody, type UndoneType } from './schema';
import { PersistentMap } from './persistentMap';

/** Grows with each change that an older version would misread. */
const STATE_SCHEMA = 1;

const KNOWN_FIELDS: ReadonlySet<string> = new Set(Object.keys(stateBodySchema.entries));

export type Decoded =
  | { readonly kind: 'state'; readonly state: State }
  /** Written by a newer version: follow, never lead. */
  | { readonly kind: 'newer' }
  /** No state of any version. `where` says which part is wrong and how, for a report. */
  | { readonly kind: 'invalid'; readonly where: string };

export function toBody(state: State): StateBody {
  return {
    ...state.extra,
    schema: STATE_SCHEMA,
    suspect: state.needsResync,
    allocations: [...state.allocations.values()],
    memory: [...state.memory.values()],
    cooling: [...state.cooling.values()],
    answered: [...state.answered.values()],
    types: [...state.types.values()],
    undone: [...state.undone.values()],
    ...given({ configuration: state.configuration }),
    history: state.history,
  };
}

/** Validates a parsed body. Never throws; a limit that was lowered drops the oldest records. */
export function fromBody(body: unknown): Decoded {
  if (isRecord(body) && Number.isSafeInteger(body.schema) && Number(body.schema) > STATE_SCHEMA) {
    return { kind: 'newer' };
  }
  const read = v.safeParse(stateBodySchema, body, { abortEarly: true });
  if (!read.success) {
    const [issue] = read.issues;
    return { kind: 'invalid', where: `${v.getDotPath(issue) ?? 'body'}: ${brief(issue.message)}` };
  }
  const {
    suspect: needsResync,
    allocations,
    memory,
    cooling,
    answered,
    history,
    configuration,
    types = [],
    undone = [],
  } = read.output;
  const pairs = allocations.flatMap((each: Allocation) =>
    pairsOf(each).map((pair) => [pairKey(pair), each.id] as const),
  );
  const groups = allocations.flatMap(({ group, id }) =>
    group === undefined ? [] : [[group, id] as const],
  );
  const extra = Object.entries(read.output).filter(([key]) => !KNOWN_FIELDS.has(key));
  const twice =
    duplicate(allocations, 'allocations', 'id', ({ id }) => id) ??
    duplicate(allocations, 'allocations', 'port', ({ port }) => port) ??
    duplicate(pairs, 'allocations', 'pair', ([pair]) => pair) ??
    duplicate(groups, 'allocations', 'group', ([group]) => group) ??
    duplicate(types, 'types', 'name', ({ name }) => name) ??
    duplicate(memory, 'memory', 'pair', pairKey) ??
    duplicate(cooling, 'cooling', 'port', ({ port }) => port) ??
    duplicate(answered, 'answered', 'requestId', ({ requestId }) => requestId);
  if (twice !== undefined) {
    return { kind: 'invalid', where: twice };
  }
  const remembered: readonly RememberedPort[] = memory.slice(-MEMORY_LIMIT);
  const state: State = {
    allocations: tableBy<string, Allocation>(allocations, ({ id }) => id),
    byPort: PersistentMap.from(allocations.map(({ port, id }) => [port, id] as const)),
    byPair: PersistentMap.from(pairs),
    byGroup: PersistentMap.from(groups),
    memory: tableBy(remembered, pairKey),
    rememberedBy: rememberedBy(remembered),
    cooling: tableBy<number, CoolingPort>(cooling, ({ port }) => port),
    answered: tableBy<string, Answered>(
      answered.slice(-ANSWERED_LIMIT),
      ({ requestId }) => requestId,
    ),
    types: tableBy<string, AutoType>(types, ({ name }) => name),
    undone: tableBy<string, UndoneType>(undone, ({ name }) => name),
    configuration,
    history: history.slice(-HISTORY_LIMIT),
    needsResync,
    extra: Object.fromEntries(extra),
  };
  return { kind: 'state', state };
}

function tableBy<K, V extends NonNullable<unknown>>(
  records: readonly V[],
  keyOf: (record: V) => K,
): PersistentMap<K, V> {
  return PersistentMap.from(records.map((record) => [keyOf(record), record] as const));
}

function rememberedBy(memory: readonly RememberedPort[]): State['rememberedBy'] {
  const pairs = new Map<number, string[]>();
  for (const remembered of memory) {
    const { port } = remembered;
    pairs.set(port, [...(pairs.get(port) ?? []), pairKey(remembered)]);
  }
  return PersistentMap.from(pairs);
}

function duplicate<V>(
  records: readonly V[],
  list: string,
  field: string,
  keyOf: (record: V) => unknown,
): string | undefined {
  const seen = new Map<unknown, number>();
  for (const [index, record] of records.entries()) {
    const key = keyOf(record);
    const first = seen.get(key);
    if (first !== undefined) {
      return `${list}.${index}: has the same ${field} as ${list}.${first}`;
    }
    seen.set(key, index);
  }
  return undefined;
}
