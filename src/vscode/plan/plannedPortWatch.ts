import { toStyxyError } from '../../core/domain/errors';
import type { Clock, Disposable, Log } from '../../core/host/interfaces';
import type { InspectAnswer } from '../../core/messages/requests';
import type { Connection } from '../window/connection';
import type { KeptSet } from './decisions';

/** Looking at a port asks the system: no faster, and only as long as a wish is open. */
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

export interface PlannedPortWatchOptions {
  readonly connection: Pick<Connection, 'ready' | 'snapshot'>;
  readonly clock: Pick<Clock, 'every'>;
  /** What was offered before is not offered again. */
  readonly offered: Pick<KeptSet, 'has' | 'add'>;
  readonly offer: (wish: PlannedPort) => void;
  readonly log: Log;
}

/** Watches the ports that plans name and did not get, and offers each once when it is free. */
export class PlannedPortWatch implements Disposable {
  private readonly open = new Map<string, readonly PlannedPort[]>();
  private ticking: Disposable | undefined;
  private checking: Promise<void> | undefined;

  constructor(private readonly options: PlannedPortWatchOptions) {}

  /** The wishes of a workspace, in the place of those it had. */
  set(workspace: string, wishes: readonly PlannedPort[]): void {
    const left = wishes.filter((wish) => !this.options.offered.has(keyOf(wish)));
    if (left.length === 0) {
      this.open.delete(workspace);
    } else {
      this.open.set(workspace, left);
    }
    this.tickWhileOpen();
  }

  /** Forgets workspaces that the window has no more. */
  keep(isCurrent: (workspace: string) => boolean): void {
    for (const workspace of this.open.keys()) {
      if (!isCurrent(workspace)) {
        this.open.delete(workspace);
      }
    }
    this.tickWhileOpen();
  }

  dispose(): void {
    this.open.clear();
    this.tickWhileOpen();
  }

  private tickWhileOpen(): void {
    if (this.open.size === 0) {
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
    for (const [workspace, wishes] of [...this.open]) {
      for (const wish of wishes) {
        const found = await this.judge(wish);
        if (found === 'waits' || !this.close(workspace, wish)) {
          continue;
        }
        if (found === 'free') {
          this.options.offered.add(keyOf(wish));
          this.options.offer(wish);
        }
      }
    }
  }

  /** False if it is not open any more. */
  private close(workspace: string, wish: PlannedPort): boolean {
    const wishes = this.open.get(workspace);
    if (wishes?.includes(wish) !== true) {
      return false;
    }
    this.set(
      workspace,
      wishes.filter((it) => it !== wish),
    );
    return true;
  }

  private async judge({ id, from, to }: PlannedPort): Promise<'waits' | 'free' | 'over'> {
    const { connection } = this.options;
    const { snapshot } = connection;
    if (snapshot === undefined) {
      return 'waits';
    }
    const allocation = snapshot.allocations.find((it) => it.id === id);
    if (allocation?.port !== from) {
      return 'over';
    }
    if (snapshot.allocations.some(({ port }) => port === to)) {
      return 'waits';
    }
    const coordinator = await connection.ready();
    const answer = await coordinator.inspect({ port: to });
    return isFree(answer, allocation.workspace) ? 'free' : 'waits';
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
