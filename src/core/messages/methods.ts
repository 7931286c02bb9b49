/**
 * What goes over the socket, in one table: each method with the shape of its parameters and what it
 * does. Client, wire, sessions and leader follow from it. JSON-RPC carries it; unknown methods are
 * refused.
 */
import * as v from 'valibot';
import { brief } from '../domain/describe';
import { StyxyError } from '../domain/errors';
import { allocationSchema, participantSchema, type Allocation } from '../domain/model';
import { paths, shape, text } from '../domain/schema';
import type { DoctorAnswer } from './doctorReport';
import {
  allocateRequest,
  auditRequest,
  autoAllocationRequest,
  inspectRequest,
  moveRequest,
  planRequest,
  releaseRequest,
  undoRequest,
  type AllocateAnswer,
  type AuditAnswer,
  type InspectAnswer,
  type MoveAnswer,
  type PlanAnswer,
  type ReleaseAnswer,
  type Snapshot,
  type SnapshotDelta,
  type StatusAnswer,
  type UndoAnswer,
} from './requests';

/**
 * Raised when a change cannot be understood by the version before, on the wire or in the files: an
 * older version reads it in the lock and follows instead of leading.
 */
export const PROTOCOL_VERSION = 1;

/** The oldest protocol that a leader of this version still serves. */
export const OLDEST_PROTOCOL = 1;

/** Largest message that a leader takes, in bytes. */
export const MAX_REQUEST_BYTES = 1024 * 1024;

/**
 * Nothing of ours is nested half as deep. What is nested thousandfold can be read, but neither kept
 * nor passed on: writing it out as JSON would overflow the stack.
 */
const MAX_DEPTH = 16;

/** Largest message that a follower takes: a snapshot of thousands of allocations. */
export const MAX_PUSH_BYTES = 32 * 1024 * 1024;

/** First words on a connection: each side proves that it knows the lock's secret. */
const handshake = shape({
  protocol: v.number(),
  /** 32 random bytes in hex. */
  nonce: v.pipe(v.string(), v.hexadecimal()),
});

export interface HandshakeAnswer {
  readonly protocol: number;
  readonly version: string;
  readonly epoch: number;
  readonly nonce: string;
  /** HMAC-SHA256 over role and both nonces, keyed with the secret, in hex. */
  readonly proof: string;
}

const hello = shape({
  proof: text,
  participant: participantSchema,
  /**
   * The allocations that it last knew to be held in its folders: used only after all copies were
   * damaged. Those that could not be stored are left out: one would make the state unreadable.
   */
  holds: v.pipe(
    v.array(v.unknown()),
    v.transform((holds) => holds.flatMap(storable)),
    v.readonly(),
  ),
});

/** `suspect`: the leader still asks the windows what they hold, so this shows less than that. */
export interface PushedSnapshot extends Snapshot {
  readonly suspect?: boolean;
}

/** Pushes from the leader to every participant. */
export interface Pushes {
  snapshot: PushedSnapshot;
  delta: SnapshotDelta;
}

/** Carries the type of an answer through the table; there is no value. */
interface Answer<Type> {
  readonly type?: Type;
}

function answer<Type>(): Answer<Type> {
  return {};
}

const nothing = shape({});

/**
 * Requests from a participant to the leader. `connection`: of the connection itself, before and
 * while the participant is known. `write`: changes the state in a commit, under a request id, and
 * may be repeated under it. `read`: answered from the state. `leader`: makes the leader do something
 * beside the state.
 *
 * Errors of every request: `leader_unavailable`, `timeout`, `cancelled`, `storage_unavailable`,
 * `protocol_mismatch`, `internal`, and those that the request names.
 */
const METHODS = {
  handshake: { kind: 'connection', params: handshake, answer: answer<HandshakeAnswer>() },
  hello: { kind: 'connection', params: hello, answer: answer<{ snapshot: PushedSnapshot }>() },
  ping: { kind: 'connection', params: nothing, answer: answer<{ epoch: number }>() },
  folders: {
    kind: 'connection',
    params: shape({ folders: paths }),
    answer: answer<unknown>(),
  },
  /** Errors: `invalid_argument` `port_reserved` `port_in_use` `no_port_available`. */
  allocate: { kind: 'write', params: allocateRequest, answer: answer<AllocateAnswer>() },
  /** Errors: `invalid_argument` `allocation_not_found` `not_holder`. */
  release: { kind: 'write', params: releaseRequest, answer: answer<ReleaseAnswer>() },
  /** One commit. Errors: those of `allocate` and `release`. */
  move: { kind: 'write', params: moveRequest, answer: answer<MoveAnswer>() },
  /**
   * One commit, for all services of a plan. Errors: those of `allocate`, for the first service
   * that is refused, whose name is in `details.service`; with `partial` only `invalid_argument`.
   */
  allocatePlan: { kind: 'write', params: planRequest, answer: answer<PlanAnswer>() },
  /** Errors: `invalid_argument`; `port_in_use` with the ports of the type that are held. */
  undoAutoAllocation: { kind: 'write', params: undoRequest, answer: answer<UndoAnswer>() },
  /** Errors: `invalid_config` if the file cannot be edited, `storage_unavailable`. */
  setAutoAllocation: {
    kind: 'leader',
    params: autoAllocationRequest,
    answer: answer<Snapshot>(),
  },
  /** Errors: `invalid_argument`, `storage_unavailable`. */
  audit: { kind: 'read', params: auditRequest, answer: answer<AuditAnswer>() },
  /** Errors: `invalid_argument`. */
  inspect: { kind: 'read', params: inspectRequest, answer: answer<InspectAnswer>() },
  /** The allocations as the leader has them now, not as last pushed. */
  list: { kind: 'read', params: nothing, answer: answer<Snapshot>() },
  status: { kind: 'read', params: nothing, answer: answer<StatusAnswer>() },
  /** What is known of Styxy and its machine, and what to do about it. */
  doctor: { kind: 'read', params: nothing, answer: answer<DoctorAnswer>() },
  /** Makes the leader hand over. */
  handOver: { kind: 'leader', params: nothing, answer: answer<unknown>() },
} as const;

type Table = typeof METHODS;

export type Methods = {
  [M in keyof Table]: {
    params: v.InferOutput<Table[M]['params']>;
    result: Table[M]['answer'] extends Answer<infer Type> ? Type : never;
  };
};

export type MethodName = keyof Table;

type OfKind<Kind extends Table[MethodName]['kind']> = {
  [M in MethodName]: Table[M]['kind'] extends Kind ? M : never;
}[MethodName];

export type WriteName = OfKind<'write'>;
export type ReadName = OfKind<'read'>;
export type ConnectionMethod = OfKind<'connection'>;
/** What a participant may ask for once it is known. */
export type RequestName = Exclude<MethodName, ConnectionMethod>;

export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];

export const REQUEST_NAMES = METHOD_NAMES.filter(isRequest);

export function isRequest(method: MethodName): method is RequestName {
  return METHODS[method].kind !== 'connection';
}

export function isWrite(method: MethodName): method is WriteName {
  return METHODS[method].kind === 'write';
}

export function isRead(method: MethodName): method is ReadName {
  return METHODS[method].kind === 'read';
}

/** Whether a request says anything beside its name. */
export function hasParams(method: MethodName): boolean {
  return Object.keys(METHODS[method].params.entries).length > 0;
}

/** Checks the parameters of a request as it comes in. Errors: `invalid_argument`. */
export function parseParams<M extends MethodName>(
  method: M,
  params: unknown,
): Methods[M]['params'] {
  if (isTooDeep(params)) {
    throw new StyxyError(
      'invalid_argument',
      `The request "${method}" is nested more than ${MAX_DEPTH} deep. Correct it and ask again.`,
      { details: { method, maxDepth: MAX_DEPTH } },
    );
  }
  const schema: v.GenericSchema = METHODS[method].params;
  // Of thousands of wrong elements one is reported: gathering all of them would stop the leader.
  const result = v.safeParse(schema, params, { abortEarly: true });
  if (result.success) {
    return result.output as Methods[M]['params'];
  }
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? '';
  throw new StyxyError(
    'invalid_argument',
    `The request "${method}" is malformed${path === '' ? '' : ` at ${path}`}: ${brief(issue.message)}. Correct it and ask again.`,
    { details: { method, path } },
  );
}

/** Level by level, since a recursion is what must not happen. */
function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    level = level.flatMap((each): unknown[] =>
      typeof each === 'object' && each !== null ? Object.values(each) : [],
    );
    if (level.length === 0) {
      return false;
    }
  }
  return true;
}

function storable(value: unknown): readonly Allocation[] {
  const read = v.safeParse(allocationSchema, value, { abortEarly: true });
  return read.success ? [read.output] : [];
}
