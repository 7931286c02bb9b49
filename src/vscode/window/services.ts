import type * as vscode from 'vscode';
import type { FileProblem } from '../../core/domain/configuration';
import type { StyxyError } from '../../core/domain/errors';
import type { Allocation } from '../../core/domain/model';
import type { Plan } from '../../core/domain/plan';
import type { Disposable } from '../../core/host/interfaces';
import type { PlanFields } from '../../core/messages/planRequest';
import type { FolderName } from '../text/folderName';
import type { Ports } from '../text/planAnswers';
import type { Connection } from './connection';
import type { Folders } from './folders';

/** Which part of the audit log a document shows. */
export type AuditQuestion =
  | { readonly kind: 'all' }
  | { readonly kind: 'hour' }
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'type'; readonly serviceType: string }
  | { readonly kind: 'workspace'; readonly workspace: string };

export type DoctorPage = 'doctor' | 'recovery';

/** What was read last of a folder's plan. */
export type PlanState =
  | { readonly kind: 'unread' }
  | { readonly kind: 'absent' }
  /** `problems` are warnings. */
  | {
      readonly kind: 'read';
      readonly plan: Plan;
      readonly text: string;
      readonly problems: readonly FileProblem[];
    }
  /** Without `text` when not even that could be read. */
  | {
      readonly kind: 'refused';
      readonly error: StyxyError;
      readonly text?: string;
      readonly problems: readonly FileProblem[];
    };

export interface FilesJob {
  readonly folder: FolderName;
  readonly plan: Plan;
  readonly ports: Ports;
}

export interface FilesOutcome {
  readonly written: readonly string[];
  readonly errors: readonly StyxyError[];
}

/** The plans of the window's folders as last read. */
export interface Plans {
  planOf(workspace: string): Plan | undefined;
  stateOf(workspace: string): PlanState;
  /** What a request for this service says because of the folder's plan. */
  fieldsFor(workspace: string, service: string): PlanFields;
  templateOf(workspace: string): string | undefined;
  /** Resolves once every plan was read that is there. */
  settled(): Promise<void>;
  /** Reads one plan anew, whatever the watcher said. */
  refresh(workspace: string): Promise<PlanState>;
  onDidChange(listener: () => void): Disposable;
}

/**
 * What features of a window use of each other. Interfaces only, so that no feature has to know
 * where another one is made: `extension.ts` puts them together.
 */
export interface Services {
  readonly connection: Connection;
  readonly folders: Folders;
  readonly inspector: {
    /** Opens the page of a port. Errors: those of `inspect`. */
    show(port: number): Promise<void>;
  };
  readonly moves: {
    /** The caller tells the user this allocation's port, so no notice says it again. */
    told(allocation: Pick<Allocation, 'id' | 'port'>): void;
  };
  readonly auditLog: { show(question: AuditQuestion): Promise<void> };
  readonly doctor: { show(page: DoctorPage): Promise<void> };
  readonly plans: Plans;
  readonly planFiles: {
    /** Writes what was agreed to, asks about the rest. Errors are in the outcome. */
    follow(job: FilesJob): Promise<FilesOutcome>;
    /** The same on demand: confirms what git tracks. Errors are in the outcome. */
    render(job: FilesJob): Promise<FilesOutcome>;
  };
  readonly log: vscode.LogOutputChannel;
  /** Version of Styxy. */
  readonly version: string;
}
