import type { AuditEntry, AuditQuery } from '../domain/audit';
import type { PortRange, ServiceType } from '../domain/catalogue';
import type { FileProblem, Placement, Reservation } from '../domain/configuration';
import type { ErrorJson } from '../domain/errors';
import type {
  Allocation,
  AllocationView,
  Conflict,
  HealthSample,
  HistoryEntry,
  Participant,
  Planned,
  Shared,
} from '../domain/model';
import type { AddressFinding } from '../host/interfaces';

/** Asks for the port of (workspace, service). Idempotent, and again by `requestId`. */
export interface AllocateRequest {
  readonly requestId: string;
  /** Canonical absolute path. */
  readonly workspace: string;
  readonly service: string;
  readonly serviceType?: string;
  /** 1024-65535. */
  readonly port?: number;
  /** With `port`: that port or an error that names who has it. */
  readonly exact?: boolean;
  /** Named by configuration: shifts where the search begins. Else the git branch may name one. */
  readonly template?: string;
  /** The workspace's plan declares the service. */
  readonly planned?: Planned;
}

/** The range that was found for a type that nobody declared. */
export interface AutoAllocated {
  readonly serviceType: string;
  readonly range: PortRange;
  readonly chunkSize: number;
  readonly placement: Placement;
}

export interface AllocateAnswer {
  readonly allocation: Allocation;
  /** True when the pair had an allocation already. */
  readonly existing: boolean;
  /** True when the pair's own server was found listening and its port was taken over. */
  readonly adopted?: boolean;
  /** Of a singleton. */
  readonly shared?: Shared;
  readonly autoAllocated?: AutoAllocated;
  /** A port that the plan names and that could not be given: to be offered once it is free. */
  readonly wish?: number;
  readonly movedFrom?: number;
  /** Candidates that were refused by the machine, in the order they were tried. */
  readonly conflicts: readonly Conflict[];
  /** How many candidates were looked at. */
  readonly attempts: number;
  readonly message: string;
}

/** Exactly one of `id`, `port`, or `service` with `workspace`. */
export interface AllocationRef {
  readonly id?: string;
  readonly port?: number;
  readonly service?: string;
  readonly workspace?: string;
}

export interface ReleaseRequest {
  readonly requestId: string;
  readonly target: AllocationRef;
  /** The caller's workspaces; with `id` in the target, none is needed. */
  readonly workspaces: readonly string[];
  /** Set after the user confirmed the release of another workspace's allocation. */
  readonly confirmed?: boolean;
  /** Ends a shared allocation although others hold it too. */
  readonly everyone?: boolean;
}

export interface ReleaseAnswer {
  /** As it is after the release: `holders` are the ones that remain. */
  readonly released: Allocation;
  readonly remainingHolders: number;
  readonly message: string;
}

/** Allocates what a plan declares, in one commit. */
export interface PlanRequest {
  readonly requestId: string;
  readonly workspace: string;
  readonly services: readonly PlanRequestService[];
  readonly template?: string;
  /** What can be granted is, and the rest is told; else it is all or nothing. */
  readonly partial?: boolean;
}

export interface PlanRequestService extends Planned {
  readonly service: string;
  readonly serviceType?: string;
}

export interface PlanAnswer {
  /** In the order of the request, without what was refused. */
  readonly answers: readonly AllocateAnswer[];
  /** Empty unless `partial` was asked for. */
  readonly refused: readonly { readonly service: string; readonly error: ErrorJson }[];
}

/** Takes back the range of an auto-allocated type. */
export interface UndoRequest {
  readonly requestId: string;
  readonly serviceType: string;
}

export interface UndoAnswer {
  readonly serviceType: string;
  readonly range: PortRange;
  readonly message: string;
}

/** Edits `auto_allocation.enabled` in `config.json`. */
export interface AutoAllocationRequest {
  readonly enabled: boolean;
}

export type AuditRequest = AuditQuery;

export interface AuditAnswer {
  /** Oldest first. */
  readonly entries: readonly AuditEntry[];
  /** There are more that match. */
  readonly truncated: boolean;
  /** Absolute path of the newest file. */
  readonly path: string;
}

export interface MoveRequest {
  readonly requestId: string;
  readonly target: AllocationRef;
  readonly workspaces: readonly string[];
  readonly confirmed?: boolean;
  /** 1024-65535. */
  readonly port: number;
}

export interface MoveAnswer {
  readonly allocation: Allocation;
  readonly movedFrom: number;
  readonly message: string;
}

export interface InspectRequest {
  readonly port: number;
}

export interface InspectAnswer {
  readonly port: number;
  /** Absent when Styxy gave the port to nobody. */
  readonly allocation?: AllocationView;
  readonly addresses: readonly AddressFinding[];
  /** Everyone who listens on the port, allocated or not. */
  readonly listeners: readonly Conflict[];
  readonly history: readonly HistoryEntry[];
  /** What was seen of the allocation lately, newest last; see `HEALTH_HISTORY_LIMIT`. */
  readonly health?: readonly HealthSample[];
  /** Why nobody gets this port, if so: a reservation, a browser's refusal list. */
  readonly reserved?: string;
  /** Types whose range contains the port. */
  readonly serviceTypes: readonly string[];
  readonly checkedAt: number;
}

export interface StatusAnswer {
  readonly epoch: number;
  readonly leader: {
    readonly pid: number;
    readonly participant: string;
    readonly kind: Participant['kind'];
    readonly label: string;
    readonly workspace?: string;
    readonly since: number;
  };
  readonly participants: readonly Participant[];
  /** Why nothing can be granted now, if so. */
  readonly storage: { readonly ok: boolean; readonly problem?: string };
  /** Commits since this leader began. */
  readonly commits: number;
  readonly home: string;
}

/** All that the windows show. `epoch` and `seq` order it; lower ones are stale. */
export interface Snapshot {
  readonly epoch: number;
  readonly seq: number;
  readonly leader: StatusAnswer['leader'];
  readonly participants: readonly Participant[];
  readonly allocations: readonly AllocationView[];
  /** Absent from a leader of an older version. */
  readonly configuration?: ConfigurationView;
}

/** The configuration in force, as every face shows it. */
export interface ConfigurationView {
  /** `config.json`. */
  readonly path: string;
  /** All types in force, the auto-allocated ones last. */
  readonly types: readonly ServiceType[];
  readonly autoAllocation: {
    readonly enabled: boolean;
    readonly chunkSize: number;
    readonly placement: Placement;
    readonly minPort: number;
    readonly maxPort: number;
    readonly preserveGaps: boolean;
    readonly gapSize: number;
    readonly rules: readonly { readonly pattern: string }[];
  };
  readonly templates: readonly TemplateView[];
  readonly reservations: readonly Reservation[];
  /** Of the file as it is now; with an error among them, an earlier reading is in force. */
  readonly problems: readonly FileProblem[];
}

export interface TemplateView {
  readonly name: string;
  readonly description?: string;
  readonly offset: number;
  /** Of single types, where they differ. */
  readonly offsets: Readonly<Record<string, number>>;
  readonly branches: readonly string[];
}

/** What changed since the push before. Absent parts did not change. */
export interface SnapshotDelta {
  readonly epoch: number;
  readonly seq: number;
  readonly participants?: readonly Participant[];
  readonly configuration?: ConfigurationView;
  readonly changed: readonly AllocationView[];
  /** Ids of allocations that ended. */
  readonly removed: readonly string[];
}
