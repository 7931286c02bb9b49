import { toStyxyError } from '../../core/domain/errors';
import type { AllocationView } from '../../core/domain/model';
import { invalidPlan, type Plan } from '../../core/domain/plan';
import { readPlan } from '../../core/plan/readPlan';
import { removedServices } from '../../core/plan/environment';
import type { Disposable, Log } from '../../core/host/interfaces';
import type { PlanFile } from '../../platform/workspace/planFile';
import type { FolderName } from '../text/folderName';
import { planFields, type PlanFields } from '../../core/messages/planRequest';
import { DisposableStore, Emitter } from '../window/dispose';
import type { Plans, PlanState } from '../window/services';

/** The folders of the window, as far as plans need them. */
export interface PlanFolders {
  readonly current: readonly FolderName[];
  settled(): Promise<readonly FolderName[]>;
  onDidChange(listener: () => void): Disposable;
}

interface PlanReaderOptions {
  readonly folders: PlanFolders;
  readonly read: (workspace: string) => Promise<PlanFile>;
  /** Calls when the folder's plan may have changed. */
  readonly watch: (folder: FolderName, onChange: () => void) => Disposable;
  /** The setting `styxy.template` of the folder. */
  readonly template: (folder: FolderName) => string | undefined;
  readonly log: Log;
  /** Milliseconds without another change before the file is read again. */
  readonly quietMs: number;
}

interface Entry extends Disposable {
  readonly folder: FolderName;
  state: PlanState;
  /** The last good one; undefined without a file. */
  plan: Plan | undefined;
  /** The reading that is going on, or the last one. */
  reading: Promise<void>;
  quiet: ReturnType<typeof setTimeout> | undefined;
}

const UNREAD: PlanState = { kind: 'unread' };

/** Reads the plan of each folder of the window, again when it changes, and keeps the last good one. */
export class PlanReader implements Plans, Disposable {
  private readonly store = new DisposableStore();
  private readonly changes: Emitter;
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly options: PlanReaderOptions) {
    const { folders, log } = options;
    this.changes = new Emitter(log);
    this.store.add(folders.onDidChange(() => this.follow()));
    this.follow();
  }

  /** The last good plan of a workspace of this window; undefined without one. */
  planOf(workspace: string): Plan | undefined {
    return this.entries.get(workspace)?.plan;
  }

  stateOf(workspace: string): PlanState {
    return this.entries.get(workspace)?.state ?? UNREAD;
  }

  /** What a request for this service of a workspace carries because of its plan and settings. */
  fieldsFor(workspace: string, service: string): PlanFields {
    return planFields(this.planOf(workspace), service, this.templateOf(workspace));
  }

  /** The template that the plan names, else the setting. */
  templateOf(workspace: string): string | undefined {
    const entry = this.entries.get(workspace);
    return entry === undefined
      ? undefined
      : (entry.plan?.template ?? this.options.template(entry.folder));
  }

  /** Resolves when the plans of all folders were read. */
  async settled(): Promise<void> {
    await this.options.folders.settled();
    await Promise.all([...this.entries.values()].map(({ reading }) => reading));
  }

  /** Reads the plan of one workspace now and answers what it is. */
  async refresh(workspace: string): Promise<PlanState> {
    const entry = this.entries.get(workspace);
    if (entry !== undefined) {
      await this.read(entry);
    }
    return this.stateOf(workspace);
  }

  /** Fires after a plan was read that is not what it was, and after folders came or went. */
  onDidChange(listener: () => void): Disposable {
    return this.changes.onDidChange(listener);
  }

  dispose(): void {
    this.store.dispose();
    for (const entry of this.entries.values()) {
      entry.dispose();
    }
    this.entries.clear();
  }

  private follow(): void {
    const current = new Map(this.options.folders.current.map((it) => [it.workspace, it]));
    let isChanged = false;
    for (const [workspace, entry] of this.entries) {
      if (!current.has(workspace)) {
        entry.dispose();
        this.entries.delete(workspace);
        isChanged = true;
      }
    }
    for (const [workspace, folder] of current) {
      if (!this.entries.has(workspace)) {
        const entry = this.entryOf(folder);
        this.entries.set(workspace, entry);
        void this.read(entry);
      }
    }
    if (isChanged) {
      this.changes.fire();
    }
  }

  private entryOf(folder: FolderName): Entry {
    const watching = this.options.watch(folder, () => {
      clearTimeout(entry.quiet);
      entry.quiet = setTimeout(() => void this.read(entry), this.options.quietMs);
    });
    const entry: Entry = {
      folder,
      state: UNREAD,
      plan: undefined,
      reading: Promise.resolve(),
      quiet: undefined,
      dispose: () => {
        watching.dispose();
        clearTimeout(entry.quiet);
      },
    };
    return entry;
  }

  /** One reading after the other, so that the last one is of the file as it is last. */
  private read(entry: Entry): Promise<void> {
    entry.reading = entry.reading.then(async () => {
      const { workspace } = entry.folder;
      const state = await this.stateNow(workspace);
      if (this.entries.get(workspace) === entry && !isSame(entry.state, state)) {
        this.take(entry, state);
      }
    });
    return entry.reading;
  }

  private take(entry: Entry, state: PlanState): void {
    const { log } = this.options;
    entry.state = state;
    if (state.kind === 'refused') {
      const kept = entry.plan === undefined ? '' : ' The plan that was read before stays.';
      log.warn(`${state.error.message}${kept}`);
    } else {
      entry.plan = state.kind === 'read' ? state.plan : undefined;
    }
    this.changes.fire();
  }

  /** Never rejects. */
  private async stateNow(workspace: string): Promise<PlanState> {
    try {
      const file = await this.options.read(workspace);
      if (file.kind === 'absent') {
        return { kind: 'absent' };
      }
      const { text } = file;
      const { problems, ...reading } = readPlan(text);
      return reading.kind === 'read'
        ? { kind: 'read', plan: reading.plan, text, problems }
        : { kind: 'refused', error: invalidPlan(file.path, problems), text, problems };
    } catch (thrown) {
      return { kind: 'refused', error: toStyxyError(thrown), problems: [] };
    }
  }
}

/**
 * The allocations of a workspace that its plan made and no longer declares. None while the plan is
 * unread or cannot be read: that says nothing about its services.
 */
export function leftAllocations(
  state: PlanState,
  workspace: string,
  allocations: readonly AllocationView[],
): readonly AllocationView[] {
  if (state.kind !== 'read' && state.kind !== 'absent') {
    return [];
  }
  const own = allocations.filter((view) => view.workspace === workspace);
  return removedServices(state.kind === 'read' ? state.plan : undefined, own);
}

function isSame(before: PlanState, after: PlanState): boolean {
  if (before.kind === 'refused' && after.kind === 'refused') {
    return before.text === after.text && before.error.message === after.error.message;
  }
  return before.kind === 'read' && after.kind === 'read'
    ? before.text === after.text
    : before.kind === after.kind && after.kind !== 'unread';
}
