import type { Coordinator } from '../../core/messages/coordinator';
import type { ErrorJson } from '../../core/domain/errors';
import type { MachineFacts, ProcessTable, WorkspaceReader } from '../../core/host/interfaces';
import type { CoordinatorOptions } from '../../coordinator/wiring/createCoordinator';
import type { DotenvFiles } from '../../platform/workspace/dotenvFiles';
import type { PlanFile } from '../../platform/workspace/planFile';
import type { Terminal } from './terminal';

/** Everything that a run takes from outside; tests hand in their own. */
export interface CliEnvironment {
  readonly terminal: Terminal;
  /** Absolute path of the current folder. Errors: `invalid_argument` if it was removed. */
  currentFolder(): string;
  /** The user's own folder, written as `~`. */
  readonly userHome: string;
  readonly pid: number;
  /** Version of Styxy. */
  readonly version: string;
  /** Fires on SIGINT and SIGTERM. */
  readonly cancel: AbortSignal;
  readonly workspaces: Pick<WorkspaceReader, 'resolve'>;
  /** The folder's one true path. Errors: `invalid_argument` if it is no folder. */
  canonicalFolder(path: string): Promise<string>;
  readonly files: UserFiles;
  readonly daemons: DaemonControl;
  connect(options: CoordinatorOptions): Coordinator;
  /** The machine's facts where no leader is possible. Errors: `invalid_argument` for the home. */
  lookAtRefusedHome(): Promise<MachineFacts>;
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** What the user keeps in files, as far as a run reads or writes it without the leader. */
export interface UserFiles extends Pick<DotenvFiles, 'preview' | 'write'> {
  /** Absolute path of `config.json`, there or not. Errors: `invalid_argument` for the home. */
  configPath(): Promise<string>;
  /**
   * The text of `config.json`, or of another file of that kind; undefined if it is not there.
   * Errors: `invalid_argument`, `invalid_config` for what is no such text, `permission_denied`,
   * `storage_unavailable`.
   */
  readConfiguration(file?: string): Promise<string | undefined>;
  /** Errors: `invalid_config`, `permission_denied`, `storage_unavailable`. */
  readPlan(workspace: string): Promise<PlanFile>;
  /** Whether git tracks a file of the workspace; true as well where that is not known. */
  isTracked(workspace: string, path: string): Promise<boolean>;
}

/** Starting and ending headless participants, which are processes of their own. */
export interface DaemonControl {
  processes(): Promise<Pick<ProcessTable, 'startedAt' | 'isAlive' | 'identityOf'>>;
  /**
   * Starts a detached process and resolves when it takes part.
   * Errors: `timeout`, `cancelled` (the process is ended again), and what it died of.
   */
  launch(signal: AbortSignal): Promise<DaemonReport>;
  /** In the process that `launch` started: tells its parent, then lets go of it. */
  announce(message: DaemonMessage): void;
  /** Asks a process to end; one that is gone already is fine. Errors: `permission_denied`. */
  terminate(pid: number): void;
  sleep(ms: number): Promise<void>;
}

/** What `daemon start --json` prints. */
export interface DaemonReport {
  readonly pid: number;
  readonly epoch: number;
  readonly leader: { readonly pid: number; readonly kind: string; readonly workspace?: string };
}

export type DaemonMessage =
  | { readonly kind: 'ready'; readonly report: DaemonReport }
  | { readonly kind: 'failed'; readonly error: ErrorJson };
