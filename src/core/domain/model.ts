/** The words of Styxy as data. All times are milliseconds since the Unix epoch. */
import type { Protocol } from './catalogue';

export const PARTICIPANT_KINDS = ['window', 'cli', 'daemon', 'http', 'agent'] as const;

export type ParticipantKind = (typeof PARTICIPANT_KINDS)[number];

/** Somebody who talks to the leader: a window, a CLI run, a headless participant. */
export interface Participant {
  /** Random, one for each activation or run; never derived from a pid or a folder. */
  readonly id: string;
  readonly kind: ParticipantKind;
  /** What a person would call it: the workspace's name, or the command line. */
  readonly label: string;
  readonly pid: number;
  /** When its process started, where the OS tells: guards against a reused pid. */
  readonly startedAt?: number;
  /** `ProcessTable.identityOf`: unlike a start time it does not move when a clock is set. */
  readonly identity?: string;
  /** Version of Styxy. */
  readonly version: string;
  /** Canonical absolute paths. */
  readonly folders: readonly string[];
}

/** Who keeps an allocation. */
export interface Holder {
  /** `Participant.id`. */
  readonly participant: string;
  readonly kind: ParticipantKind;
  readonly label: string;
  readonly pid: number;
  /** `Participant.startedAt`. */
  readonly startedAt?: number;
  /** `Participant.identity`. */
  readonly identity?: string;
  readonly since: number;
  /** Of a shared allocation: the pair that it is held for. Of others it is the allocation's own. */
  readonly workspace?: string;
  readonly service?: string;
}

/** A named service of one workspace. */
export interface Pair {
  readonly workspace: string;
  readonly service: string;
}

/** One port given to one (workspace, service). */
export interface Allocation {
  /** UUID; the HTTP API calls it lock id. */
  readonly id: string;
  readonly port: number;
  readonly serviceType: string;
  readonly service: string;
  readonly workspace: string;
  readonly holders: readonly Holder[];
  readonly allocatedAt: number;
  /** The port it had before its last move, and why it moved. */
  readonly movedFrom?: number;
  readonly movedBecause?: string;
  /**
   * Of a singleton: what there is one of on the machine, a type (`ai`) or a service of a type
   * (`ai/rag`). `workspace` and `service` are then those of whoever holds it longest.
   */
  readonly group?: string;
  /** It was allocated by a plan, which said this when it was last followed. */
  readonly planned?: PlanNote;
}

/** What is kept of a plan's service. */
export interface PlanNote {
  readonly port?: number;
  /** A path, `/healthz`, or a whole http or https URL of this machine. */
  readonly health?: string;
  /** Where it differs from that of the type. */
  readonly protocol?: Protocol;
}

/**
 * What the listener table says of an allocation: never listened, listens, listened once.
 * `conflict` and `orphaned` are judged by recovery.
 */
export type AllocationState = 'reserved' | 'listening' | 'down' | 'conflict' | 'orphaned';

export interface ListeningProcess {
  /** Absent when the process belongs to another user. */
  readonly pid?: number;
  readonly command?: string;
  readonly cwd?: string;
  readonly startedAt?: number;
  /**
   * What the system wrote down of its start, as it says it. Unlike `startedAt` it never moves with
   * the clock: within one boot a pid and its mark name one process.
   */
  readonly startMark?: string;
  /** The workspace that `cwd` belongs to. */
  readonly workspace?: string;
}

/** Whose a listener is that is proven to be somebody else's. */
export type Intruder =
  /**
   * It runs from another workspace that Styxy knows, or from another worktree of the same
   * repository: the wrong checkout, if `sameRepository`.
   */
  | { readonly kind: 'sibling'; readonly workspace: string; readonly sameRepository: boolean }
  /** Of a workspace that Styxy does not know; or of none, and older than the allocation. */
  | { readonly kind: 'stranger'; readonly workspace?: string };

/** What a service that listens answered to the health check of its plan. */
export type HealthReport =
  | { readonly ok: true }
  /** `failures`: checks in a row that failed, this one included. */
  | { readonly ok: false; readonly reason: string; readonly failures: number };

/** What was seen of one allocation; observed, never stored. */
export interface Observation {
  readonly state: AllocationState;
  readonly process?: ListeningProcess;
  /** Of `conflict`. */
  readonly intruder?: Intruder;
  /** Of `listening`, where the plan asks for it and as far as it was checked. */
  readonly health?: HealthReport;
}

/** An allocation as every face shows it. */
export type AllocationView = Allocation & Observation;

/** Why a port that was looked at could not be given. */
export interface Conflict {
  readonly port: number;
  readonly process?: ListeningProcess;
  /** Absent when somebody listens on it. */
  readonly reason?:
    /** Given to `pair`. */
    | 'allocated'
    /** `pair` gave it up a moment ago. */
    | 'released'
    /** Reserved by configuration, or refused by browsers. */
    | 'reserved'
    /** The OS lets nobody bind it. */
    | 'forbidden';
  readonly pair?: Pair;
}

/** The port that a pair had last; it survives release. */
export interface RememberedPort {
  readonly workspace: string;
  readonly service: string;
  readonly serviceType: string;
  readonly port: number;
  readonly at: number;
}

/** A port that a pair just gave up: other pairs get it last until `until`. */
export interface CoolingPort {
  readonly port: number;
  readonly until: number;
  /** The pair that had it, which may have it back at once. */
  readonly pair: string;
  /** It was shared: whoever asks for the same may have it back at once. */
  readonly group?: string;
  /** It moved away, and its server may still be there: no other pair gets the port until then. */
  readonly strict?: boolean;
}

export type HistoryKind = 'granted' | 'joined' | 'left' | 'released' | 'moved-from' | 'moved-to';

/** One line of a port's past, for Inspect. */
export interface HistoryEntry {
  readonly at: number;
  readonly port: number;
  readonly kind: HistoryKind;
  readonly service: string;
  readonly workspace: string;
  /** Label of the participant that did it. */
  readonly by: string;
  readonly note?: string;
}

/** The key of a (workspace, service) pair. NUL cannot occur in either. */
export function pairKey(workspace: string, service: string): string {
  return `${workspace}\0${service}`;
}

/** The pair that somebody holds an allocation for. */
export function pairHeld(allocation: Allocation, holder: Holder): Pair {
  const { workspace = allocation.workspace, service = allocation.service } = holder;
  return { workspace, service };
}

/** Every pair that has the allocation, its own first: several only if it is shared. */
export function pairsOf(allocation: Allocation): readonly Pair[] {
  const { workspace, service, group, holders } = allocation;
  const own = { workspace, service };
  if (group === undefined) {
    return [own];
  }
  const pairs = new Map([[pairKey(workspace, service), own]]);
  for (const holder of holders) {
    const held = pairHeld(allocation, holder);
    pairs.set(pairKey(held.workspace, held.service), held);
  }
  return [...pairs.values()];
}

/** Whether a workspace has the allocation, alone or with others. */
export function isHeldIn(allocation: Allocation, workspace: string): boolean {
  return pairsOf(allocation).some((pair) => pair.workspace === workspace);
}

/** Every workspace that has the allocation, each once. */
export function workspacesOf(allocation: Allocation): readonly string[] {
  return [...new Set(pairsOf(allocation).map(({ workspace }) => workspace))];
}

/** Whose a shared allocation is: so that a caller that meant another service can see it. */
export interface Shared {
  /** What there is one of on the machine: `ai`, or `ai/rag`. */
  readonly group: string;
  readonly workspace: string;
  readonly service: string;
  /** Who has held it longest; absent when nobody does at the moment. */
  readonly holder?: Holder;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** How many hold it, the caller included. */
  readonly holders: number;
}

/** What a plan says of a service, beside its type. */
export interface Planned extends PlanNote {
  /** 1024-65535. */
  readonly port?: number;
  /** With `port`: that port or an error that names who has it. */
  readonly exact?: boolean;
}

export interface HealthSample {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly state: AllocationState;
  /** Why, in a few English words. */
  readonly reason?: string;
}

/** What layer 2 has done since this leader took over, for doctor. */
export interface HealthCounters {
  /** Allocations that were checked; glances do not count. */
  readonly checks: number;
  /** Checks that found a conflict, an orphan, or a service that fails the check of its plan. */
  readonly failures: number;
  /** Conflicts that were announced. */
  readonly conflicts: number;
  /** Orphans that were released. */
  readonly released: number;
}

/** Participants whose place nobody takes, by id. */
export interface ConnectedSet {
  has(participant: string): boolean;
}

/** Who asks, and when. */
export interface RequestOrigin {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly caller: Participant;
  readonly connected: ConnectedSet;
}
