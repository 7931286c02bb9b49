/** The words of Styxy as data. All times are milliseconds since the Unix epoch. */

export type ParticipantKind = 'window' | 'cli' | 'daemon' | 'http' | 'agent';

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
  readonly since: number;
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
  /** The port it had before its last move. */
  readonly movedFrom?: number;
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
  /** The workspace that `cwd` belongs to. */
  readonly workspace?: string;
}

/** What was seen of one allocation; observed, never stored. */
export interface Observation {
  readonly state: AllocationState;
  readonly process?: ListeningProcess;
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
  readonly pair?: { readonly workspace: string; readonly service: string };
}

/** The port that a pair had last; it survives release. */
export interface Remembered {
  readonly workspace: string;
  readonly service: string;
  readonly serviceType: string;
  readonly port: number;
  readonly at: number;
}

/** A port that a pair just gave up: other pairs get it last until `until`. */
export interface Cooling {
  readonly port: number;
  readonly until: number;
  /** The pair that had it, which may have it back at once. */
  readonly pair: string;
}

export type HistoryKind = 'granted' | 'released' | 'moved-from' | 'moved-to';

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
