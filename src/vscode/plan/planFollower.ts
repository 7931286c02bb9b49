import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import type { AllocationView } from '../../core/domain/model';
import { PLAN_FILE, type Plan } from '../../core/domain/plan';
import type { Disposable } from '../../core/host/interfaces';
import type { PlanAnswer } from '../../core/messages/requests';
import { SystemClock, SystemIds } from '../../platform/fs/runtime';
import { DotenvFiles } from '../../platform/workspace/dotenvFiles';
import { isTracked } from '../../platform/workspace/git';
import { readPlanFile } from '../../platform/workspace/planFile';
import { move, release } from '../prompts/changePort';
import { showProblem } from '../prompts/problems';
import type { FolderName } from '../text/folderName';
import { answersByService, movedPorts, portsOf } from '../text/planAnswers';
import { leavingOf } from '../text/release';
import { DisposableStore } from '../window/dispose';
import type { FilesJob, Services } from '../window/services';
import { onDidChangeSetting, setting } from '../window/settings';
import { PlanAllocator } from './planAllocator';
import { PlanDecisions } from './planDecisions';
import { PlanFiles } from './planFiles';
import {
  askFiles,
  askMoveBack,
  askRelease,
  confirmFiles,
  showAnswer,
  showFileErrors,
} from './planNotices';
import { type PlannedPort, PlannedPortWatch } from './plannedPortWatch';
import { leftAllocations, PlanReader, type PlanFolders } from './planReader';

/** A file that is saved, checked out or generated often changes several times at once. */
const QUIET_MS = 300;

/** The plans of the window's folders and what renders their files. Reads nothing yet. */
export function createPlans(
  context: Pick<vscode.ExtensionContext, 'subscriptions' | 'workspaceState'>,
  folders: PlanFolders,
  log: vscode.LogOutputChannel,
) {
  const decisions = new PlanDecisions(context.workspaceState);
  const plans = new PlanReader({
    folders,
    read: readPlanFile,
    watch: watchPlan,
    template: ({ path }) => setting('template', vscode.Uri.file(path)).trim() || undefined,
    log,
    quietMs: QUIET_MS,
  });
  context.subscriptions.push(plans);
  const planFiles = new PlanFiles({
    files: new DotenvFiles({ ids: new SystemIds(), clock: new SystemClock() }),
    isTracked: (workspace, path) => isTracked(workspace, path),
    isTrusted: () => vscode.workspace.isTrusted,
    decisions,
    ask: askFiles,
    confirm: confirmFiles,
    log,
  });
  return { decisions, plans, planFiles };
}

function watchPlan({ path }: FolderName, onChange: () => void): vscode.Disposable {
  const pattern = new vscode.RelativePattern(vscode.Uri.file(path), PLAN_FILE);
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(onChange),
    watcher.onDidChange(onChange),
    watcher.onDidDelete(onChange),
  );
}

/** Carries out what the plans of the window's folders say, and asks where the user decides. */
export class PlanFollower implements Disposable {
  private readonly store = new DisposableStore();
  private readonly plannedPorts: PlannedPortWatch;
  /** What the files of each workspace were rendered with. */
  private readonly rendered = new Map<string, FilesJob>();

  constructor(
    private readonly services: Services,
    private readonly decisions: PlanDecisions,
  ) {
    const { connection, plans, folders, log } = services;
    this.plannedPorts = this.store.add(
      new PlannedPortWatch({
        connection,
        clock: new SystemClock(),
        decisions,
        offer: (planned) => void this.offerMoveBack(planned),
        log,
      }),
    );
    const allocator = this.store.add(
      new PlanAllocator({
        connection,
        plans,
        folders,
        mayAllocate: ({ path }) =>
          vscode.workspace.isTrusted && setting('plan.allocateOnOpen', vscode.Uri.file(path)),
        answered: (folder, plan, answer) => this.answered(folder, plan, answer),
        log,
      }),
    );
    const look = (): void => allocator.look();
    this.store.add(vscode.workspace.onDidGrantWorkspaceTrust(look));
    this.store.add(onDidChangeSetting('plan.allocateOnOpen', look));
    this.store.add(onDidChangeSetting('template', look));
    this.store.add(plans.onDidChange(() => this.followWorkspaces()));
    this.store.add(connection.onDidChange(() => this.followPorts()));
  }

  dispose(): void {
    this.store.dispose();
  }

  /** The plan of a folder was allocated. */
  private async answered(folder: FolderName, plan: Plan, answer: PlanAnswer): Promise<void> {
    const { log } = this.services;
    const { workspace } = folder;
    const byService = answersByService(plan, answer);
    for (const [service, { message }] of byService) {
      log.info(`Plan of ${workspace}: ${service}: ${message}`);
    }
    for (const { service, error } of answer.refused) {
      log.warn(`Plan of ${workspace}: ${service}: ${error.code}: ${error.message}`);
    }
    const wishes = [...byService].flatMap(([service, { allocation, wish: to }]) => {
      const { id, port: from } = allocation;
      return to === undefined ? [] : [{ id, workspace, service, from, to }];
    });
    this.plannedPorts.set(workspace, wishes);
    void showAnswer(this.decisions, folder, plan, answer);
    await this.render({ folder, plan, ports: portsOf(plan, answer) });
  }

  private async render(job: FilesJob): Promise<void> {
    this.rendered.set(job.folder.workspace, job);
    const { errors } = await this.services.planFiles.follow(job);
    await showFileErrors(this.decisions, job.folder, errors);
  }

  private followWorkspaces(): void {
    const isOpen = (workspace: string): boolean =>
      this.services.folders.find(workspace) !== undefined;
    for (const workspace of this.rendered.keys()) {
      if (!isOpen(workspace)) {
        this.rendered.delete(workspace);
      }
    }
    this.plannedPorts.keep(isOpen);
    this.followPorts();
  }

  private followPorts(): void {
    const { connection, folders, plans } = this.services;
    const { snapshot } = connection;
    if (snapshot === undefined || !vscode.workspace.isTrusted) {
      return;
    }
    for (const folder of folders.current) {
      const { workspace } = folder;
      const left = leftAllocations(plans.stateOf(workspace), workspace, snapshot.allocations);
      void this.offerRelease(folder, left);
      const job = this.rendered.get(workspace);
      const ports = job && movedPorts(job.ports, workspace, snapshot.allocations);
      if (job !== undefined && ports !== undefined) {
        void this.render({ ...job, ports });
      }
    }
  }

  private async offerRelease(folder: FolderName, left: readonly AllocationView[]): Promise<void> {
    const { decisions } = this;
    const news = left.filter(({ id }) => !decisions.has('plan.kept', id) && decisions.isFirst(id));
    const answer = news.length === 0 ? undefined : await askRelease(folder, news);
    if (answer === 'keep') {
      news.forEach(({ id }) => decisions.add('plan.kept', id));
    } else if (answer === 'release') {
      await this.showingProblems(() => this.release(news));
    }
  }

  private async release(views: readonly AllocationView[]): Promise<void> {
    const { connection } = this.services;
    for (const { id } of views) {
      // The question may have been open for long.
      const view = connection.snapshot?.allocations.find((it) => it.id === id);
      if (view !== undefined) {
        await release(this.services, view, leavingOf(view), t('Release Port'));
      }
    }
  }

  private async offerMoveBack(planned: PlannedPort): Promise<void> {
    if (await askMoveBack(planned)) {
      await this.showingProblems(() => move(this.services, planned.id, planned.to));
    }
  }

  private async showingProblems(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      await showProblem(thrown, this.services.log);
    }
  }
}
