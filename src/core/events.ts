import type { Allocation, Holder } from './model';
import type { RecordedAnswer } from './recordedAnswer';

/** Who did it and when; every event carries one. */
export interface Stamp {
  readonly at: number;
  /** `Participant.id`. */
  readonly actor: string;
  /** `Participant.label`. */
  readonly by: string;
}

/** What a commit records. Applying the same events to the same state gives the same state. */
export type StateEvent =
  | { readonly kind: 'granted'; readonly stamp: Stamp; readonly allocation: Allocation }
  | {
      readonly kind: 'joined';
      readonly stamp: Stamp;
      readonly id: string;
      readonly holder: Holder;
      /** `Holder.participant`s that are gone and replaced by this one. */
      readonly replaces: readonly string[];
    }
  | {
      readonly kind: 'released';
      readonly stamp: Stamp;
      readonly id: string;
      /** Until when other pairs get the port last. */
      readonly coolUntil: number;
      readonly note?: string;
    }
  | {
      readonly kind: 'moved';
      readonly stamp: Stamp;
      readonly id: string;
      readonly from: number;
      readonly to: number;
      readonly coolUntil: number;
      readonly note?: string;
    }
  /** The answer to a request, so that asking again with the same id gives it again. */
  | {
      readonly kind: 'answered';
      readonly requestId: string;
      readonly at: number;
      readonly recorded: RecordedAnswer;
    }
  /** After all copies were damaged: the windows were heard, granting is safe again. */
  | { readonly kind: 'trusted'; readonly stamp: Stamp };

const KINDS: Readonly<Record<StateEvent['kind'], true>> = {
  granted: true,
  joined: true,
  released: true,
  moved: true,
  answered: true,
  trusted: true,
};

/**
 * Whether an event read from an intact journal line is one that this version knows. Its checksum
 * vouches for the content; only a newer version can have written another kind.
 */
export function isStateEvent(value: unknown): value is StateEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    Object.hasOwn(KINDS, value.kind)
  );
}
