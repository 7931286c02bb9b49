import type { AutoType } from '../domain/configuration';
import { isRecord } from '../domain/errors';
import type { Allocation, Holder, ParticipantKind, PlanNote } from '../domain/model';
import type { RecordedAnswer } from './schema';

/** Who did it and when; every event carries one. */
export interface Stamp {
  readonly at: number;
  /** `Participant.id`. */
  readonly actor: string;
  /** `Participant.label`. */
  readonly by: string;
  /** Absent when the leader did it by itself. */
  readonly kind?: ParticipantKind;
  readonly pid?: number;
}

/** One holder of an allocation; a participant may hold a shared one for several pairs. */
export type HolderRef = Pick<Holder, 'participant' | 'workspace' | 'service'>;

/** How somebody becomes a holder of an allocation. */
export interface Joining {
  readonly holder: Holder;
  /** `Holder.participant`s of the same pair that are gone and replaced by this one. */
  readonly replaces: readonly string[];
}

/** What happened to the allocation of that id. */
interface Happened<Kind extends string> {
  readonly kind: Kind;
  readonly stamp: Stamp;
  readonly id: string;
}

/** What a commit records. Applying the same events to the same state gives the same state. */
export type StateEvent =
  | { readonly kind: 'granted'; readonly stamp: Stamp; readonly allocation: Allocation }
  | (Happened<'joined'> & Joining)
  /** Holders of a shared allocation that others hold too. */
  | (Happened<'left'> & { readonly holders: readonly HolderRef[]; readonly note?: string })
  /** `coolUntil`: until when other pairs get the port last. */
  | (Happened<'released'> & { readonly coolUntil: number; readonly note?: string })
  | (Happened<'moved'> & {
      readonly from: number;
      readonly to: number;
      readonly coolUntil: number;
      readonly note?: string;
    })
  /** A plan was followed: what it says of the allocation now. */
  | (Happened<'planned'> & PlanNote)
  /** A service type that is not declared got a range. */
  | { readonly kind: 'type-added'; readonly stamp: Stamp; readonly type: AutoType }
  | {
      readonly kind: 'type-removed';
      readonly stamp: Stamp;
      readonly name: string;
      readonly note?: string;
    }
  /** `config.json` shows these types, or shows them no longer. */
  | {
      readonly kind: 'projected';
      readonly at: number;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    }
  /** `config.json` was read without an error; `text` is absent when there is none. */
  | { readonly kind: 'configured'; readonly stamp: Stamp; readonly text?: string }
  /** Folders that are gone, and with them what their pairs remembered. */
  | { readonly kind: 'forgot'; readonly stamp: Stamp; readonly workspaces: readonly string[] }
  /** The answer to a request, so that asking again with the same id gives it again. */
  | {
      readonly kind: 'answered';
      readonly requestId: string;
      readonly at: number;
      readonly recorded: RecordedAnswer;
    }
  /** After all copies were damaged: the windows reported what they hold, granting is safe again. */
  | { readonly kind: 'trusted'; readonly stamp: Stamp };

const KINDS: Readonly<Record<StateEvent['kind'], true>> = {
  granted: true,
  joined: true,
  left: true,
  released: true,
  moved: true,
  planned: true,
  'type-added': true,
  'type-removed': true,
  projected: true,
  configured: true,
  forgot: true,
  answered: true,
  trusted: true,
};

/**
 * Whether an event read from an intact journal line is one that this version knows. Its checksum
 * vouches for the content; only a newer version can have written another kind.
 */
export function isStateEvent(value: unknown): value is StateEvent {
  return isRecord(value) && typeof value.kind === 'string' && Object.hasOwn(KINDS, value.kind);
}
