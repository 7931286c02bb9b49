/** The sockets of the simulated machine. */
import type { Socket } from 'node:net';
import { StyxyError } from '../../src/core/domain/errors';
import { errno } from './disk';
import type { Process, Scheduler } from './scheduler';
import { step } from './steps';
import { Wire } from './wire';

interface Door {
  readonly owner: Process;
  readonly open: Set<Wire>;
  readonly onConnection: (socket: Socket) => void;
  closed: boolean;
}

/** How a connection that could be made is said not to be: the other side is accused wrongly. */
export type Suspicion = 'ECONNREFUSED' | 'ENOENT' | 'EAGAIN' | 'timeout';

export class Network {
  /** Paths of sockets that exist. */
  readonly paths = new Map<string, Door>();
  readonly wires = new Set<Wire>();
  suspicion: { readonly kind: Suspicion; readonly chance: number } | undefined;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  listen(
    path: string,
    onConnection: (socket: Socket) => void,
  ): Promise<{ close(): Promise<void> }> {
    const owner = this.#scheduler.running;
    const door: Door = { owner, open: new Set(), onConnection, closed: false };
    const ms = this.#scheduler.random.between(0.05, 0.5);
    return step(this.#scheduler, {
      what: `listen ${path}`,
      ms,
      effect: () => {
        if (this.paths.has(path)) {
          throw errno('EADDRINUSE', path);
        }
        this.paths.set(path, door);
        return { close: () => this.#close(path, door) };
      },
    });
  }

  /** Errors: raw errno, `timeout`. */
  connect(path: string, deadlineMs: number): Promise<Socket> {
    const scheduler = this.#scheduler;
    const { random } = scheduler;
    const owner = scheduler.running;
    const suspicion =
      this.suspicion !== undefined && random.chance(this.suspicion.chance)
        ? this.suspicion.kind
        : undefined;
    return step(scheduler, {
      what: `connect ${path}`,
      ms: suspicion === 'timeout' ? deadlineMs : random.between(0.02, 0.3),
      effect: () => {
        if (suspicion === 'timeout') {
          throw new StyxyError('timeout', 'Nobody answered.');
        }
        if (suspicion !== undefined) {
          throw errno(suspicion, path);
        }
        const door = this.paths.get(path);
        if (door === undefined) {
          throw errno('ENOENT', path);
        }
        if (door.closed || !door.owner.alive) {
          throw errno('ECONNREFUSED', path);
        }
        return this.#join(owner, door) as unknown as Socket;
      },
    });
  }

  exists(path: string): Promise<boolean> {
    const ms = this.#scheduler.random.between(0.01, 0.1);
    const effect = (): boolean => this.paths.has(path);
    return step(this.#scheduler, { what: `stat ${path}`, ms, effect });
  }

  remove(path: string): Promise<void> {
    return step(this.#scheduler, {
      what: `unlink ${path}`,
      ms: this.#scheduler.random.between(0.01, 0.1),
      effect: () => {
        this.paths.delete(path);
      },
    });
  }

  /** Everything that a process had open ends with it; its sockets' files stay. */
  lose(process: Process): void {
    for (const wire of this.wires) {
      if (wire.owner === process) {
        wire.lose();
        this.wires.delete(wire);
      }
    }
  }

  #join(owner: Process, door: Door): Wire {
    const near = new Wire(this.#scheduler, owner);
    const far = new Wire(this.#scheduler, door.owner);
    near.peer = far;
    far.peer = near;
    for (const wire of [near, far]) {
      this.wires.add(wire);
      wire.once('close', () => this.wires.delete(wire));
    }
    door.open.add(far);
    far.once('close', () => door.open.delete(far));
    const ms = this.#scheduler.random.between(0.005, 0.2);
    far.holdUntil(ms);
    this.#scheduler.schedule(ms, 'io', door.owner, () => {
      if (door.closed) {
        far.destroy();
      } else {
        door.onConnection(far as unknown as Socket);
      }
    });
    return near;
  }

  async #close(path: string, door: Door): Promise<void> {
    if (!door.closed) {
      door.closed = true;
      this.paths.delete(path);
      for (const wire of door.open) {
        wire.destroy();
      }
      await step(this.#scheduler, { what: `close ${path}`, ms: 0.05, effect: () => undefined });
    }
  }
}
