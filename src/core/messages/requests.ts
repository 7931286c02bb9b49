/**
 * What a participant asks of the leader, and what it is answered. A request is described by its
 * schema: the shape that is let in. What a value means (a port in range, a well-formed name) is
 * decided by the engine, which gives the better message. Unknown fields are let through, so that
 * windows of different versions understand each other.
 */
import * as v from 'valibot';
import type { AuditEntry, AuditQuery, AuditWhat } from '../domain/audit';
import { PROTOCOLS, type PortRange, type ServiceType } from '../domain/catalogue';
import type {
  AutoAllocation,
  AutoAllocationRule,
  FileProblem,
  Placement,
  Reservation,
  Template,
} from '../domain/configuration';
import type { ErrorJson } from '../domain/errors';
import type {
  Allocation,
  AllocationView,
  Conflict,
  HealthSample,
  HistoryEntry,
  Participant,
  Shared,
} from '../domain/model';
import { paths, shape, text } from '../domain/schema';
import type { AddressFinding } from '../host/interfaces';

/** What a plan says of a service: a `Planned`. */
const planned = {
  port: v.exactOptional(v.number()),
  exact: v.exactOptional(v.boolean()),
  health: v.exactOptional(text),
  protocol: v.exactOptional(v.picklist(PROTOCOLS)),
};

/** Asks for the port of (workspace, service). Idempotent, and again by `requestId`. */
export const allocateRequest = shape({
  requestId: text,
  /** Canonical absolute path. */
  workspace: text,
  service: text,
  serviceType: v.exactOptional(text),
  /** 1024-65535. */
  port: v.exactOptional(v.number()),
  /** With `port`: that port or an error that names who has it. */
  exact: v.exactOptional(v.boolean()),
  /** Named by configuration: shifts where the search begins. Else the git branch may name one. */
  template: v.exactOptional(text),
  /** The workspace's plan declares the service. */
  planned: v.exactOptional(shape(planned)),
});

export type AllocateRequest = v.InferOutput<typeof allocateRequest>;

/** The range that was found for a type that is not declared. */
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
const allocationRef = shape({
  id: v.exactOptional(text),
  port: v.exactOptional(v.number()),
  service: v.exactOptional(text),
  workspace: v.exactOptional(text),
});

export type AllocationRef = v.InferOutput<typeof allocationRef>;

/** What is to be released or moved. */
const targeted = {
  requestId: text,
  target: allocationRef,
  /** The caller's workspaces; with `id` in the target, none is needed. */
  workspaces: paths,
  /** Set after the user confirmed a change to another workspace's allocation. */
  confirmed: v.exactOptional(v.boolean()),
};

export const releaseRequest = shape({
  ...targeted,
  /** Ends a shared allocation although others hold it too. */
  everyone: v.exactOptional(v.boolean()),
});

export type ReleaseRequest = v.InferOutput<typeof releaseRequest>;

export interface ReleaseAnswer {
  /** As it is after the release: `holders` are the ones that remain. */
  readonly released: Allocation;
  readonly remainingHolders: number;
  readonly message: string;
}

const planService = shape({
  service: text,
  serviceType: v.exactOptional(text),
  ...planned,
});

export type PlanRequestService = v.InferOutput<typeof planService>;

/** Allocates what a plan declares, in one commit. */
export const planRequest = shape({
  requestId: text,
  workspace: text,
  services: v.pipe(v.array(planService), v.maxLength(256), v.readonly()),
  template: v.exactOptional(text),
  /** What can be granted is granted, and the rest is reported; else it is all or nothing. */
  partial: v.exactOptional(v.boolean()),
});

export type PlanRequest = v.InferOutput<typeof planRequest>;

export interface PlanAnswer {
  /** In the order of the request, without what was refused. */
  readonly answers: readonly AllocateAnswer[];
  /** Empty unless `partial` was asked for. */
  readonly refused: readonly { readonly service: string; readonly error: ErrorJson }[];
}

/** Takes back the range of an auto-allocated type. */
export const undoRequest = shape({ requestId: text, serviceType: text });

export type UndoRequest = v.InferOutput<typeof undoRequest>;

export interface UndoAnswer {
  readonly serviceType: string;
  readonly range: PortRange;
  readonly message: string;
}

/** Edits `auto_allocation.enabled` in `config.json`. */
export const autoAllocationRequest = shape({ enabled: v.boolean() });

export type AutoAllocationRequest = v.InferOutput<typeof autoAllocationRequest>;

export const auditRequest = shape({
  port: v.exactOptional(v.number()),
  workspace: v.exactOptional(text),
  serviceType: v.exactOptional(text),
  what: v.exactOptional(v.custom<AuditWhat>((value) => v.is(text, value), 'is not a word')),
  since: v.exactOptional(v.number()),
  limit: v.exactOptional(v.number()),
}) satisfies v.GenericSchema<unknown, AuditQuery>;

export type AuditRequest = AuditQuery;

export interface AuditAnswer {
  /** Oldest first. */
  readonly entries: readonly AuditEntry[];
  /** There are more that match. */
  readonly truncated: boolean;
  /** Absolute path of the newest file. */
  readonly path: string;
}

/** `port`: 1024-65535. */
export const moveRequest = shape({ ...targeted, port: v.number() });

export type MoveRequest = v.InferOutput<typeof moveRequest>;

export interface MoveAnswer {
  readonly allocation: Allocation;
  readonly movedFrom: number;
  readonly message: string;
}

export const inspectRequest = shape({ port: v.number() });

export type InspectRequest = v.InferOutput<typeof inspectRequest>;

export interface InspectAnswer {
  readonly port: number;
  /** Absent when the port is not allocated. */
  readonly allocation?: AllocationView;
  readonly addresses: readonly AddressFinding[];
  /** Everyone who listens on the port, allocated or not. */
  readonly listeners: readonly Conflict[];
  readonly history: readonly HistoryEntry[];
  /** What was seen of the allocation lately, newest last; see `HEALTH_HISTORY_LIMIT`. */
  readonly health?: readonly HealthSample[];
  /** Why this port is never given, if so: a reservation, a browser's refusal list. */
  readonly reserved?: string;
  /** Types whose range contains the port. */
  readonly serviceTypes: readonly string[];
  readonly checkedAt: number;
}

export interface StatusAnswer {
  readonly epoch: number;
  readonly leader: Pick<Participant, 'kind' | 'label' | 'pid'> & {
    readonly participant: string;
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
  readonly autoAllocation: Omit<AutoAllocation, 'rules'> & {
    readonly rules: readonly Pick<AutoAllocationRule, 'pattern'>[];
  };
  readonly templates: readonly TemplateView[];
  readonly reservations: readonly Reservation[];
  /** Of the file as it is now; with an error among them, an earlier reading is in force. */
  readonly problems: readonly FileProblem[];
}

export interface TemplateView extends Omit<Template, 'offsets'> {
  /** Of single types, where they differ. */
  readonly offsets: Readonly<Record<string, number>>;
}

/** What changed since the push before. Absent parts did not change. */
export interface SnapshotDelta
  extends
    Pick<Snapshot, 'epoch' | 'seq'>,
    Partial<Pick<Snapshot, 'participants' | 'configuration'>> {
  readonly changed: readonly AllocationView[];
  /** Ids of allocations that ended. */
  readonly removed: readonly string[];
}
