/** Carries a request to the leader, over changes of leader, until it is answered. */
import type { AskOptions, SendRequest } from '../../core/messages/coordinator';
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import type { Clock, Disposable } from '../../core/host/interfaces';
import type { ReadOnlyService } from './campaign';
import type { LeaderConnection } from './leaderConnection';
import { timedOut } from '../session/channel';

/** Time that a request may take, leader changes included. */
export const DEADLINE_MS = 10_000;

/** Between two requests to a leader that says it is none: it is about to close. */
const RETRY_MS = 50;

export interface RequestRouterOptions {
  readonly clock: Clock;
  /** The connection to the leader, while there is one. */
  current(): LeaderConnection | undefined;
  /** Why waiting for a leader is no use, if so. */
  problem(): StyxyError | undefined;
  /** Answers look-ups without a leader, while there is a problem that allows it. */
  readOnly(): ReadOnlyService | undefined;
  /** Fires when one of them may have changed. */
  onDidChange(listener: () => void): Disposable;
}

export class RequestRouter {
  readonly #options: RequestRouterOptions;

  constructor(options: RequestRouterOptions) {
    this.#options = options;
  }

  /** The same request, with the same id, goes to the next leader until it is answered. */
  readonly send: SendRequest = async (method, params, options = {}) => {
    const { clock } = this.#options;
    const { deadlineMs = DEADLINE_MS, signal } = options;
    const end = clock.now() + deadlineMs;
    for (;;) {
      const leader = await this.#connected(method, end, deadlineMs, options);
      if ('answer' in leader) {
        return leader.answer(method, params);
      }
      try {
        // Never more than was given, also when the clock is set back meanwhile.
        const left = Math.min(deadlineMs, Math.max(1, end - clock.now()));
        return await leader.call(method, params, {
          deadlineMs: left,
          ...(signal === undefined ? {} : { signal }),
        });
      } catch (error) {
        const coded = toStyxyError(error);
        if (coded.code !== 'leadership_lost' || clock.now() >= end) {
          throw coded;
        }
        await this.#anotherTurn(leader);
      }
    }
  };

  /** A leader that still takes itself for one answers `leadership_lost` for a moment. */
  async #anotherTurn(leader: LeaderConnection): Promise<void> {
    const { clock } = this.#options;
    await Promise.race([leader.ended, clock.sleep(RETRY_MS)]);
  }

  #connected(
    method: string,
    end: number,
    deadlineMs: number,
    { signal }: AskOptions,
  ): Promise<LeaderConnection | ReadOnlyService> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        listening.dispose();
        signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const look = (): void => {
        const leader = this.#options.current() ?? this.#options.readOnly();
        const problem = this.#options.problem();
        if (leader !== undefined) {
          settle(() => resolve(leader));
        } else if (problem !== undefined) {
          settle(() => reject(problem));
        }
      };
      const onAbort = (): void =>
        settle(() => reject(new StyxyError('cancelled', `"${method}" was cancelled.`)));
      const left = Math.min(deadlineMs, Math.max(1, end - this.#options.clock.now()));
      const timer = setTimeout(() => settle(() => reject(timedOut(method, deadlineMs))), left);
      const listening = this.#options.onDidChange(look);
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted === true) {
        onAbort();
      } else {
        look();
      }
    });
  }
}

/** The problem of a participant that was closed. */
export function closed(): StyxyError {
  return new StyxyError('leader_unavailable', 'This participant was closed. Start it again.', {
    retryable: false,
  });
}
