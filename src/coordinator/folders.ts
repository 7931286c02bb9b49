/** Folders of remembered pairs: those that are gone hold nothing back, and are forgotten. */
import { dirname } from 'node:path';
import { idleFolders } from '../core/memory';
import type { Clock, WorkspaceResolver } from '../core/ports';
import type { Leader } from './leader';

export interface FoldersOptions {
  readonly clock: Clock;
  readonly leader: Leader;
  readonly workspaces: WorkspaceResolver;
}

export class Folders {
  readonly #options: FoldersOptions;
  #gone: ReadonlySet<string> = new Set();

  constructor(options: FoldersOptions) {
    this.#options = options;
  }

  /** As of the last look. */
  get gone(): ReadonlySet<string> {
    return this.#gone;
  }

  /** Looks at every remembered folder. Errors: none; a commit that is refused is tried next time. */
  async look(): Promise<void> {
    const { clock, leader, workspaces } = this.#options;
    const gone = new Set<string>();
    const deleted = new Set<string>();
    const folders = new Set([...leader.state.memory.values()].map(({ workspace }) => workspace));
    for (const folder of folders) {
      if (!(await workspaces.exists(folder))) {
        gone.add(folder);
        // A drive that is not there now takes the folder's parent with it, and comes back.
        if (await workspaces.exists(dirname(folder))) {
          deleted.add(folder);
        }
      }
    }
    this.#gone = gone;
    await leader.decideAndRecord(() => {
      const idle = idleFolders(leader.state);
      const forgotten = [...deleted].filter((folder) => idle.has(folder));
      const stamp = { at: clock.now(), actor: '', by: 'leader' };
      return forgotten.length === 0 ? [] : [{ kind: 'forgot', stamp, workspaces: forgotten }];
    });
  }
}
