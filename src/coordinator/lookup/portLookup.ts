/** What the machine says of ports during one batch of decisions, looked up once. */
import type { Question } from '../../core/allocation/decision';
import type { ListeningProcess, Participant } from '../../core/domain/model';
import type {
  BranchReader,
  HealthProbe,
  ListenerTable,
  PortFinding,
  PortProbe,
  WorkspaceResolver,
  WorktreeReader,
} from '../../core/host/interfaces';
import type { BoundedLookup } from '../async/boundedLookup';

export interface PortLookupTools {
  /** With folders, which may lie on a mount whose server is gone. */
  readonly patience: BoundedLookup;
  readonly probe: PortProbe;
  readonly listeners: ListenerTable;
  readonly workspaces: WorkspaceResolver;
  readonly branches: BranchReader;
  readonly worktrees: WorktreeReader;
  readonly health: HealthProbe;
}

export class PortLookup {
  readonly #tools: PortLookupTools;
  readonly #open: ReadonlySet<string>;
  readonly #findings = new Map<number, PortFinding>();
  readonly #branches = new Map<string, string | undefined>();
  #listening: ReadonlySet<number> | undefined;

  /** `open`: folders that windows have open now; they decide whose a process is. */
  constructor(tools: PortLookupTools, open: ReadonlySet<string>) {
    this.#tools = tools;
    this.#open = open;
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
   * Looks at what a decision has to know. `ahead`: see `firstFree`. Not `checked`: every candidate
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
        const { branches, patience } = this.#tools;
        this.#branches.set(
          workspace,
          await patience.ask(undefined, () => branches.branchOf(workspace)),
        );
      }
    }
  }

  /**
   * Looks at candidates until one is free. `ahead`: how many of this batch may need a port; so
   * many are looked at together, since each bind check is mostly waiting. `known`: the first
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
    const owners = await this.owners(new Set(busy));
    for (const [port, kind] of kinds) {
      const process = owners.get(port);
      this.#findings.set(
        port,
        kind === 'busy' ? { kind, ...(process === undefined ? {} : { process }) } : { kind },
      );
    }
  }

  /** Who listens, by port, with the workspace that the process belongs to. */
  async owners(ports: ReadonlySet<number>): Promise<ReadonlyMap<number, ListeningProcess>> {
    const owners = new Map<number, ListeningProcess>();
    if (ports.size === 0) {
      return owners;
    }
    const first = new Map<number, ListeningProcess>();
    for (const { port, process } of await this.#tools.listeners.listeners(ports)) {
      if (process !== undefined && !first.has(port)) {
        first.set(port, process);
      }
    }
    await Promise.all(
      [...first].map(async ([port, process]) => {
        owners.set(port, await this.placed(process));
      }),
    );
    return owners;
  }

  /** The process with its workspace, where its folder still exists. */
  async placed(process: ListeningProcess): Promise<ListeningProcess> {
    const { cwd } = process;
    if (cwd === undefined) {
      return process;
    }
    const { workspaces, patience } = this.#tools;
    return patience.ask(process, async () => {
      if (!(await workspaces.exists(cwd))) {
        return process;
      }
      const { workspace } = await workspaces.resolve(cwd, this.#open);
      return { ...process, workspace };
    });
  }
}

/** Folders that windows have open: they decide whose a process is. */
export function openFolders(participants: readonly Participant[]): ReadonlySet<string> {
  return new Set(
    participants.filter(({ kind }) => kind === 'window').flatMap(({ folders }) => folders),
  );
}
