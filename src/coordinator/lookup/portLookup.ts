/** What the machine says of ports during one batch of decisions, looked up once. */
import type { Question } from '../../core/allocation/decision';
import type { ListeningProcess, Participant } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import type {
  HealthProbe,
  ListenerTable,
  PortFinding,
  PortProbe,
  PortUser,
  ResolvedWorkspace,
  WorkspaceReader,
} from '../../core/host/interfaces';
import type { BoundedLookup } from '../async/boundedLookup';

export interface PortLookupTools {
  /** For folders, which may lie on a mount whose server is gone. */
  readonly bounded: BoundedLookup;
  readonly probe: PortProbe;
  readonly listeners: ListenerTable;
  readonly workspaces: WorkspaceReader;
  readonly health: HealthProbe;
}

export class PortLookup {
  readonly #tools: PortLookupTools;
  readonly #participants: readonly Participant[];
  readonly #open: ReadonlySet<string>;
  readonly #findings = new Map<number, PortFinding>();
  readonly #branches = new Map<string, string | undefined>();
  #listening: ReadonlySet<number> | undefined;

  /** `participants`: who takes part now; their open folders decide whose a process is. */
  constructor(tools: PortLookupTools, participants: readonly Participant[]) {
    this.#tools = tools;
    this.#participants = participants;
    this.#open = openFolders(participants);
  }

  get findings(): ReadonlyMap<number, PortFinding> {
    return this.#findings;
  }

  /** Undefined until a decision asked for it. */
  get listening(): ReadonlySet<number> | undefined {
    return this.#listening;
  }

  get branches(): ReadonlyMap<string, string | undefined> {
    return this.#branches;
  }

  /**
   * Looks up what a decision has to know. `ahead`: see `firstFree`. Not `checked`: every candidate
   * counts as free, as the configuration says.
   */
  async answer(question: Question, ahead: number, checked = true): Promise<void> {
    switch (question.kind) {
      case 'probe':
        if (!checked) {
          question.candidates.forEach((port) => this.#findings.set(port, { kind: 'free' }));
          return;
        }
        return this.firstFree(question.candidates, ahead, question.known);
      case 'listeners':
        this.#listening = await this.#tools.listeners.ports();
        return;
      case 'branch': {
        const { workspace } = question;
        const { workspaces, bounded } = this.#tools;
        this.#branches.set(
          workspace,
          await bounded.ask(undefined, () => workspaces.branchOf(workspace)),
        );
      }
    }
  }

  /**
   * Probes candidates until one is free. `ahead`: how many requests of this batch may need a port;
   * as many are probed together, since each bind check is mostly waiting. `known`: the first
   * candidate is a wish, not a choice.
   */
  async firstFree(candidates: readonly number[], ahead: number, known = false): Promise<void> {
    const { probe } = this.#tools;
    const [first, ...others] = candidates;
    const kinds: [number, PortFinding['kind']][] = [];
    if (known && first !== undefined) {
      kinds.push([first, await probe.check(first)]);
    }
    const unseen = known ? others : candidates;
    const isFree = (): boolean => kinds.some(([, kind]) => kind === 'free');
    if (!isFree()) {
      const together = ahead > 1 ? unseen.slice(0, ahead) : [];
      const looked = await Promise.all(together.map((port) => probe.firstFree([port])));
      kinds.push(...looked.flatMap((found) => [...found]));
      if (!isFree() && together.length < unseen.length) {
        kinds.push(...(await probe.firstFree(unseen.slice(together.length))));
      }
    }
    const busy = kinds.filter(([, kind]) => kind === 'busy').map(([port]) => port);
    const users = await this.#users(new Set(busy));
    for (const [port, kind] of kinds) {
      const [user, ...more] = users.get(port) ?? [];
      const others = more.length > 0 ? { others: more } : {};
      this.#findings.set(port, kind === 'busy' ? { kind, ...user, ...others } : { kind });
    }
  }

  /** Who listens, by port: each process once, although it may listen on several addresses. */
  async #users(ports: ReadonlySet<number>): Promise<ReadonlyMap<number, readonly PortUser[]>> {
    if (ports.size === 0) {
      return new Map();
    }
    const found = new Map<number, ListeningProcess[]>();
    for (const { port, process } of await this.#tools.listeners.listeners(ports)) {
      const before = found.get(port) ?? [];
      if (process !== undefined && !before.some(({ pid }) => pid === process.pid)) {
        found.set(port, [...before, process]);
      }
    }
    const users = [...found].map(async ([port, processes]) => {
      return [port, await Promise.all(processes.map((each) => this.#user(each)))] as const;
    });
    return new Map(await Promise.all(users));
  }

  async #user(process: ListeningProcess): Promise<PortUser> {
    const participant = participantOf(process, this.#participants);
    return given({ process: await this.placed(process), participant });
  }

  /** The process with its workspace, where its folder is known. */
  async placed(process: ListeningProcess): Promise<ListeningProcess> {
    const { cwd } = process;
    // A folder that vanishes meanwhile or may not be read proves nothing.
    const place =
      cwd === undefined
        ? undefined
        : await placeOf(cwd, this.#open, this.#tools).catch(() => undefined);
    return place === undefined ? process : { ...process, workspace: place.workspace };
  }
}

/** Folders that windows have open: they decide whose a process is. */
export function openFolders(participants: readonly Participant[]): ReadonlySet<string> {
  return new Set(
    participants.filter(({ kind }) => kind === 'window').flatMap(({ folders }) => folders),
  );
}

/** The participant whose own process it is; another one may have the pid of one that is gone. */
export function participantOf(
  { pid, startMark }: ListeningProcess,
  participants: readonly Participant[],
): Participant | undefined {
  return participants.find(
    (each) =>
      each.pid === pid &&
      (each.identity === undefined ||
        startMark === undefined ||
        each.identity.endsWith(`/${pid}/${startMark}`)),
  );
}

/** Which workspace a folder belongs to; undefined for one that is gone or does not answer. */
export function placeOf(
  folder: string,
  open: ReadonlySet<string>,
  { bounded, workspaces }: Pick<PortLookupTools, 'bounded' | 'workspaces'>,
): Promise<ResolvedWorkspace | undefined> {
  return bounded.ask(undefined, async () =>
    (await workspaces.exists(folder)) ? workspaces.resolve(folder, open) : undefined,
  );
}
