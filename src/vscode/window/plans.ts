import type { Disposable } from '../../core/host/interfaces';
import type { FileProblem } from '../../core/domain/configuration';
import type { StyxyError } from '../../core/domain/errors';
import type { Planned } from '../../core/domain/model';
import type { Plan } from '../../core/domain/plan';
import type { FolderName } from '../text/folderName';
import type { Ports } from '../text/planAnswers';

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

/** What a plan adds to the request for one service of its folder. */
export interface PlanFields {
  readonly serviceType?: string;
  readonly planned?: Planned;
  readonly template?: string;
}

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
