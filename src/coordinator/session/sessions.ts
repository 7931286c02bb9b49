/** The leader's side of every connection: proof, introduction, requests, pushes. */
import type { Socket } from 'node:net';
import { StyxyError } from '../../core/domain/errors';
import type { Allocation, Participant } from '../../core/domain/model';
import type { Clock, Ids, Log } from '../../core/host/interfaces';
import {
  MAX_REQUEST_BYTES,
  OLDEST_PROTOCOL,
  PROTOCOL_VERSION,
  type MethodName,
  type Methods,
  type PushedSnapshot,
  type Pushes,
} from '../../core/messages/methods';
import { prove, verify, type Nonces } from './handshake';
import { Channel, type Handler } from './channel';

/** A connection that has not introduced itself by then is nobody's. */
const INTRODUCTION_TIMEOUT_MS = 10_000;

/** More connections than windows and commands can be on one machine: somebody is looping. */
const MAX_SESSIONS = 1024;

/** What a participant may ask for once it is known. */
export type Requests = Exclude<MethodName, 'handshake' | 'hello' | 'ping' | 'folders'>;

export interface SessionsOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Key of the handshake, from the lock. */
  readonly secret: string;
  readonly version: string;
  /** Resolves once requests may be answered; rejects when this leadership never begins. */
  readonly ready: Promise<void>;
  epoch(): number;
  snapshot(): PushedSnapshot;
  answer<M extends Requests>(
    method: M,
    params: Methods[M]['params'],
    caller: Participant,
  ): Promise<Methods[M]['result']>;
  /** A participant came, changed its folders or left. */
  onParticipants(): void;
  /** A participant came or changed its folders. */
  onCame(participant: Participant): void;
  /** What a newcomer last knew to be held in its folders. */
  onAnnounced(participant: Participant, holds: readonly Allocation[]): void;
}

interface Session {
  readonly channel: Channel;
  participant: Participant | undefined;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Set<Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Everyone who introduced themselves and is still connected. */
  participants(): readonly Participant[] {
    const known: Participant[] = [];
    for (const { participant } of this.#sessions) {
      if (participant !== undefined) {
        known.push(participant);
      }
    }
    return known;
  }

  accept(socket: Socket): void {
    const { log } = this.#options;
    const channel = new Channel({ socket, maxMessageBytes: MAX_REQUEST_BYTES, log });
    if (this.#sessions.size >= MAX_SESSIONS) {
      log.warn(`More than ${MAX_SESSIONS} connections: one was turned away.`);
      channel.close();
      return;
    }
    const session: Session = { channel, participant: undefined };
    this.#sessions.add(session);
    const timer = setTimeout(() => {
      if (session.participant === undefined) {
        channel.close();
      }
    }, INTRODUCTION_TIMEOUT_MS);
    channel.onClose(() => {
      clearTimeout(timer);
      this.#sessions.delete(session);
      if (session.participant !== undefined) {
        this.#options.onParticipants();
      }
    });
    channel.handle(this.#handlers(session));
    channel.listen();
  }

  push<P extends keyof Pushes>(name: P, payload: Pushes[P]): void {
    for (const { channel, participant } of this.#sessions) {
      if (participant !== undefined) {
        channel.push(name, payload);
      }
    }
  }

  async finish(deadlineMs: number): Promise<void> {
    await Promise.all([...this.#sessions].map(({ channel }) => channel.finish(deadlineMs)));
  }

  #handlers(session: Session): { readonly [M in MethodName]: Handler<M> } {
    let nonces: Nonces | undefined;
    const ask =
      <M extends Requests>(method: M): Handler<M> =>
      async (params) =>
        this.#options.answer(method, params, introduced(session));
    return {
      handshake: async ({ protocol, nonce }) => {
        const { ids, ready, secret, version } = this.#options;
        if (protocol < OLDEST_PROTOCOL) {
          throw tooOld(protocol, version);
        }
        await ready;
        nonces = { leader: ids.nonce(32), participant: nonce };
        const proof = prove(secret, 'leader', nonces);
        const epoch = this.#options.epoch();
        return { protocol: PROTOCOL_VERSION, version, epoch, nonce: nonces.leader, proof };
      },
      hello: async ({ proof, participant, holds }) => {
        if (nonces === undefined) {
          throw unintroduced();
        }
        verify(this.#options.secret, 'participant', nonces, proof);
        session.participant = participant;
        this.#options.onAnnounced(participant, holds);
        this.#options.onParticipants();
        this.#options.onCame(participant);
        return { snapshot: this.#options.snapshot() };
      },
      ping: async () => {
        introduced(session);
        return { epoch: this.#options.epoch() };
      },
      folders: async ({ folders }) => {
        const participant = { ...introduced(session), folders };
        session.participant = participant;
        this.#options.onParticipants();
        this.#options.onCame(participant);
        return {};
      },
      allocate: ask('allocate'),
      allocatePlan: ask('allocatePlan'),
      undoAutoAllocation: ask('undoAutoAllocation'),
      setAutoAllocation: ask('setAutoAllocation'),
      audit: ask('audit'),
      release: ask('release'),
      move: ask('move'),
      inspect: ask('inspect'),
      list: ask('list'),
      status: ask('status'),
      doctor: ask('doctor'),
      handOver: ask('handOver'),
    };
  }
}

function introduced(session: Session): Participant {
  if (session.participant === undefined) {
    throw unintroduced();
  }
  return session.participant;
}

function unintroduced(): StyxyError {
  return new StyxyError(
    'permission_denied',
    'This connection has not proved that it read the lock file. Connect again.',
  );
}

function tooOld(protocol: number, version: string): StyxyError {
  return new StyxyError(
    'protocol_mismatch',
    `The leader runs Styxy ${version}, which no longer speaks protocol ${protocol}. Update Styxy here and reload the window.`,
    { details: { protocol, leader: PROTOCOL_VERSION } },
  );
}
