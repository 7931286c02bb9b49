import type { AllocateAnswer, MoveAnswer, ReleaseAnswer, UndoAnswer } from '../messages/requests';

/**
 * What is kept of an answer. An allocation that lives on is kept by its id and port only: a
 * repeated request must get it as it is now, and never one that has ended or moved since, whose
 * port may be another's.
 *
 * Thousands are written with every checkpoint, so what can be said again from the rest is left
 * out: empty conflicts, and the message when there is nothing special to say.
 */
export type RecordedAnswer =
  | {
      readonly kind: 'allocate';
      readonly id: string;
      readonly port: number;
      readonly answer: StoredAnswer<AllocateAnswer>;
    }
  | {
      readonly kind: 'release';
      readonly answer: StoredAnswer<ReleaseAnswer> & Pick<ReleaseAnswer, 'released'>;
    }
  | {
      readonly kind: 'move';
      readonly id: string;
      readonly port: number;
      readonly answer: StoredAnswer<MoveAnswer>;
    }
  | { readonly kind: 'undo'; readonly answer: UndoAnswer };

type Repeatable = 'allocation' | 'released' | 'shared' | 'conflicts' | 'message';

type StoredAnswer<Answer> = Omit<Answer, Repeatable> &
  Partial<Pick<AllocateAnswer, 'conflicts' | 'message'>>;
