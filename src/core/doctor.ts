/** The doctor: what Styxy knows of itself and its machine, and what to do about each finding. */
import type { PortRange } from './catalogue';
import type { FileProblem, RecoverySettings } from './configuration';
import type { AllocationView } from './model';
import type { HealthCounters } from './recovery/counters';
import type { RecoveryReport } from './recovery/report';
import type { StatusAnswer } from './requests';

/** A program of the operating system that Styxy asks. */
export interface SystemTool {
  readonly name: string;
  /** The end of a sentence: what it is asked for. */
  readonly purpose: string;
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
    /** The file system has no hard links: claims are made by exclusive creation. */
    readonly hardLinks: boolean;
  };
  readonly socket: { readonly path: string; readonly present: boolean };
  readonly tools: readonly SystemTool[];
  /** Ports for outgoing connections. */
  readonly ephemeral?: PortRange;
  /** Ports that the system lets nobody bind (Windows). */
  readonly excluded: readonly PortRange[];
  /** Why something of this could not be told. */
  readonly untold: readonly string[];
}

/** What is wrong, and what to do. */
export interface Finding {
  readonly severity: 'error' | 'warning' | 'info';
  /** One sentence: what is so. */
  readonly what: string;
  /** One sentence: what to do next. */
  readonly todo: string;
}

export interface DoctorAnswer {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly status: StatusAnswer;
  /** Changes of leader that the audit log tells of, and since when. */
  readonly failovers: { readonly count: number; readonly since?: number };
  readonly machine: MachineFacts;
  readonly configuration: { readonly path: string; readonly problems: readonly FileProblem[] };
  readonly conflicts: readonly AllocationView[];
  readonly orphans: readonly AllocationView[];
  readonly health: {
    readonly settings: RecoverySettings['healthMonitoring'];
    readonly counters: HealthCounters;
  };
  /** Of the last change of leader. */
  readonly recovery: RecoveryReport;
  /** The worst first; empty when all is well. */
  readonly findings: readonly Finding[];
}
