/** Folders of remembered pairs: what is remembered of deleted ones is forgotten. */
import { dirname } from 'node:path';
import { toStyxyError } from '../../core/domain/errors';
import { idleFolders } from '../../core/state/rememberedPorts';
import type { Runtime, WorkspaceReader } from '../../core/host/interfaces';
import type { Recorder } from '../log/commit';
import type { BoundedLookup } from '../async/boundedLookup';

export interface FolderTrackerOptions extends Runtime {
  readonly leader: Recorder;
  readonly workspaces: WorkspaceReader;
  readonly bounded: BoundedLookup;
}

export class FolderTracker {
  readonly #options: FolderTrackerOptions;
  #gone: ReadonlySet<string> = new Set();

  constructor(options: FolderTrackerOptions) {
    this.#options = options;
  }

  /** As of the last look. */
  get gone(): ReadonlySet<string> {
    return this.#gone;
  }

  /** Looks at every remembered folder. Errors: none; a commit that is refused is tried next time. */
  async look(): Promise<void> {
    const { clock, leader } = this.#options;
    const folders = new Set([...leader.state.memory.values()].map(({ workspace }) => workspace));
    const gone = new Set<string>();
    for (const folder of folders) {
      if (!(await this.#exists(folder))) {
        gone.add(folder);
      }
    }
    this.#gone = gone;
    const deleted = await this.deleted(gone);
    await leader.decideAndRecord(() => {
      const idle = idleFolders(leader.state);
      const forgotten = [...deleted].filter((folder) => idle.has(folder));
      const stamp = { at: clock.now(), actor: '', by: 'leader' };
      return forgotten.length === 0 ? [] : [{ kind: 'forgot', stamp, workspaces: forgotten }];
    });
  }

  /**
   * Which of these folders were deleted. A drive that is not mounted takes a folder's parent with
   * it, and comes back.
   */
  async deleted(folders: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const deleted = new Set<string>();
    const parents = new Map<string, boolean>();
    for (const folder of folders) {
      if (!(await this.#exists(folder))) {
        const parent = dirname(folder);
        const isThere = parents.get(parent) ?? (await this.#exists(parent));
        parents.set(parent, isThere);
        if (isThere) {
          deleted.add(folder);
        }
      }
    }
    return deleted;
  }

  /** A folder that cannot be checked, on a dead network mount for example, counts as existing. */
  #exists(folder: string): Promise<boolean> {
    const { log, bounded, workspaces } = this.#options;
    return bounded
      .ask(true, () => workspaces.exists(folder))
      .catch((error: unknown) => {
        log.debug(`${folder} was not looked at: ${toStyxyError(error).message}`);
        return true;
      });
  }
}
