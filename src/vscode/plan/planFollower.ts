import * as vscode from 'vscode';
import { t } from '@vscode/l10n';
import { toStyxyError } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import type { Plan } from '../../core/domain/plan';
import type { Disposable } from '../../core/host/interfaces';
import type { PlanAnswer } from '../../core/messages/requests';
import { SystemClock } from '../../platform/fs/runtime';
import { ownWorkspaces } from '../prompts/pick';
import { showProblem } from '../prompts/problems';
import { release } from '../prompts/releasePort';
import type { FolderName } from '../text/folderName';
import { leavingOf } from '../text/release';
import { DisposableStore } from '../window/dispose';
import type { FilesJob } from '../window/plans';
import { ask } from '../window/request';
import type { Services } from '../window/services';
import { onDidChangeSetting, setting } from '../window/settings';
import { answersByService, movedPorts, type Ports, portsOf } from '../text/planAnswers';
import { leaversOf } from './leavers';
import { KeptSet, type Memory } from './decisions';
import { PlanNotices, askMoveBack, askRelease } from './planNotices';
import { PlanAllocator } from './planAllocator';
import { type PlannedPort, PlannedPortWatch } from './plannedPortWatch';

/** Carries out what the plans of the window's folders say, and asks where the user decides. */
export class PlanFollower implements Disposable {
  private readonly store = new DisposableStore();
  private readonly notices = new PlanNotices();
  private readonly kept: KeptSet;
  private readonly wishes: PlannedPortWatch;
  private readonly allocator: PlanAllocator;
  /** What the files of each workspace were rendered with. */
  private readonly rendered = new Map<string, FilesJob>();
  /** Allocations whose release was offered in this window. */
  private readonly offered = new Set<string>();

  constructor(
    private readonly services: Services,
    memory: Memory,
  ) {
    const { connection, plans, folders, log } = services;
    this.kept = new KeptSet(memory, 'plan.kept');
    this.wishes = this.store.add(
      new PlannedPortWatch({
        connection,
        clock: new SystemClock(),
        offered: new KeptSet(memory, 'plan.offered'),
        offer: (wish) => void this.offer(wish),
        log,
      }),
    );
    this.allocator = this.store.add(
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
    const look = (): void => this.allocator.look();
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
  async answered(folder: FolderName, plan: Plan, answer: PlanAnswer): Promise<void> {
    const { log } = this.services;
    const { workspace } = folder;
    const byService = answersByService(plan, answer);
    for (const [service, { message }] of byService) {
      log.info(`Plan of ${workspace}: ${service}: ${message}`);
    }
    for (const { service, error } of answer.refused) {
      log.warn(`Plan of ${workspace}: ${service}: ${error.code}: ${error.message}`);
    }
    const wishes = [...byService].flatMap(([service, { allocation, wish: to }]): PlannedPort[] =>
      to === undefined
        ? []
        : [{ id: allocation.id, workspace, service, from: allocation.port, to }],
    );
    this.wishes.set(workspace, wishes);
    void this.notices.answered(folder, plan, answer);
    await this.render({ folder, plan, ports: portsOf(plan, answer) });
  }

  private async render(job: FilesJob): Promise<void> {
    this.rendered.set(job.folder.workspace, job);
    const { errors } = await this.services.planFiles.follow(job);
    await this.notices.files(job.folder, errors);
  }

  private followWorkspaces(): void {
    const { folders } = this.services;
    for (const workspace of this.rendered.keys()) {
      if (folders.find(workspace) === undefined) {
        this.rendered.delete(workspace);
      }
    }
    this.wishes.keep((workspace) => folders.find(workspace) !== undefined);
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
      const left = leaversOf(plans.stateOf(workspace), workspace, snapshot.allocations);
      void this.offerRelease(folder, left);
      const job = this.rendered.get(workspace);
      const ports: Ports | undefined =
        job && movedPorts(job.ports, workspace, snapshot.allocations);
      if (job !== undefined && ports !== undefined) {
        void this.render({ ...job, ports });
      }
    }
  }

  private async offerRelease(folder: FolderName, left: readonly AllocationView[]): Promise<void> {
    const news = left.filter(({ id }) => !this.offered.has(id) && !this.kept.has(id));
    if (news.length === 0) {
      return;
    }
    for (const { id } of news) {
      this.offered.add(id);
    }
    const answer = await askRelease(folder, news);
    if (answer === 'keep') {
      news.forEach(({ id }) => this.kept.add(id));
    } else if (answer === 'release') {
      await this.reporting(() => this.release(news));
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

  private async offer(wish: PlannedPort): Promise<void> {
    if (await askMoveBack(wish)) {
      await this.reporting(() => this.moveBack(wish));
    }
  }

  private async moveBack({ id, service, to }: PlannedPort): Promise<void> {
    const workspaces = await ownWorkspaces(this.services);
    const { allocation, movedFrom } = await ask(
      this.services.connection,
      t('Move Port'),
      (coordinator, options) =>
        coordinator.move({ target: { id }, workspaces, confirmed: true, port: to }, options),
    );
    this.services.moves.told(allocation);
    void vscode.window.showInformationMessage(
      t(
        '{0} moved from port {1} to {2}. Restart its server, and terminals that know the old port.',
        service,
        movedFrom,
        allocation.port,
      ),
    );
  }

  private async reporting(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      await showProblem(toStyxyError(thrown), this.services.log);
    }
  }
}
