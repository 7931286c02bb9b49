import { type StyxyError, toStyxyError } from '../../core/domain/errors';
import { valuesOf } from '../../core/plan/renderDotenv';
import type { Log } from '../../core/host/interfaces';
import type { DotenvFiles } from '../../platform/workspace/dotenvFiles';
import type { FolderName } from '../text/folderName';
import type { FilesJob, FilesOutcome } from '../window/services';
import type { FileAnswer, PlanDecisions } from './planDecisions';

/** What would be written into a folder. */
export interface FilesQuestion {
  readonly folder: FolderName;
  /** As the plan writes them. */
  readonly paths: readonly string[];
  /** Those that git tracks. */
  readonly tracked: readonly string[];
}

interface PlanFilesOptions {
  readonly files: Pick<DotenvFiles, 'preview' | 'write'>;
  /** Whether git tracks a file of the workspace; also true where that is unknown. */
  readonly isTracked: (workspace: string, path: string) => Promise<boolean>;
  readonly isTrusted: () => boolean;
  readonly decisions: PlanDecisions;
  /** Asks because a folder was opened; undefined if the user did not answer. */
  readonly ask: (question: FilesQuestion) => Promise<FileAnswer | undefined>;
  /** Asks because the user wants the plan allocated. */
  readonly confirm: (question: FilesQuestion) => Promise<boolean>;
  readonly log: Log;
}

type Changes = Omit<FilesQuestion, 'folder'> & Pick<FilesOutcome, 'errors'>;

const NOTHING: FilesOutcome = { written: [], errors: [] };

/** Renders the files of plans, after asking, and only those whose content changes. */
export class PlanFiles {
  /** By workspace: an answer may come long after the question. */
  private readonly latest = new Map<string, FilesJob>();

  constructor(private readonly options: PlanFilesOptions) {}

  /**
   * Because a folder was opened, its plan changed or a port moved. Never a file that git tracks.
   * Never rejects.
   */
  async follow(job: FilesJob): Promise<FilesOutcome> {
    const { workspace } = job.folder;
    const { decisions, ask, log } = this.options;
    this.latest.set(workspace, job);
    const planned = [...job.plan.files.keys()];
    if (planned.length === 0 || !this.options.isTrusted()) {
      return NOTHING;
    }
    const known = decisions.answerOf(workspace, planned);
    if (known === 'never') {
      return NOTHING;
    }
    const { paths, tracked, errors } = await this.changes(job);
    for (const path of tracked) {
      const message = `${path} in ${workspace} is not written: git tracks it. "Styxy: Allocate Plan" writes it.`;
      if (decisions.isFirst(message)) {
        log.info(message);
      }
    }
    const free = paths.filter((path) => !tracked.includes(path));
    if (free.length === 0) {
      return { written: [], errors };
    }
    if (known === 'write') {
      return this.write(job, free, errors);
    }
    // Asked once in a window, answered or not.
    if (!decisions.isFirst(JSON.stringify([workspace, planned]))) {
      return { written: [], errors };
    }
    const answer = await ask({ folder: job.folder, paths: free, tracked: [] });
    if (answer === undefined || !this.options.isTrusted()) {
      return { written: [], errors };
    }
    await decisions.remember(workspace, planned, answer);
    // Plan and ports may be others by now.
    return answer === 'never' ? NOTHING : this.follow(this.latest.get(workspace) ?? job);
  }

  /** Because the user wants it now: also files that git tracks, each named before. */
  async render(job: FilesJob): Promise<FilesOutcome> {
    const { folder, plan } = job;
    this.latest.set(folder.workspace, job);
    const { paths, tracked, errors } = await this.changes(job);
    if (paths.length === 0) {
      return { written: [], errors };
    }
    const planned = [...plan.files.keys()];
    const { decisions, confirm } = this.options;
    const isAgreed = decisions.answerOf(folder.workspace, planned) === 'write';
    if ((!isAgreed || tracked.length > 0) && !(await confirm({ folder, paths, tracked }))) {
      return { written: [], errors };
    }
    await decisions.remember(folder.workspace, planned, 'write');
    return this.write(job, paths, errors);
  }

  private async changes({ folder, plan, ports }: FilesJob): Promise<Changes> {
    const { files, isTracked } = this.options;
    const { workspace } = folder;
    const paths: string[] = [];
    const tracked: string[] = [];
    const errors: StyxyError[] = [];
    for (const path of plan.files.keys()) {
      try {
        const preview = await files.preview(workspace, path, valuesOf(plan, path, ports).values);
        if (preview.kind !== 'same') {
          paths.push(path);
          if (await isTracked(workspace, path)) {
            tracked.push(path);
          }
        }
      } catch (thrown) {
        errors.push(this.logged(thrown));
      }
    }
    return { paths, tracked, errors };
  }

  private async write(
    { folder, plan, ports }: FilesJob,
    paths: readonly string[],
    before: readonly StyxyError[],
  ): Promise<FilesOutcome> {
    const { files, log } = this.options;
    const { workspace } = folder;
    const written: string[] = [];
    const errors = [...before];
    for (const path of paths) {
      const { values, omitted } = valuesOf(plan, path, ports);
      try {
        const { kind, shadowed } = await files.write(workspace, path, values);
        if (kind !== 'same') {
          written.push(path);
          log.info(`Wrote ${path} in ${workspace}: ${[...values.keys()].join(', ')}.`);
        }
        if (shadowed.length > 0) {
          const keys = shadowed.join(', ');
          log.warn(`Other lines of ${path} in ${workspace} set ${keys} too: remove them.`);
        }
      } catch (thrown) {
        errors.push(this.logged(thrown));
      }
      for (const [key, services] of omitted) {
        log.warn(`${key} is not in ${path} of ${workspace}: no port for ${services.join(', ')}.`);
      }
    }
    return { written, errors };
  }

  private logged(thrown: unknown): StyxyError {
    const error = toStyxyError(thrown);
    this.options.log.warn(`${error.code}: ${error.message}`);
    return error;
  }
}
