import type { ParticipantKind } from './model';

/** What an entry reports. */
export const AUDIT_WHATS = [
  'granted',
  'joined',
  'left',
  'released',
  'moved',
  'conflict',
  'recovered',
  'type-added',
  'type-removed',
  'configuration',
  'leadership',
  'forgotten',
  'planned',
] as const;

export type AuditWhat = (typeof AUDIT_WHATS)[number];

/** Who did it; `leader` when Styxy did it by itself. */
interface AuditActor {
  readonly kind: ParticipantKind | 'leader';
  /** The workspace's name, or the command line. */
  readonly label: string;
  readonly pid?: number;
  /** `Participant.id`; empty for a leader. */
  readonly id: string;
}

export interface AuditEntry {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Of the leader that committed it. */
  readonly epoch: number;
  /** Number of the commit; its entries share it. 0 for what is no commit: an observation. */
  readonly seq: number;
  readonly what: AuditWhat;
  readonly actor: AuditActor;
  readonly port?: number;
  readonly service?: string;
  readonly serviceType?: string;
  readonly workspace?: string;
  /** Plain JSON, as far as something changed. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly note?: string;
}

/** Every field that is given has to match. */
export interface AuditQuery {
  /** Also entries that mention it as the port before or after. */
  readonly port?: number;
  /** Canonical path, compared as it is. */
  readonly workspace?: string;
  readonly serviceType?: string;
  readonly what?: AuditWhat;
  /** Milliseconds since the Unix epoch: entries from then on. */
  readonly since?: number;
  /** At most this many entries, the newest; 200 if not given, never more than 2,000. */
  readonly limit?: number;
}
