/**
 * A participant's side of its connection to the leader: introduces itself, keeps the last push,
 * and notices when the leader stops answering.
 */
import type { Allocation, AllocationView, Participant } from '../../core/domain/model';
import { given } from '../../core/domain/schema';
import { toStyxyError } from '../../core/domain/errors';
import type { Disposable, Runtime } from '../../core/host/interfaces';
import type { MethodName, Methods, PushedSnapshot } from '../../core/messages/methods';
import type { Snapshot, SnapshotDelta } from '../../core/messages/requests';
import { deferred } from '../async/promises';
import { prove } from '../session/handshake';
import type { AnsweringLeader } from '../session/leaderProbe';
import type { CallOptions, Channel } from '../session/channel';

const PING_MS = 1000;

/** A leader that answers no ping for this long is frozen: the next number is claimed. */
const PING_TIMEOUT_MS = 3000;

/** A tick later than this: this process slept or stalled, so no other is to blame. */
const OWN_STALL_MS = 2000;

const HELLO_TIMEOUT_MS = 5000;

export interface LeaderConnectionOptions extends Runtime {
  /** Probes over a connection of its own: is it the leader that is stuck, or this one? */
  probe(epoch: number): Promise<boolean>;
  onSnapshot(connection: LeaderConnection): void;
}

export type ConnectionEnd =
  | { readonly kind: 'closed' }
  /** Connected, and silent: the leader of this epoch is not asked again. */
  | { readonly kind: 'frozen'; readonly epoch: number };

export class LeaderConnection {
  readonly ended: Promise<ConnectionEnd>;
  readonly #options: LeaderConnectionOptions;
  readonly #channel: Channel;
  #last: Omit<PushedSnapshot, 'allocations'>;
  readonly #allocations = new Map<string, AllocationView>();
  /** Made when it is read: most pushes of a busy machine are followed by another one. */
  #sorted: readonly AllocationView[] | undefined;
  #frozen: ConnectionEnd | undefined;
  #timer: Disposable | undefined;

  private constructor(
    options: LeaderConnectionOptions,
    channel: Channel,
    snapshot: PushedSnapshot,
  ) {
    this.#options = options;
    this.#channel = channel;
    this.#last = snapshot;
    this.#take(snapshot);
    this.ended = new Promise((resolve) => {
      channel.onClose(() => {
        this.#timer?.dispose();
        resolve(this.#frozen ?? { kind: 'closed' });
      });
    });
  }

  /** Errors: those of `Channel.call`. */
  static async join(
    options: LeaderConnectionOptions,
    { channel, record, nonces }: AnsweringLeader,
    participant: Participant,
    holds: readonly Allocation[],
  ): Promise<LeaderConnection> {
    // Pushes may overtake the answer to `hello`; they wait for it.
    const joined = deferred<LeaderConnection>();
    channel.onPush('snapshot', async (pushed) => (await joined.promise).#replace(pushed));
    channel.onPush('delta', async (delta) => (await joined.promise).#merge(delta));
    try {
      const proof = prove(record.secret, 'participant', nonces);
      const { snapshot } = await channel.call(
        'hello',
        { proof, participant, holds },
        { deadlineMs: HELLO_TIMEOUT_MS },
      );
      const connection = new LeaderConnection(options, channel, snapshot);
      joined.resolve(connection);
      connection.#watch();
      return connection;
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  get snapshot(): Snapshot {
    this.#sorted ??= [...this.#allocations.values()].sort((a, b) => a.port - b.port);
    return { ...this.#last, allocations: this.#sorted };
  }

  get epoch(): number {
    return this.#last.epoch;
  }

  /** `Participant.id` of who leads. */
  get leader(): string {
    return this.#last.leader.participant;
  }

  /** The leader lost what it knew and asks the windows for it: it shows less than is held. */
  get isResyncing(): boolean {
    return this.#last.suspect === true;
  }

  call<M extends MethodName>(
    method: M,
    params: Methods[M]['params'],
    options: CallOptions,
  ): Promise<Methods[M]['result']> {
    return this.#channel.call(method, params, options);
  }

  close(): void {
    this.#channel.close();
  }

  #take(snapshot: PushedSnapshot): void {
    const { allocations, ...rest } = snapshot;
    this.#last = rest;
    this.#allocations.clear();
    for (const allocation of allocations) {
      this.#allocations.set(allocation.id, allocation);
    }
    this.#sorted = undefined;
  }

  #replace(snapshot: PushedSnapshot): void {
    if (snapshot.epoch >= this.epoch) {
      this.#take(snapshot);
      this.#options.onSnapshot(this);
    }
  }

  #merge(delta: SnapshotDelta): void {
    const { epoch, seq, participants, configuration, changed, removed } = delta;
    if (epoch < this.epoch) {
      return;
    }
    this.#last = { ...this.#last, ...given({ epoch, seq, participants, configuration }) };
    for (const id of removed) {
      this.#allocations.delete(id);
    }
    for (const allocation of changed) {
      this.#allocations.set(allocation.id, allocation);
    }
    if (changed.length > 0 || removed.length > 0) {
      this.#sorted = undefined;
    }
    this.#options.onSnapshot(this);
  }

  #watch(): void {
    const { clock, log } = this.#options;
    let ticked = clock.now();
    let asked: { readonly at: number; probed?: boolean; alive?: boolean } | undefined;
    this.#timer = clock.every(PING_MS, () => {
      const now = clock.now();
      // A clock that was set back measures nothing: the ping is asked again.
      const stalled = now < ticked || now - ticked > PING_MS + OWN_STALL_MS;
      ticked = now;
      if (asked === undefined || stalled) {
        const ping = { at: now };
        asked = ping;
        this.#channel.call('ping', {}, { deadlineMs: 10 * PING_TIMEOUT_MS }).then(
          () => {
            asked = undefined;
          },
          (error: unknown) => log.debug(`A ping failed: ${toStyxyError(error).message}`),
        );
        return;
      }
      const waiting = asked;
      if (!waiting.probed) {
        waiting.probed = true;
        this.#options.probe(this.epoch).then(
          (alive) => {
            waiting.alive = alive;
          },
          (error: unknown) => log.debug(`A probe failed: ${toStyxyError(error).message}`),
        );
      }
      if (now - waiting.at >= PING_TIMEOUT_MS) {
        const { epoch } = this;
        log.warn(`The leader of epoch ${epoch} has not answered for ${now - waiting.at} ms.`);
        this.#frozen = waiting.alive === true ? { kind: 'closed' } : { kind: 'frozen', epoch };
        this.#channel.close();
      }
    });
  }
}
