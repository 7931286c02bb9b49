import { toStyxyError } from '../../core/domain/errors';
import type { Plan } from '../../core/domain/plan';
import type { Disposable, Log } from '../../core/host/interfaces';
import { planRequest } from '../../core/messages/planRequest';
import type { PlanAnswer } from '../../core/messages/requests';
import type { FolderName } from '../text/folderName';
import type { Connection } from '../window/connection';
import { DisposableStore } from '../window/dispose';
import type { PlanFolders, PlanReader } from './planReader';

interface PlanAllocatorOptions {
  readonly connection: Pick<Connection, 'ready' | 'onDidChange' | 'snapshot' | 'role'>;
  readonly plans: Pick<PlanReader, 'planOf' | 'templateOf' | 'onDidChange'>;
  readonly folders: Pick<PlanFolders, 'current'>;
  /** Whether the window is trusted, and the user wants it for this folder. */
  readonly mayAllocate: (folder: FolderName) => boolean;
  /** Gets what came of it. Errors are logged. */
  readonly answered: (folder: FolderName, plan: Plan, answer: PlanAnswer) => Promise<void>;
  readonly log: Log;
}

/** What was asked for a workspace last. */
interface Asked {
  readonly plan: Plan;
  readonly template: string | undefined;
  /** Set when something was refused: in another context it is asked for again. */
  retry: Context | undefined;
}

interface Context {
  /** 0: no leader is known. */
  readonly epoch: number;
  readonly configuration: string;
}

/**
 * Allocates the plan of each folder when it was read and whenever it changes: what can be granted
 * is. What was refused, or failed, is tried again by another leader or with another configuration.
 */
export class PlanAllocator implements Disposable {
  private readonly store = new DisposableStore();
  private readonly asked = new Map<string, Asked>();

  constructor(private readonly options: PlanAllocatorOptions) {
    const { connection, plans } = options;
    this.store.add(plans.onDidChange(() => this.look()));
    this.store.add(connection.onDidChange(() => this.again()));
    this.look();
  }

  /** Looks whether a plan waits to be allocated; call it after trust or a setting changed. */
  look(): void {
    const { folders, plans, mayAllocate } = this.options;
    const current = new Set(folders.current.map(({ workspace }) => workspace));
    for (const workspace of this.asked.keys()) {
      if (!current.has(workspace)) {
        this.asked.delete(workspace);
      }
    }
    for (const folder of folders.current) {
      const { workspace } = folder;
      const plan = plans.planOf(workspace);
      if (plan === undefined) {
        this.asked.delete(workspace);
      } else if (mayAllocate(folder)) {
        const template = plans.templateOf(workspace);
        const before = this.asked.get(workspace);
        if (before?.plan !== plan || before.template !== template) {
          const asked: Asked = { plan, template, retry: undefined };
          this.asked.set(workspace, asked);
          void this.allocate(folder, asked);
        }
      }
    }
  }

  dispose(): void {
    this.store.dispose();
    this.asked.clear();
  }

  private async allocate(folder: FolderName, asked: Asked): Promise<void> {
    const { connection, answered, log } = this.options;
    const { workspace } = folder;
    const { plan, template } = asked;
    let before = this.context();
    try {
      const coordinator = await connection.ready();
      before = this.context();
      if (!this.isLast(workspace, asked)) {
        return;
      }
      const answer: PlanAnswer =
        plan.services.size === 0
          ? { answers: [], refused: [] }
          : await coordinator.allocatePlan({
              ...planRequest(workspace, plan, template),
              partial: true,
            });
      if (!this.isLast(workspace, asked)) {
        return;
      }
      asked.retry = answer.refused.length === 0 ? undefined : before;
      await answered(folder, plan, answer);
    } catch (thrown) {
      asked.retry = before;
      const error = toStyxyError(thrown);
      log.warn(`The plan of ${workspace} was not allocated: ${error.code}: ${error.message}`);
      // The next leader may have been reported before this failure was.
      this.again();
    }
  }

  /** A plan that changed meanwhile has a request of its own. */
  private isLast(workspace: string, asked: Asked): boolean {
    return this.asked.get(workspace) === asked;
  }

  private again(): void {
    if ([...this.asked.values()].every(({ retry }) => retry === undefined)) {
      return;
    }
    const now = this.context();
    if (now.epoch === 0) {
      return;
    }
    const { current } = this.options.folders;
    for (const [workspace, asked] of this.asked) {
      const { retry } = asked;
      const folder = current.find((it) => it.workspace === workspace);
      const isNew =
        retry !== undefined &&
        (retry.epoch !== now.epoch || retry.configuration !== now.configuration);
      if (isNew && folder !== undefined && this.options.mayAllocate(folder)) {
        asked.retry = undefined;
        void this.allocate(folder, asked);
      }
    }
  }

  private context(): Context {
    const { role, snapshot } = this.options.connection;
    const epoch = role.kind === 'leader' || role.kind === 'follower' ? role.epoch : 0;
    const { types, templates, reservations } = snapshot?.configuration ?? {};
    return { epoch, configuration: JSON.stringify([types, templates, reservations]) };
  }
}
