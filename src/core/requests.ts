import type { Allocation, AllocationView, Conflict, HistoryEntry, Participant } from './model';

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
}

export interface AllocateAnswer {
  readonly allocation: Allocation;
  /** True when the pair had an allocation already. */
  readonly existing: boolean;
  /** True when the pair's own server was found listening and its port was taken over. */
  readonly adopted?: boolean;
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
}

export interface ReleaseAnswer {
  /** As it is after the release: `holders` are the ones that remain. */
  readonly released: Allocation;
  readonly remainingHolders: number;
  readonly message: string;
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

/** Result of the direct bind check of one local address. */
export interface AddressFinding {
  readonly address: string;
  readonly result: 'free' | 'busy' | 'forbidden' | 'absent' | 'unknown';
}

export interface InspectAnswer {
  readonly port: number;
  /** Absent when Styxy gave the port to nobody. */
  readonly allocation?: AllocationView;
  readonly addresses: readonly AddressFinding[];
  /** Everyone who listens on the port, allocated or not. */
  readonly listeners: readonly Conflict[];
  readonly history: readonly HistoryEntry[];
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
}

/** What changed since the push before. Absent parts did not change. */
export interface SnapshotDelta {
  readonly epoch: number;
  readonly seq: number;
  readonly participants?: readonly Participant[];
  readonly changed: readonly AllocationView[];
  /** Ids of allocations that ended. */
  readonly removed: readonly string[];
}
