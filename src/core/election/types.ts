/** The phases, actions and observations of `election`. */
import type { Listing } from '../host/interfaces';

/**
 * The two rules that make it safe. The product always keeps both; the exploration breaks each in
 * turn and must find the violation.
 */
export interface ElectionRules {
  /** List the folder before each answer and answer only if no higher number exists. */
  readonly check: boolean;
  /** Create the own journals before the epoch below is read. */
  readonly journalsBeforeReading: boolean;
}

export const SAFE_RULES: ElectionRules = { check: true, journalsBeforeReading: true };

/** What the number below left: a state to go on from, or the reason why there is none. */
export type Recovery<Base> =
  | { readonly kind: 'base'; readonly base: Base }
  /** Written by a newer version: this process may follow, not lead. */
  | { readonly kind: 'newer' };

export type Phase<Base> =
  | { readonly kind: 'listing'; readonly seen: number }
  | { readonly kind: 'probing'; readonly below: number }
  | { readonly kind: 'checkingVersion'; readonly below: number }
  | { readonly kind: 'claiming'; readonly epoch: number; readonly memory?: Base }
  | { readonly kind: 'fencing'; readonly epoch: number; readonly base?: Base }
  | { readonly kind: 'confirming'; readonly epoch: number; readonly base?: Base }
  | { readonly kind: 'recovering'; readonly epoch: number }
  | { readonly kind: 'opening'; readonly epoch: number; readonly base: Base }
  | { readonly kind: 'confirmingOpen'; readonly epoch: number; readonly base: Base }
  | { readonly kind: 'serving'; readonly epoch: number }
  | { readonly kind: 'appending'; readonly epoch: number }
  | { readonly kind: 'checking'; readonly epoch: number }
  | { readonly kind: 'ended' };

export type Action<Base> =
  /** One directory listing. */
  | { readonly do: 'list' }
  /** Does the process behind `lock.<epoch>` answer? */
  | { readonly do: 'probe'; readonly epoch: number }
  /** Can this version read what `epoch` left? */
  | { readonly do: 'checkVersion'; readonly epoch: number }
  | { readonly do: 'claim'; readonly epoch: number }
  /** Exclusively create both own journals, one after the other. */
  | { readonly do: 'fence'; readonly epoch: number }
  /** Read what the numbers below `epoch` left. */
  | { readonly do: 'recover'; readonly epoch: number }
  /** Write line 1 of both journals and the first checkpoint. */
  | { readonly do: 'open'; readonly epoch: number; readonly base: Base }
  /** Publish: requests may be taken from now on. */
  | { readonly do: 'serve'; readonly epoch: number; readonly base: Base }
  /** Append the batch to both journals and sync them. */
  | { readonly do: 'append'; readonly epoch: number }
  /** Publish the draft and answer the batch. */
  | { readonly do: 'answer'; readonly epoch: number }
  | { readonly do: 'end'; readonly why: Ending };

export type Ending =
  /** Somebody leads already. */
  | { readonly kind: 'follow'; readonly epoch: number }
  /** Somebody else was faster: look again. */
  | { readonly kind: 'lost'; readonly seen: number }
  /** A higher number exists: nothing may be answered any more. */
  | { readonly kind: 'superseded'; readonly seen: number }
  /** Own files are missing; the caller claims the next number from memory. */
  | { readonly kind: 'damaged'; readonly epoch: number }
  /** The disk refused; nothing of the batch is acknowledged. */
  | { readonly kind: 'storage'; readonly epoch: number; readonly during: StorageStep }
  | { readonly kind: 'newer'; readonly epoch: number };

/**
 * `fence`: the number may be another process's that won it by a deleted lock; memory is no base any
 * more. `open`: it is this process's own, and answered nothing.
 */
type StorageStep = 'fence' | 'open' | 'append';

export type Observation<Base> =
  | { readonly saw: 'listing'; readonly listing: Listing }
  | { readonly saw: 'alive' | 'dead' | 'readable' | 'newer' }
  | { readonly saw: 'won' | 'lost' }
  | { readonly saw: 'recovered'; readonly recovery: Recovery<Base> }
  | { readonly saw: 'done' | 'failed' }
  /** A batch waits; only in phase `serving`. */
  | { readonly saw: 'batch' };

export interface Step<Base> {
  readonly phase: Phase<Base>;
  readonly action: Action<Base>;
}
