/** Whose the listeners on allocated ports are: what has to be looked up for `ownershipOf`. */
import { toStyxyError } from '../../core/domain/errors';
import {
  workspacesOf,
  type Allocation,
  type ListeningProcess,
  type Participant,
} from '../../core/domain/model';
import type {
  Clock,
  GitPlace,
  ListenerTable,
  Log,
  ResolvedWorkspace,
  WorkspaceResolver,
  WorktreeReader,
} from '../../core/host/interfaces';
import { foremost, ownershipOf, type OwnedListener } from '../../core/health/ownership';
import type { BoundedLookup } from '../async/boundedLookup';

/** A folder's place is looked up again after so long: people run `git init` and move things. */
const FRESH_MS = 5 * 60_000;

export interface ListenerOwnersOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly patience: BoundedLookup;
  readonly listeners: ListenerTable;
  readonly workspaces: WorkspaceResolver;
  readonly worktrees: WorktreeReader;
  participants(): readonly Participant[];
  /** Folders that windows have open. */
  open(): ReadonlySet<string>;
  /** Workspaces that have allocations or that a window has open. */
  known(): ReadonlySet<string>;
}

/** What was found of a folder, for as long as it is fresh and the same windows are open. */
interface Place {
  readonly at: number;
  readonly open: string;
  readonly resolved: ResolvedWorkspace | undefined;
}

/** Folders that windows have open, and one text that stands for all of them. */
interface Open {
  readonly folders: ReadonlySet<string>;
  readonly key: string;
}

export class ListenerOwners {
  readonly #options: ListenerOwnersOptions;
  readonly #places = new Map<string, Place>();
  readonly #git = new Map<string, { readonly at: number; readonly place: GitPlace }>();

  constructor(options: ListenerOwnersOptions) {
    this.#options = options;
  }

  /**
   * Who speaks for each of these ports, by allocation id; allocations without a listener that the
   * table tells of are left out. `listening`: an answer of the table that need not be read again.
   * Errors: those of the table.
   */
  async judge(
    allocations: readonly Allocation[],
    listening?: ReadonlySet<number>,
  ): Promise<ReadonlyMap<string, OwnedListener>> {
    const byPort = new Map(allocations.map((allocation) => [allocation.port, allocation]));
    const found = new Map<string, OwnedListener[]>();
    if (byPort.size === 0) {
      return new Map();
    }
    const known = this.#options.known();
    const folders = this.#options.open();
    const open = { folders, key: [...folders].sort().join('\0') };
    for (const { port, process } of await this.#options.listeners.listeners(
      new Set(byPort.keys()),
      listening,
    )) {
      const allocation = byPort.get(port);
      if (allocation !== undefined) {
        const judged = await this.#judged(allocation, process, known, open);
        found.set(allocation.id, [...(found.get(allocation.id) ?? []), judged]);
      }
    }
    this.#forget();
    const spoken = new Map<string, OwnedListener>();
    for (const [id, listeners] of found) {
      const first = foremost(listeners);
      if (first !== undefined) {
        spoken.set(id, first);
      }
    }
    return spoken;
  }

  async #judged(
    allocation: Allocation,
    process: ListeningProcess | undefined,
    known: ReadonlySet<string>,
    open: Open,
  ): Promise<OwnedListener> {
    const now = this.#options.clock.now();
    const participant = process === undefined ? undefined : this.#participantOf(process);
    if (process !== undefined && participant !== undefined) {
      const facts = { allocation, process, participant, known, git: new Map(), now };
      return { process, ownership: ownershipOf(facts) };
    }
    if (process?.cwd === undefined) {
      const owner = process === undefined ? {} : { process };
      return { ...owner, ownership: { kind: 'unknown' } };
    }
    const { cwd } = process;
    const place = await this.#placeOf(cwd, open);
    const folders = [cwd, ...workspacesOf(allocation)];
    const git = new Map<string, GitPlace>();
    for (const folder of new Set(folders)) {
      git.set(folder, await this.#gitOf(folder));
    }
    const placed = place === undefined ? process : { ...process, workspace: place.workspace };
    const ownership = ownershipOf({
      allocation,
      process: placed,
      ...(place === undefined ? {} : { place }),
      known,
      git,
      now,
    });
    return { process: placed, ownership };
  }

  /** Whose own process it is; another one may have the pid of one that is gone. */
  #participantOf({ pid, startMark }: ListeningProcess): Participant | undefined {
    return this.#options
      .participants()
      .find(
        (each) =>
          each.pid === pid &&
          (each.identity === undefined ||
            startMark === undefined ||
            each.identity.endsWith(`/${pid}/${startMark}`)),
      );
  }

  async #placeOf(cwd: string, { folders, key }: Open): Promise<ResolvedWorkspace | undefined> {
    const { clock, log, patience, workspaces } = this.#options;
    const at = clock.now();
    const before = this.#places.get(cwd);
    if (before?.open === key && at - before.at < FRESH_MS) {
      return before.resolved;
    }
    const look = async (): Promise<ResolvedWorkspace | undefined> =>
      (await workspaces.exists(cwd)) ? workspaces.resolve(cwd, folders) : undefined;
    // A folder that vanishes meanwhile or may not be read proves nothing.
    const looked = patience.ask(undefined, look);
    const resolved = await looked.catch((error: unknown) => {
      log.debug(`${cwd} was not looked at: ${toStyxyError(error).message}`);
      return undefined;
    });
    this.#places.set(cwd, { at, open: key, resolved });
    return resolved;
  }

  async #gitOf(folder: string): Promise<GitPlace> {
    const { clock, patience, worktrees } = this.#options;
    const at = clock.now();
    const before = this.#git.get(folder);
    if (before !== undefined && at - before.at < FRESH_MS) {
      return before.place;
    }
    const unknown: GitPlace = { kind: 'unknown' };
    const place = await patience.ask(unknown, () => worktrees.worktreeOf(folder));
    this.#git.set(folder, { at, place });
    return place;
  }

  /** Folders that nothing was seen in for a while. */
  #forget(): void {
    const stale = this.#options.clock.now() - FRESH_MS;
    for (const places of [this.#places, this.#git]) {
      for (const [folder, { at }] of places) {
        if (at <= stale) {
          places.delete(folder);
        }
      }
    }
  }
}
