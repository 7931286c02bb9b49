/** Carries a request to the leader, over changes of leader, until it is answered. */
import type { SendRequest } from '../../core/messages/coordinator';
import { StyxyError, toStyxyError } from '../../core/domain/errors';
import { given } from '../../core/domain/schema';
import type { Clock, Disposable } from '../../core/host/interfaces';
import type { ReadOnlyService } from './campaign';
import type { LeaderConnection } from './leaderConnection';
import { deferred } from '../async/promises';
import { endOf, type Ending } from '../session/channel';

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
    // Never more than was given, also when the clock is set back meanwhile.
    const left = (): number => Math.min(deadlineMs, Math.max(1, end - clock.now()));
    for (;;) {
      const leader = await this.#connected(endOf(method, given({ deadlineMs, signal }), left()));
      if ('answer' in leader) {
        return leader.answer(method, params);
      }
      try {
        return await leader.call(method, params, given({ deadlineMs: left(), signal }));
      } catch (error) {
        const coded = toStyxyError(error);
        if (coded.code !== 'leadership_lost' || clock.now() >= end) {
          throw coded;
        }
        // One that still takes itself for the leader answers so for a moment.
        await Promise.race([leader.ended, clock.sleep(RETRY_MS)]);
      }
    }
  };

  /** Who answers, as soon as somebody does. Errors: why nobody will, or that of `ending`. */
  async #connected(ending: Ending): Promise<LeaderConnection | ReadOnlyService> {
    const { current, readOnly, problem, onDidChange } = this.#options;
    const found = deferred<LeaderConnection | ReadOnlyService>();
    const look = (): void => {
      const leader = current() ?? readOnly();
      const reason = problem();
      if (leader !== undefined) {
        found.resolve(leader);
      } else if (reason !== undefined) {
        found.reject(reason);
      }
    };
    const listening = onDidChange(look);
    look();
    try {
      return await Promise.race([ending.promise, found.promise]);
    } finally {
      listening.dispose();
      ending.dispose();
    }
  }
}

/** The problem of a participant that was closed. */
export function closed(): StyxyError {
  return new StyxyError('leader_unavailable', 'This participant was closed. Start it again.', {
    retryable: false,
  });
}
