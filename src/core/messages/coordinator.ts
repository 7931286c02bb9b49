import type { DoctorAnswer } from './doctorReport';
import type { CancelSignal, Disposable } from '../host/interfaces';
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
  StatusAnswer,
  UndoAnswer,
  UndoRequest,
} from './requests';

/** A request as a face makes it: the client adds the request id and keeps it over retries. */
export type Ask<Request extends { requestId: string }> = Omit<Request, 'requestId'>;

export type Role =
  /** Looking for a leader, or becoming one. */
  | { readonly kind: 'connecting' }
  | { readonly kind: 'leader' | 'follower'; readonly epoch: number }
  /** Nothing could be reached; the node keeps trying. `problem` is for people. */
  | { readonly kind: 'unreachable'; readonly problem: string };

export interface AskOptions {
  /** Milliseconds; 10,000 by default. After it the answer is unknown: `timeout`, retryable. */
  readonly deadlineMs?: number;
  readonly signal?: CancelSignal;
}

/**
 * The one way in for every face: palette, tree, task variables, command line, HTTP, agents.
 * A request goes to whoever leads; when the leader is lost in between, the same request, with the
 * same id, goes to the next one until the deadline.
 *
 * Errors of every method: `leader_unavailable`, `timeout`, `cancelled`, `storage_unavailable`,
 * `protocol_mismatch`, `internal`, and those that the request names.
 */
export interface Coordinator {
  /** Own participant id. */
  readonly participant: string;
  readonly role: Role;
  /** The last push of the leader; undefined until the first. */
  readonly snapshot: Snapshot | undefined;
  /** Fires after `role` or `snapshot` changed. */
  onDidChange(listener: () => void): Disposable;

  /** Errors: `invalid_argument` `port_reserved` `port_in_use` `no_port_available`. */
  allocate(request: Ask<AllocateRequest>, options?: AskOptions): Promise<AllocateAnswer>;
  /**
   * One commit, for all services of a plan. Errors: those of `allocate`, for the first service
   * that is refused, whose name is in `details.service`; with `partial` only `invalid_argument`.
   */
  allocatePlan(request: Ask<PlanRequest>, options?: AskOptions): Promise<PlanAnswer>;
  /** Errors: `invalid_argument`; `port_in_use` with the ports of the type that are held. */
  undoAutoAllocation(request: Ask<UndoRequest>, options?: AskOptions): Promise<UndoAnswer>;
  /** Errors: `invalid_config` if the file cannot be edited, `storage_unavailable`. */
  setAutoAllocation(request: AutoAllocationRequest, options?: AskOptions): Promise<Snapshot>;
  /** Errors: `invalid_argument`, `storage_unavailable`. */
  audit(request: AuditRequest, options?: AskOptions): Promise<AuditAnswer>;
  /** Errors: `invalid_argument` `allocation_not_found` `not_holder`. */
  release(request: Ask<ReleaseRequest>, options?: AskOptions): Promise<ReleaseAnswer>;
  /** One commit. Errors: those of `allocate` and `release`. */
  move(request: Ask<MoveRequest>, options?: AskOptions): Promise<MoveAnswer>;
  /** Errors: `invalid_argument`. */
  inspect(request: InspectRequest, options?: AskOptions): Promise<InspectAnswer>;
  status(options?: AskOptions): Promise<StatusAnswer>;
  /** What is known of Styxy and its machine, and what to do about it. */
  doctor(options?: AskOptions): Promise<DoctorAnswer>;
  /** The allocations as the leader has them now, not as last pushed. */
  list(options?: AskOptions): Promise<Snapshot>;
  /** Tells the leader which folders this participant has open now. */
  setFolders(folders: readonly string[]): void;
  /** Makes the leader hand over if it is this window's. */
  handOver(): Promise<void>;
  /** Idempotent; ends within two seconds. */
  close(): Promise<void>;
}
