import type { Coordinator, Role } from '../../core/messages/coordinator';
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import type { Disposable, Log } from '../../core/host/interfaces';
import type { Snapshot } from '../../core/messages/requests';
import { Emitter } from './dispose';

/** The least time between two drawings: on a busy machine the leader pushes far more often. */
const DRAW_MS = 50;

export interface ConnectionOptions {
  /** Starts taking part; awaited off the path of activation. */
  readonly start: () => Promise<Coordinator>;
  readonly log: Log;
}

/**
 * The window's coordinator from before it exists until after it closed: what is drawn reads `role`
 * and `snapshot` and listens to changes, what asks awaits `ready`.
 */
export class Connection {
  private readonly changes: Emitter;
  private readonly starting: Promise<Coordinator>;
  private coordinator: Coordinator | undefined;
  private subscription: Disposable | undefined;
  private problem: string | undefined;
  private closing: Promise<void> | undefined;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private hasNews = false;

  constructor(options: ConnectionOptions) {
    this.changes = new Emitter(options.log);
    this.starting = options.start().then((coordinator) => this.attach(coordinator));
    this.starting.catch((thrown: unknown) => {
      this.problem = toStyxyError(thrown).message;
      options.log.error(`The coordinator could not start: ${this.problem}`);
      this.changes.fire();
    });
  }

  get role(): Role {
    if (this.problem !== undefined) {
      return { kind: 'unreachable', problem: this.problem };
    }
    return this.coordinator?.role ?? { kind: 'connecting' };
  }

  /** What the leader pushed last; undefined until the first push. */
  get snapshot(): Snapshot | undefined {
    return this.coordinator?.snapshot;
  }

  /** Fires after `role` or `snapshot` changed. */
  onDidChange(listener: () => void): Disposable {
    return this.changes.onDidChange(listener);
  }

  /** The way in for requests. Rejects with why the coordinator could not start. */
  ready(): Promise<Coordinator> {
    return this.starting.catch((thrown: unknown) => {
      throw toStyxyError(thrown);
    });
  }

  /** Idempotent. A coordinator that has not started yet is closed as soon as it has. */
  close(): Promise<void> {
    this.closing ??= this.starting.then(
      async (coordinator) => {
        this.subscription?.dispose();
        clearTimeout(this.resting);
        await coordinator.close();
      },
      () => undefined,
    );
    return this.closing;
  }

  private async attach(coordinator: Coordinator): Promise<Coordinator> {
    if (this.closing !== undefined) {
      await coordinator.close();
      throw new StyxyError('cancelled', 'The window closed before Styxy had started.');
    }
    this.coordinator = coordinator;
    this.subscription = coordinator.onDidChange(() => this.announce());
    this.changes.fire();
    return coordinator;
  }

  /** At once, and then together what came meanwhile. */
  private announce(): void {
    if (this.resting !== undefined) {
      this.hasNews = true;
      return;
    }
    this.resting = setTimeout(() => {
      this.resting = undefined;
      if (this.hasNews) {
        this.hasNews = false;
        this.announce();
      }
    }, DRAW_MS);
    this.changes.fire();
  }
}
