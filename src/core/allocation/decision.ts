import type { StyxyError } from '../domain/errors';
import type { PortFinding } from '../host/interfaces';
import type { StateEvent } from '../state/events';
import type { Allocation, Observation, RequestOrigin } from '../domain/model';

/** Everything outside the state that a decision may depend on. */
export interface DecisionContext extends RequestOrigin {
  /** Findings gathered so far; a port that is missing was not looked at. */
  readonly findings: ReadonlyMap<number, PortFinding>;
  /** Remembered folders that are known to be gone; their remembered ports are free for all. */
  readonly goneFolders: ReadonlySet<string>;
  /** What was seen of an allocation at the last look. */
  observed?(allocation: Allocation): Observation;
  /** Ports with a listener; undefined until a decision asked for them. */
  readonly listening?: ReadonlySet<number>;
  /** The git branch of workspaces that were looked at; undefined where there is none. */
  readonly branches: ReadonlyMap<string, string | undefined>;
  /** Ids for the allocations that this decision makes: the same ones each time it is taken. */
  newId(index: number): string;
}

/** What a decision has to know of the machine before it can be taken. */
export type Question =
  /** The candidates are in order of preference; looking may stop at the first free one. */
  | {
      readonly kind: 'probe';
      readonly candidates: readonly number[];
      /** The first of them is asked for or remembered, not chosen: the direct check is enough. */
      readonly known?: boolean;
    }
  | { readonly kind: 'listeners' }
  | { readonly kind: 'branch'; readonly workspace: string };

/** No answer: a refusal, or a question to look up first. */
export type Undecided = { readonly kind: 'refuse'; readonly error: StyxyError } | Question;

/** Outcome of a decision. A question asks the caller to look and to decide again with the answer. */
export type Decision<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly events: readonly StateEvent[] }
  | Undecided;

export function refuse(error: StyxyError): Undecided {
  return { kind: 'refuse', error };
}

export function isQuestion<Answer>(decision: Decision<Answer>): decision is Question {
  return decision.kind !== 'answer' && decision.kind !== 'refuse';
}
