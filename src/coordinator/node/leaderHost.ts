import type { StyxyError } from '../../core/domain/errors';
import type { Ending } from '../../core/election/types';
import type { Methods } from '../../core/messages/methods';
import type { CandidacyOrder } from '../election/candidate';
import type { Requests } from '../session/sessions';

/** Where the terms of this process are served: a worker thread, or this thread. */
export interface LeaderHost {
  /** Errors: `storage_unavailable`, `permission_denied`. */
  start(order: CandidacyOrder): Promise<HostedStart>;
}

export type HostedStart =
  | { readonly kind: 'leading'; readonly ended: Promise<void>; handOver(): Promise<void> }
  | { readonly kind: 'ended'; readonly why: Ending; readonly cause?: StyxyError };

/** Answers look-ups from the files while nobody leads. */
export interface Offline {
  /** Errors: `problem` for everything that is no look-up. */
  answer<M extends Requests>(
    method: M,
    params: Methods[M]['params'],
  ): Promise<Methods[M]['result']>;
}
