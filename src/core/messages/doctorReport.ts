/** The doctor: what Styxy knows of itself and its machine, and what to do about each finding. */
import type { PortRange } from '../domain/catalogue';
import type { FileProblem, RecoverySettings } from '../domain/configuration';
import type { StyxyErrorCode } from '../domain/errors';
import type { AllocationView } from '../domain/model';
import type { HealthCounters } from '../health/counters';
import type { RecoveryReport } from './recoveryReport';
import type { StatusAnswer } from './requests';

/** A program of the operating system that Styxy asks. */
export interface SystemTool {
  readonly name: string;
  /** The end of a sentence: what it is asked for. */
  readonly purpose: string;
  /** A sentence: what does not work where it is missing. */
  readonly without: string;
  readonly present: boolean;
}

/** What the machine tells; a fact that it does not tell is missing. */
export interface MachineFacts {
  readonly platform: string;
  readonly node: string;
  readonly home: {
    /** Absolute. */
    readonly path: string;
    /** The folder of this host's files. */
    readonly hostFolder: string;
    /** Octal, `0700`; absent on Windows. */
    readonly mode?: string;
    /** Files and folders of the home that others may read or write, relative to it. */
    readonly exposed: readonly string[];
    readonly freeBytes?: number;
    /** Damaged files that are kept, relative to the home. */
    readonly quarantined: readonly string[];
    /** False: the file system has none, and claims are made by exclusive creation. */
    readonly hardLinks: boolean;
    /** The network file system that it lies on, where that can be told: `NFS`. */
    readonly network?: string;
  };
  /** The path is empty where nobody listens. */
  readonly socket: { readonly path: string; readonly present: boolean };
  readonly tools: readonly SystemTool[];
  /** Ports for outgoing connections. */
  readonly ephemeral?: PortRange;
  /** Ports that the system lets nobody bind (Windows). */
  readonly excluded: readonly PortRange[];
  /** Sentences: what of this could not be told, and why. */
  readonly untold: readonly string[];
}

/** What a finding is about: stable words, which name nobody and no folder. */
export type FindingSubject =
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
  /** Changes of leader that the audit log tells of, and since when. */
  readonly failovers: {
    readonly count: number;
    readonly since?: number;
    /** Of the last hour, without those to commands that led for as long as they ran. */
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
