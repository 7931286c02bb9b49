import type * as vscode from 'vscode';
import type { Allocation } from '../../core/domain/model';
import type { Connection } from './connection';
import type { Folders } from './folders';
import type { FilesJob, FilesOutcome, Plans } from './plans';

/** Which part of the audit log a document shows. */
export type AuditQuestion =
  | { readonly kind: 'all' }
  | { readonly kind: 'hour' }
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'type'; readonly serviceType: string }
  | { readonly kind: 'workspace'; readonly workspace: string };

export type DoctorPage = 'doctor' | 'recovery';

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
    /** The user learns this allocation's port from whoever calls, so no notice says it again. */
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
