/**
 * What goes over the socket: method names, their shapes, and the checks at the boundary. JSON-RPC
 * carries it. Unknown fields are let through, so that windows of different versions understand
 * each other; unknown methods are refused.
 */
import * as v from 'valibot';
import { PROTOCOLS } from '../domain/catalogue';
import { brief } from '../domain/describe';
import type { DoctorAnswer } from './doctorReport';
import { StyxyError } from '../domain/errors';
import type { Allocation, Participant } from '../domain/model';
import type {
  AllocateAnswer,
  AllocateRequest,
  AuditAnswer,
  AuditRequest,
  AutoAllocationRequest,
  InspectAnswer,
  InspectRequest,
  MoveAnswer,
  MoveRequest,
  PlanAnswer,
  PlanRequest,
  ReleaseAnswer,
  ReleaseRequest,
  Snapshot,
  SnapshotDelta,
  StatusAnswer,
  UndoAnswer,
  UndoRequest,
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
interface HandshakeRequest {
  readonly protocol: number;
  /** 32 random bytes in hex. */
  readonly nonce: string;
}

export interface HandshakeAnswer {
  readonly protocol: number;
  readonly version: string;
  readonly epoch: number;
  readonly nonce: string;
  /** HMAC-SHA256 over role and both nonces, keyed with the secret, in hex. */
  readonly proof: string;
}

interface HelloRequest {
  readonly proof: string;
  readonly participant: Participant;
  /** What it last knew to be held in its folders: heard only after all copies were damaged. */
  readonly holds: readonly Allocation[];
}

interface HelloAnswer {
  readonly snapshot: PushedSnapshot;
}

/** `suspect`: the leader is still hearing what the windows hold, so this shows less than that. */
export interface PushedSnapshot extends Snapshot {
  readonly suspect?: boolean;
}

/** Requests from a participant to the leader. */
export interface Methods {
  handshake: { params: HandshakeRequest; result: HandshakeAnswer };
  hello: { params: HelloRequest; result: HelloAnswer };
  ping: { params: Record<string, never>; result: { epoch: number } };
  folders: { params: { folders: readonly string[] }; result: Record<string, never> };
  allocate: { params: AllocateRequest; result: AllocateAnswer };
  release: { params: ReleaseRequest; result: ReleaseAnswer };
  move: { params: MoveRequest; result: MoveAnswer };
  allocatePlan: { params: PlanRequest; result: PlanAnswer };
  undoAutoAllocation: { params: UndoRequest; result: UndoAnswer };
  setAutoAllocation: { params: AutoAllocationRequest; result: Snapshot };
  audit: { params: AuditRequest; result: AuditAnswer };
  inspect: { params: InspectRequest; result: InspectAnswer };
  list: { params: Record<string, never>; result: Snapshot };
  status: { params: Record<string, never>; result: StatusAnswer };
  doctor: { params: Record<string, never>; result: DoctorAnswer };
  handOver: { params: Record<string, never>; result: Record<string, never> };
}

export type MethodName = keyof Methods;

/** Pushes from the leader to every participant. */
export interface Pushes {
  snapshot: PushedSnapshot;
  delta: SnapshotDelta;
}

const text = v.pipe(v.string(), v.maxLength(4096));
/** What JSON can write: it reads 1e309 as Infinity and would write that as null. */
const finite = v.pipe(v.number(), v.finite());
const requestId = v.pipe(v.string(), v.minLength(8), v.maxLength(64));
const paths = v.pipe(v.array(text), v.maxLength(256));
const target = v.looseObject({
  id: v.optional(text),
  port: v.optional(v.number()),
  service: v.optional(text),
  workspace: v.optional(text),
});
const planned = {
  port: v.optional(v.number()),
  exact: v.optional(v.boolean()),
  health: v.optional(text),
  protocol: v.optional(v.picklist(PROTOCOLS)),
};
const nothing = v.looseObject({});
const holder = v.looseObject({
  participant: text,
  kind: v.picklist(['window', 'cli', 'daemon', 'http', 'agent']),
  label: text,
  pid: finite,
  since: finite,
});
const allocation = v.looseObject({
  id: v.pipe(v.string(), v.uuid()),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
  serviceType: text,
  service: text,
  workspace: text,
  holders: v.array(holder),
  allocatedAt: finite,
  movedFrom: v.optional(finite),
  group: v.optional(text),
});
const participant = v.looseObject({
  id: v.pipe(v.string(), v.minLength(8), v.maxLength(64)),
  kind: v.picklist(['window', 'cli', 'daemon', 'http', 'agent']),
  label: text,
  pid: v.pipe(v.number(), v.integer(), v.minValue(0)),
  startedAt: v.optional(finite),
  identity: v.optional(v.pipe(v.string(), v.maxLength(256))),
  version: text,
  folders: paths,
});

/**
 * The shape of each request. What a value means (a port in range, a well-formed name) is decided
 * by the engine, which gives the better message.
 */
const SHAPES = {
  handshake: v.looseObject({ protocol: v.number(), nonce: v.pipe(v.string(), v.hexadecimal()) }),
  hello: v.looseObject({ proof: text, participant, holds: v.array(allocation) }),
  ping: nothing,
  folders: v.looseObject({ folders: paths }),
  allocate: v.looseObject({
    requestId,
    workspace: text,
    service: text,
    serviceType: v.optional(text),
    port: v.optional(v.number()),
    exact: v.optional(v.boolean()),
    template: v.optional(text),
    planned: v.optional(v.looseObject(planned)),
  }),
  allocatePlan: v.looseObject({
    requestId,
    workspace: text,
    services: v.pipe(
      v.array(v.looseObject({ service: text, serviceType: v.optional(text), ...planned })),
      v.maxLength(256),
    ),
    template: v.optional(text),
    partial: v.optional(v.boolean()),
  }),
  undoAutoAllocation: v.looseObject({ requestId, serviceType: text }),
  setAutoAllocation: v.looseObject({ enabled: v.boolean() }),
  audit: v.looseObject({
    port: v.optional(v.number()),
    workspace: v.optional(text),
    serviceType: v.optional(text),
    what: v.optional(text),
    since: v.optional(v.number()),
    limit: v.optional(v.number()),
  }),
  release: v.looseObject({
    requestId,
    target,
    workspaces: paths,
    confirmed: v.optional(v.boolean()),
    everyone: v.optional(v.boolean()),
  }),
  move: v.looseObject({
    requestId,
    target,
    workspaces: paths,
    confirmed: v.optional(v.boolean()),
    port: v.number(),
  }),
  inspect: v.looseObject({ port: v.number() }),
  list: nothing,
  status: nothing,
  doctor: nothing,
  handOver: nothing,
} as const satisfies Record<MethodName, v.GenericSchema>;

export const METHOD_NAMES = Object.keys(SHAPES) as MethodName[];

/** Checks the parameters of a request at the leader's door. Errors: `invalid_argument`. */
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
  const schema: v.GenericSchema = SHAPES[method];
  // Of thousands of wrong elements one is told: gathering all of them would stop the leader.
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
