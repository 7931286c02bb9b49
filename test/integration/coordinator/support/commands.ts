/** What a test tells a participant in another process, and what it answers. */
import type { Ask, AskOptions, Role } from '../../../../src/core/messages/coordinator';
import type { DoctorAnswer } from '../../../../src/core/messages/doctorReport';
import type { ErrorJson } from '../../../../src/core/domain/errors';
import type { ParticipantKind } from '../../../../src/core/domain/model';
import type {
  AllocateAnswer,
  AllocateRequest,
  AuditAnswer,
  AuditRequest,
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
} from '../../../../src/core/messages/requests';

export interface StartOptions {
  readonly home: string;
  readonly label: string;
  readonly folders: readonly string[];
  readonly kind?: ParticipantKind;
  /** The worker's script; leads on its main thread when it is absent. */
  readonly worker?: string;
  /** A journal is full after so many bytes. */
  readonly rotateBytes?: number;
  /** Milliseconds after which an absent holder of a shared allocation may be gone. */
  readonly graceMs?: number;
}

type Asked<Request extends { requestId: string }> = Ask<Request> & Pick<AskOptions, 'deadlineMs'>;

export interface Commands {
  start: { params: StartOptions; result: null };
  allocate: { params: Asked<AllocateRequest>; result: AllocateAnswer };
  allocatePlan: { params: Asked<PlanRequest>; result: PlanAnswer };
  undoAutoAllocation: { params: Asked<UndoRequest>; result: UndoAnswer };
  setAutoAllocation: { params: { enabled: boolean }; result: Snapshot };
  audit: { params: AuditRequest; result: AuditAnswer };
  doctor: { params: null; result: DoctorAnswer };
  release: { params: Asked<ReleaseRequest>; result: ReleaseAnswer };
  move: { params: Asked<MoveRequest>; result: MoveAnswer };
  inspect: { params: InspectRequest; result: InspectAnswer };
  list: { params: { deadlineMs?: number }; result: Snapshot };
  status: { params: { deadlineMs?: number }; result: StatusAnswer };
  /** What the participant shows by itself, without asking. */
  see: { params: null; result: { role: Role; snapshot: Snapshot | null } };
  setFolders: { params: readonly string[]; result: null };
  handOver: { params: null; result: null };
  listen: { params: { port: number; host?: string }; result: null };
  /** Stalls the main thread. Answered at its end. */
  block: { params: { ms: number }; result: null };
  /** Leaves in order; the process then ends by itself if nothing was left open. */
  close: { params: null; result: null };
}

export type CommandName = keyof Commands;

export interface CommandMessage {
  readonly id: number;
  readonly name: CommandName;
  readonly params: unknown;
}

export type ReplyMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorJson };
