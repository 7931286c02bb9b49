/** Whose the listeners on allocated ports are: what has to be looked up for `ownershipOf`. */
import { toStyxyError } from '../../core/domain/errors';
import {
  workspacesOf,
  type Allocation,
  type ListeningProcess,
  type Participant,
} from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import type { GitPlace, ResolvedWorkspace, Runtime } from '../../core/host/interfaces';
import type { State } from '../../core/state/state';
import { foremost, ownershipOf, type OwnedListener } from '../../core/health/ownership';
import { openFolders, participantOf, placeOf, type PortLookupTools } from './portLookup';

/** After this time a folder's place is looked up again: people run `git init` and move things. */
const FRESH_MS = 5 * 60_000;

export interface ListenerOwnersOptions extends Runtime {
  readonly look: Pick<PortLookupTools, 'bounded' | 'listeners' | 'workspaces'>;
  participants(): readonly Participant[];
  /** The state as it is now: the workspaces of its allocations are known. */
  state(): State;
}

/** What was found of a folder: valid while it is fresh and the same folders are open. */
interface Place {
  readonly at: number;
  readonly open: string;
  readonly resolved: ResolvedWorkspace | undefined;
}

/** Who takes part, and what follows from it, during one look. */
interface Scene {
  readonly participants: readonly Participant[];
  /** Folders that windows have open, and one text that stands for all of them. */
  readonly open: ReadonlySet<string>;
  readonly key: string;
  /** Workspaces that have allocations or that a window has open. */
  readonly known: ReadonlySet<string>;
}

export class ListenerOwners {
  readonly #options: ListenerOwnersOptions;
  readonly #places = new Map<string, Place>();
  readonly #git = new Map<string, { readonly at: number; readonly place: GitPlace }>();

  constructor(options: ListenerOwnersOptions) {
    this.#options = options;
  }

  /**
   * Who speaks for each of these ports, by allocation id; allocations without a listener in the
   * table are left out. `listening`: an answer of the table that need not be read again.
   * Errors: those of the table.
   */
  async ofAllocations(
    allocations: readonly Allocation[],
    listening?: ReadonlySet<number>,
  ): Promise<ReadonlyMap<string, OwnedListener>> {
    const byPort = new Map(allocations.map((allocation) => [allocation.port, allocation]));
    const found = new Map<string, OwnedListener[]>();
    if (byPort.size === 0) {
      return new Map();
    }
    const { participants, state, look } = this.#options;
    const open = openFolders(participants());
    const scene: Scene = {
      participants: participants(),
      open,
      key: [...open].sort().join('\0'),
      known: new Set([...open, ...[...state().allocations.values()].flatMap(workspacesOf)]),
    };
    for (const { port, process } of await look.listeners.listeners(
      new Set(byPort.keys()),
      listening,
    )) {
      const allocation = byPort.get(port);
      if (allocation !== undefined) {
        const owned = await this.#owned(allocation, process, scene);
        found.set(allocation.id, [...(found.get(allocation.id) ?? []), owned]);
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

  async #owned(
    allocation: Allocation,
    process: ListeningProcess | undefined,
    scene: Scene,
  ): Promise<OwnedListener> {
    const { known } = scene;
    const now = this.#options.clock.now();
    const participant = process && participantOf(process, scene.participants);
    if (process?.cwd === undefined || participant !== undefined) {
      const facts = given({ process, participant, allocation, known, git: new Map(), now });
      return given({ process, ownership: ownershipOf(facts) });
    }
    const { cwd } = process;
    const place = await this.#placeOf(cwd, scene);
    const git = new Map<string, GitPlace>();
    for (const folder of new Set([cwd, ...workspacesOf(allocation)])) {
      git.set(folder, await this.#gitOf(folder));
    }
    const placed = place === undefined ? process : { ...process, workspace: place.workspace };
    const facts = given({ allocation, process: placed, known, git, now, place });
    return { process: placed, ownership: ownershipOf(facts) };
  }

  async #placeOf(cwd: string, { open, key }: Scene): Promise<ResolvedWorkspace | undefined> {
    const { clock, log, look } = this.#options;
    const at = clock.now();
    const before = this.#places.get(cwd);
    if (before?.open === key && at - before.at < FRESH_MS) {
      return before.resolved;
    }
    // A folder that vanishes meanwhile or may not be read proves nothing.
    const resolved = await placeOf(cwd, open, look).catch((error: unknown) => {
      log.debug(`${cwd} was not looked at: ${toStyxyError(error).message}`);
      return undefined;
    });
    this.#places.set(cwd, { at, open: key, resolved });
    return resolved;
  }

  async #gitOf(folder: string): Promise<GitPlace> {
    const { clock, look } = this.#options;
    const at = clock.now();
    const before = this.#git.get(folder);
    if (before !== undefined && at - before.at < FRESH_MS) {
      return before.place;
    }
    const unknown: GitPlace = { kind: 'unknown' };
    const place = await look.bounded.ask(unknown, () => look.workspaces.worktreeOf(folder));
    this.#git.set(folder, { at, place });
    return place;
  }

  /** Drops what is not fresh any more. */
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
