/**
 * The words of Styxy as data. All times are milliseconds since the Unix epoch. What is stored or sent
 * is described by its schema, once for both.
 */
import * as v from 'valibot';
import { PROTOCOLS } from './catalogue';
import { finite, listOf, name, paths, port, recordId, shape, text, workspace } from './schema';

const PARTICIPANT_KINDS = ['window', 'cli', 'daemon', 'http', 'agent'] as const;

export type ParticipantKind = (typeof PARTICIPANT_KINDS)[number];

/** A process that talks to the leader: a window, a CLI run, a headless participant. */
export const participantSchema = shape({
  /** Random, one for each activation or run; never derived from a pid or a folder. */
  id: v.pipe(v.string(), v.minLength(8), v.maxLength(64)),
  kind: v.picklist(PARTICIPANT_KINDS),
  /** What a person would call it: the workspace's name, or the command line. */
  label: text,
  pid: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** When its process started, where the OS says: guards against a reused pid. */
  startedAt: v.exactOptional(finite),
  /** `ProcessTable.identityOf`: unlike a start time it does not move when a clock is set. */
  identity: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
  /** Version of Styxy. */
  version: text,
  /** Canonical absolute paths. */
  folders: paths,
});

export type Participant = v.InferOutput<typeof participantSchema>;

/** Who keeps an allocation. */
const holderSchema = shape({
  /** `Participant.id`. */
  participant: v.string(),
  kind: v.picklist(PARTICIPANT_KINDS),
  label: v.string(),
  pid: finite,
  /** `Participant.startedAt`. */
  startedAt: v.exactOptional(finite),
  /** `Participant.identity`. */
  identity: v.exactOptional(v.string()),
  since: finite,
  /** Of a shared allocation: the pair that it is held for. Of others it is the allocation's own. */
  workspace: v.exactOptional(workspace),
  service: v.exactOptional(name),
});

export type Holder = v.InferOutput<typeof holderSchema>;

/** A named service of one workspace. */
export interface Pair {
  readonly workspace: string;
  readonly service: string;
}

/** What is kept of a plan's service. */
const planNoteSchema = shape({
  port: v.exactOptional(port),
  /** A path, `/healthz`, or a whole http or https URL of this machine. */
  health: v.exactOptional(v.string()),
  /** Where it differs from that of the type. */
  protocol: v.exactOptional(v.picklist(PROTOCOLS)),
});

export type PlanNote = v.InferOutput<typeof planNoteSchema>;

/** One port given to one (workspace, service). */
export const allocationSchema = shape({
  /** UUID; the HTTP API calls it lock id. */
  id: recordId,
  port,
  serviceType: name,
  service: name,
  workspace,
  holders: listOf(holderSchema),
  allocatedAt: finite,
  /** The port it had before its last move, and why it moved. */
  movedFrom: v.exactOptional(port),
  movedBecause: v.exactOptional(v.string()),
  /**
   * Of a singleton: what there is one of on the machine, a type (`ai`) or a service of a type
   * (`ai/rag`). `workspace` and `service` are then those of its longest holder.
   */
  group: v.exactOptional(v.string()),
  /** It was allocated by a plan, which said this when it was last followed. */
  planned: v.exactOptional(planNoteSchema),
});

export type Allocation = v.InferOutput<typeof allocationSchema>;

/**
 * What the listener table says of an allocation: never listened, listens, listened once.
 * `conflict` and `orphaned` are found by the health monitor.
 */
export type AllocationState = 'reserved' | 'listening' | 'down' | 'conflict' | 'orphaned';

const listeningProcessSchema = shape({
  /** Absent when the process belongs to another user. */
  pid: v.exactOptional(finite),
  command: v.exactOptional(v.string()),
  cwd: v.exactOptional(v.string()),
  startedAt: v.exactOptional(finite),
  /**
   * What the system wrote down of its start, as it says it. Unlike `startedAt` it never moves with
   * the clock: within one boot a pid and its mark name one process.
   */
  startMark: v.exactOptional(v.string()),
  /** The workspace that `cwd` belongs to. */
  workspace: v.exactOptional(v.string()),
});

export type ListeningProcess = v.InferOutput<typeof listeningProcessSchema>;

/** The owner of a listener that is proven to be foreign. */
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
export const conflictSchema = shape({
  port: finite,
  process: v.exactOptional(listeningProcessSchema),
  /**
   * `allocated`: given to `pair`. `released`: `pair` gave it up a moment ago. `reserved` by
   * configuration, or refused by browsers. `forbidden`: the OS lets no process bind it. Absent when
   * something listens on it.
   */
  reason: v.exactOptional(v.picklist(['allocated', 'released', 'reserved', 'forbidden'])),
  pair: v.exactOptional(shape({ workspace: v.string(), service: v.string() })),
});

export type Conflict = v.InferOutput<typeof conflictSchema>;

/** The port that a pair had last; it survives release. */
export const rememberedPortSchema = shape({
  workspace,
  service: name,
  serviceType: name,
  port,
  at: finite,
});

export type RememberedPort = v.InferOutput<typeof rememberedPortSchema>;

/** A port that a pair just gave up: other pairs get it last until `until`. */
export const coolingPortSchema = shape({
  port,
  until: finite,
  /** The pair that had it, which may have it back at once. */
  pair: v.string(),
  /** It was shared: a pair that asks for the same may have it back at once. */
  group: v.exactOptional(v.string()),
  /** It moved away, and its server may still be there: no other pair gets the port until then. */
  strict: v.exactOptional(v.boolean()),
});

export type CoolingPort = v.InferOutput<typeof coolingPortSchema>;

/** One line of a port's past, for Inspect. */
export const historyEntrySchema = shape({
  at: finite,
  port,
  kind: v.picklist(['granted', 'joined', 'left', 'released', 'moved-from', 'moved-to']),
  service: name,
  workspace,
  /** Label of the participant that did it. */
  by: v.string(),
  note: v.exactOptional(v.string()),
});

export type HistoryEntry = v.InferOutput<typeof historyEntrySchema>;
export type HistoryKind = HistoryEntry['kind'];

/** The key of a (workspace, service) pair. NUL cannot occur in either. */
export function pairKey({ workspace, service }: Pair): string {
  return `${workspace}\0${service}`;
}

export function isSamePair(a: Pair, b: Pair): boolean {
  return a.workspace === b.workspace && a.service === b.service;
}

/** The pair that a holder holds an allocation for. */
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
  const pairs = new Map([[pairKey(own), own]]);
  for (const holder of holders) {
    const held = pairHeld(allocation, holder);
    pairs.set(pairKey(held), held);
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
export interface Shared extends Pair {
  /** What there is one of on the machine: `ai`, or `ai/rag`. */
  readonly group: string;
  /** The one that has held it longest; absent when there is none at the moment. */
  readonly holder?: Holder;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** How many hold it, the caller included. */
  readonly holders: number;
}

/** What a plan says of a service, beside its type. */
export interface Planned extends PlanNote {
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

/** Participants whose place must not be taken, by id. */
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
