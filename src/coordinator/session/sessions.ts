/** The leader's side of every connection: proof, introduction, requests, pushes. */
import type { Socket } from 'node:net';
import { StyxyError } from '../../core/domain/errors';
import type { Allocation, Participant } from '../../core/domain/model';
import type { Ids, Runtime } from '../../core/host/interfaces';
import {
  isRequest,
  MAX_REQUEST_BYTES,
  OLDEST_PROTOCOL,
  PROTOCOL_VERSION,
  type ConnectionMethod,
  type Methods,
  type PushedSnapshot,
  type Pushes,
  type RequestName,
} from '../../core/messages/methods';
import { prove, verify, type Nonces } from './handshake';
import { Channel } from './channel';

/** A connection that has not introduced itself by then is closed. */
const INTRODUCTION_TIMEOUT_MS = 10_000;

/** More connections than windows and commands can be on one machine: one of them is looping. */
const MAX_SESSIONS = 1024;

/** Whose sessions they are: the term that answers. */
export interface SessionHost {
  readonly epoch: number;
  snapshot(): PushedSnapshot;
  /** Errors: those of the request. */
  answer<M extends RequestName>(
    method: M,
    params: Methods[M]['params'],
    caller: Participant,
  ): Promise<Methods[M]['result']>;
  /** A participant came, changed its folders or left. */
  participantsChanged(): void;
  /** A participant came or changed its folders. */
  came(participant: Participant): void;
  /** What a newcomer last knew to be held in its folders. */
  announced(participant: Participant, holds: readonly Allocation[]): void;
}

export interface SessionsOptions extends Runtime {
  readonly ids: Ids;
  /** Key of the handshake, from the lock. */
  readonly secret: string;
  readonly version: string;
  /** Resolves once requests may be answered; rejects when this term never begins. */
  readonly host: Promise<SessionHost>;
}

interface Session {
  readonly channel: Channel;
  /** Who it is and who answers, from its introduction on. */
  known: { readonly participant: Participant; readonly host: SessionHost } | undefined;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Set<Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Everyone who introduced themselves and is still connected. */
  participants(): readonly Participant[] {
    return [...this.#sessions].flatMap(({ known }) => known?.participant ?? []);
  }

  accept(socket: Socket): void {
    const { log } = this.#options;
    const channel = new Channel({ socket, maxMessageBytes: MAX_REQUEST_BYTES, log });
    if (this.#sessions.size >= MAX_SESSIONS) {
      log.warn(`More than ${MAX_SESSIONS} connections: one was turned away.`);
      channel.close();
      return;
    }
    const session: Session = { channel, known: undefined };
    this.#sessions.add(session);
    const timer = setTimeout(() => {
      if (session.known === undefined) {
        channel.close();
      }
    }, INTRODUCTION_TIMEOUT_MS);
    channel.onClose(() => {
      clearTimeout(timer);
      this.#sessions.delete(session);
      session.known?.host.participantsChanged();
    });
    const handlers = this.#handlers(session);
    channel.handle((method, params) => {
      if (!isRequest(method)) {
        return handlers[method](params as never);
      }
      const { host, participant } = introduced(session);
      return host.answer(method, params as Methods[RequestName]['params'], participant);
    });
    channel.listen();
  }

  push<P extends keyof Pushes>(name: P, payload: Pushes[P]): void {
    for (const { channel, known } of this.#sessions) {
      if (known !== undefined) {
        channel.push(name, payload);
      }
    }
  }

  async finish(deadlineMs: number): Promise<void> {
    await Promise.all([...this.#sessions].map(({ channel }) => channel.finish(deadlineMs)));
  }

  #handlers(session: Session): Handlers {
    let proving: { readonly host: SessionHost; readonly nonces: Nonces } | undefined;
    return {
      handshake: async ({ protocol, nonce }) => {
        const { ids, secret, version } = this.#options;
        if (protocol < OLDEST_PROTOCOL) {
          throw tooOld(protocol, version);
        }
        const host = await this.#options.host;
        const nonces = { leader: ids.nonce(32), participant: nonce };
        proving = { host, nonces };
        const proof = prove(secret, 'leader', nonces);
        const { epoch } = host;
        return { protocol: PROTOCOL_VERSION, version, epoch, nonce: nonces.leader, proof };
      },
      hello: async ({ proof, participant, holds }) => {
        if (proving === undefined) {
          throw unintroduced();
        }
        const { host, nonces } = proving;
        verify(this.#options.secret, 'participant', nonces, proof);
        session.known = { participant, host };
        host.announced(participant, holds);
        host.participantsChanged();
        host.came(participant);
        return { snapshot: host.snapshot() };
      },
      ping: async () => ({ epoch: introduced(session).host.epoch }),
      folders: async ({ folders }) => {
        const { host, participant: before } = introduced(session);
        const participant = { ...before, folders };
        session.known = { participant, host };
        host.participantsChanged();
        host.came(participant);
        return {};
      },
    };
  }
}

/** What is answered before a participant is known, or of the connection itself. */
type Handlers = {
  readonly [M in ConnectionMethod]: (params: Methods[M]['params']) => Promise<Methods[M]['result']>;
};

function introduced({ known }: Session): NonNullable<Session['known']> {
  if (known === undefined) {
    throw unintroduced();
  }
  return known;
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
