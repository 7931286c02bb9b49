/** One end of a simulated connection: as much of `net.Socket` as the product uses. */
import { EventEmitter } from 'node:events';
import type { Process, Scheduler } from './scheduler';

type Parcel =
  | { readonly kind: 'data'; readonly content: Buffer }
  /** The other end wrote its last word. */
  | { readonly kind: 'end' };

export class Wire extends EventEmitter {
  readonly owner: Process;
  /** Corking would only put off what is delivered later anyway. */
  readonly writableCorked = 1;
  peer: Wire | undefined;
  destroyed = false;
  /** What it writes arrives only after this time: a connection that hangs. */
  hangsUntil = 0;
  readonly #scheduler: Scheduler;
  readonly #inbox: Parcel[] = [];
  #ended = false;
  #paused = false;
  #lastArrival = 0;
  #unread = 0;
  /** How much of the inbox has arrived. */
  #due = 0;

  constructor(scheduler: Scheduler, owner: Process) {
    super();
    this.#scheduler = scheduler;
    this.owner = owner;
  }

  get writableLength(): number {
    return this.peer?.owner.frozen === true ? Math.max(0, this.peer.#unread - BUFFER_BYTES) : 0;
  }

  cork(): void {
    // Never asked for: see `writableCorked`.
  }

  uncork(): void {
    // The same.
  }

  write(text: string, done?: (error?: Error) => void): boolean {
    const broken = this.destroyed || this.#ended || this.peer === undefined;
    if (broken) {
      const error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
      void Promise.resolve().then(() => done?.(error));
      return false;
    }
    this.#send({ kind: 'data', content: Buffer.from(text, 'utf8') });
    void Promise.resolve().then(() => done?.());
    return true;
  }

  end(done?: () => void): this {
    if (!this.#ended && !this.destroyed) {
      this.#ended = true;
      this.#send({ kind: 'end' });
    }
    if (done !== undefined) {
      this.#scheduler.immediately(this.owner, done);
    }
    return this;
  }

  destroy(): this {
    if (!this.destroyed) {
      this.destroyed = true;
      if (!this.#ended) {
        this.#ended = true;
        this.#send({ kind: 'end' });
      }
      this.#scheduler.immediately(this.owner, () => this.emit('close'));
    }
    return this;
  }

  /** Nothing arrives before the listener has taken the connection. */
  holdUntil(ms: number): void {
    this.#lastArrival = Math.max(this.#lastArrival, this.#scheduler.now + ms);
  }

  pause(): this {
    this.#paused = true;
    return this;
  }

  resume(): this {
    this.#paused = false;
    this.#deliver();
    return this;
  }

  /** Neither end hears anything more of the other but that it is gone; what is under way is lost. */
  cut(): void {
    for (const wire of [this, this.peer]) {
      if (wire !== undefined && !wire.destroyed) {
        wire.#inbox.length = 0;
        wire.peer = undefined;
        const ms = this.#scheduler.random.between(0.01, 5);
        this.#scheduler.schedule(ms, 'io', wire.owner, () => wire.destroy());
      }
    }
  }

  /** The process is gone: what it had written still arrives, or not. */
  lose(): void {
    const { peer } = this;
    if (peer === undefined || this.destroyed) {
      return;
    }
    this.destroyed = true;
    if (this.#scheduler.random.chance(0.5)) {
      peer.#inbox.length = 0;
    }
    this.#send({ kind: 'end' });
  }

  #send(parcel: Parcel): void {
    const { peer } = this;
    if (peer === undefined) {
      return;
    }
    const { random, now } = this.#scheduler;
    const ms = random.chance(0.97) ? random.between(0.02, 0.25) : random.between(0.2, 15);
    const at = Math.max(now + ms, peer.#lastArrival + 1e-3, this.hangsUntil);
    peer.#lastArrival = at;
    if (parcel.kind === 'data' && parcel.content.length > 1 && random.chance(0.03)) {
      const middle = 1 + random.below(parcel.content.length - 1);
      peer.#arrive({ kind: 'data', content: parcel.content.subarray(0, middle) }, at - now);
      peer.#arrive({ kind: 'data', content: parcel.content.subarray(middle) }, at - now);
      return;
    }
    peer.#arrive(parcel, at - now);
  }

  #arrive(parcel: Parcel, ms: number): void {
    this.#unread += parcel.kind === 'data' ? parcel.content.length : 0;
    this.#scheduler.schedule(ms, 'io', this.owner, () => {
      this.#due += 1;
      this.#deliver();
    });
    this.#inbox.push(parcel);
  }

  #deliver(): void {
    while (this.#due > 0 && !this.#paused && !this.destroyed) {
      this.#due -= 1;
      const parcel = this.#inbox.shift();
      if (parcel?.kind === 'data') {
        this.#unread -= parcel.content.length;
        this.emit('data', parcel.content);
      } else if (parcel?.kind === 'end') {
        this.peer = undefined;
        this.emit('end');
        this.destroy();
      }
    }
  }
}

/** What an operating system keeps for a reader that does not read. */
const BUFFER_BYTES = 200 * 1024;
