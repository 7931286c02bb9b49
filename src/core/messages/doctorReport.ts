/** The doctor: what Styxy knows of itself and its machine, and what to do about each finding. */
import type { PortRange } from '../domain/catalogue';
import type { FileProblem, RecoverySettings } from '../domain/configuration';
import type { StyxyErrorCode } from '../domain/errors';
import type { AllocationView, HealthCounters } from '../domain/model';
import type { MachineFacts } from '../host/interfaces';
import type { RecoveryReport } from './recoveryReport';
import type { StatusAnswer } from './requests';

/** What a finding is about: stable words, which name no person and no folder. */
type FindingSubject =
  | 'leader'
  | 'storage'
  | 'recovery'
  | 'permissions'
  | 'disk'
  | 'socket'
  | 'versions'
  | 'configuration'
  | 'conflict'
  | 'health'
  | 'orphan'
  | 'tool'
  | 'ports'
  | 'failovers'
  | 'file-system'
  | 'quarantine';

interface FindingText {
  readonly about: FindingSubject;
  /** What is so. */
  readonly what: string;
  /** What to do next. */
  readonly todo: string;
}

/** What is wrong, and what to do. */
export type Finding =
  /** Something does not work; `code` is the error that others meet because of it. */
  | (FindingText & { readonly severity: 'error'; readonly code: StyxyErrorCode })
  | (FindingText & { readonly severity: 'warning' | 'info' });

export interface DoctorAnswer {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly status: StatusAnswer;
  /** Changes of leader that the audit log has, and since when. */
  readonly failovers: {
    readonly count: number;
    readonly since?: number;
    /** Of the last hour, without those to commands that led while they ran. */
    readonly lastHour?: number;
  };
  readonly machine: MachineFacts;
  readonly configuration: { readonly path: string; readonly problems: readonly FileProblem[] };
  readonly conflicts: readonly AllocationView[];
  readonly orphans: readonly AllocationView[];
  /** What listens and fails the health check of its plan. */
  readonly unhealthy: readonly AllocationView[];
  /** The types in force, auto-allocated ones among them. */
  readonly types: readonly { readonly name: string; readonly range: PortRange }[];
  readonly health: {
    readonly settings: RecoverySettings['healthMonitoring'];
    readonly counters: HealthCounters;
  };
  /** Of the last change of leader. */
  readonly recovery: RecoveryReport;
  /** The worst first; empty when all is well. */
  readonly findings: readonly Finding[];
}
