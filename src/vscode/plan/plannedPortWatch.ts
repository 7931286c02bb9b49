import { toStyxyError } from '../../core/domain/errors';
import type { Clock, Disposable, Log } from '../../core/host/interfaces';
import type { InspectAnswer } from '../../core/messages/requests';
import type { Connection } from '../window/connection';
import type { PlanDecisions } from './planDecisions';

/** Looking at a port asks the system: no more often, and only while one is watched. */
export const PLANNED_PORT_CHECK_MS = 30_000;

/** A service that has another port than its plan names. */
export interface PlannedPort {
  /** `Allocation.id`. */
  readonly id: string;
  readonly workspace: string;
  readonly service: string;
  /** What it has. */
  readonly from: number;
  /** What the plan names. */
  readonly to: number;
}

interface PlannedPortWatchOptions {
  readonly connection: Pick<Connection, 'ready' | 'snapshot'>;
  readonly clock: Pick<Clock, 'every'>;
  /** What was offered before is not offered again. */
  readonly decisions: Pick<PlanDecisions, 'has' | 'add'>;
  readonly offer: (planned: PlannedPort) => void;
  readonly log: Log;
}

/** Watches the ports that plans name and did not get, and offers each once when it is free. */
export class PlannedPortWatch implements Disposable {
  private readonly watched = new Map<string, PlannedPort>();
  private ticking: Disposable | undefined;
  private checking: Promise<void> | undefined;

  constructor(private readonly options: PlannedPortWatchOptions) {}

  /** Watches these for a workspace, in the place of those before. */
  set(workspace: string, ports: readonly PlannedPort[]): void {
    this.drop((planned) => planned.workspace === workspace);
    for (const planned of ports) {
      if (!this.options.decisions.has('plan.offered', keyOf(planned))) {
        this.watched.set(keyOf(planned), planned);
      }
    }
    this.tickWhileWatching();
  }

  /** Forgets workspaces that the window no longer has. */
  keep(isCurrent: (workspace: string) => boolean): void {
    this.drop(({ workspace }) => !isCurrent(workspace));
    this.tickWhileWatching();
  }

  dispose(): void {
    this.keep(() => false);
  }

  private drop(isDropped: (planned: PlannedPort) => boolean): void {
    for (const [key, planned] of this.watched) {
      if (isDropped(planned)) {
        this.watched.delete(key);
      }
    }
  }

  private tickWhileWatching(): void {
    if (this.watched.size === 0) {
      this.ticking?.dispose();
      this.ticking = undefined;
    } else {
      this.ticking ??= this.options.clock.every(PLANNED_PORT_CHECK_MS, () => this.tick());
    }
  }

  private tick(): void {
    this.checking ??= this.check()
      .catch((thrown: unknown) =>
        this.options.log.debug(`No planned port was looked at: ${toStyxyError(thrown).message}`),
      )
      .finally(() => (this.checking = undefined));
  }

  private async check(): Promise<void> {
    for (const planned of [...this.watched.values()]) {
      const found = await this.look(planned);
      const key = keyOf(planned);
      if (found === 'taken' || this.watched.get(key) !== planned) {
        continue;
      }
      this.watched.delete(key);
      this.tickWhileWatching();
      if (found === 'free') {
        this.options.decisions.add('plan.offered', key);
        this.options.offer(planned);
      }
    }
  }

  /** `over`: the service has not the port any more that it had. */
  private async look({ id, from, to }: PlannedPort): Promise<'taken' | 'free' | 'over'> {
    const { connection } = this.options;
    const { snapshot } = connection;
    if (snapshot === undefined) {
      return 'taken';
    }
    const allocation = snapshot.allocations.find((it) => it.id === id);
    if (allocation?.port !== from) {
      return 'over';
    }
    if (snapshot.allocations.some(({ port }) => port === to)) {
      return 'taken';
    }
    const coordinator = await connection.ready();
    const answer = await coordinator.inspect({ port: to });
    return isFree(answer, allocation.workspace) ? 'free' : 'taken';
  }
}

/** A server of the same workspace that listens there already is what the plan wants. */
function isFree(answer: InspectAnswer, workspace: string): boolean {
  const { allocation, reserved, listeners, addresses } = answer;
  if (allocation !== undefined || reserved !== undefined) {
    return false;
  }
  return listeners.length > 0
    ? listeners.every(({ process }) => process?.workspace === workspace)
    : addresses.every(({ result }) => result !== 'busy' && result !== 'forbidden');
}

function keyOf({ id, to }: PlannedPort): string {
  return `${id} ${to}`;
}
