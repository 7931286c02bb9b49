/**
 * Requests that were answered before. A client that lost an answer asks again with the same id, of
 * this leader or the next one, and must get what it got, if that is still true.
 */
import * as v from 'valibot';
import { refuse, type Decision } from './decision';
import { allocatedMessage, movedMessage, releasedMessage } from '../domain/describe';
import type { StateEvent } from '../state/events';
import { isSamePair, pairsOf } from '../domain/model';
import { type RecordedAnswer, recordedAnswerSchema } from '../state/schema';
import { allocationNotFound, requestIdReused } from '../messages/refusals';
import type {
  AllocateAnswer,
  AllocateRequest,
  MoveAnswer,
  MoveRequest,
  ReleaseAnswer,
  ReleaseRequest,
  UndoAnswer,
  UndoRequest,
} from '../messages/requests';
import { given } from '../domain/schema';
import { sharedOf } from '../domain/singleton';
import type { State } from '../state/state';

type Recorded<Kind extends RecordedAnswer['kind']> = Extract<RecordedAnswer, { kind: Kind }>;

/** What is answered to a repeated request; undefined when it has to be decided. */
export const repeated = {
  /** Decided anew when the allocation has ended or moved: its port may be another's by now. */
  allocate(state: State, request: AllocateRequest): Decision<AllocateAnswer> | undefined {
    return again(state, request, 'allocate', ({ id, port, answer: recorded }) => {
      const allocation = state.allocations.get(id);
      if (allocation?.port !== port) {
        return undefined;
      }
      const { workspace, service } = request;
      if (!pairsOf(allocation).some((pair) => isSamePair(pair, request))) {
        // Who left what others share comes back.
        const pair = `allocate ${allocation.service} in ${allocation.workspace}`;
        return allocation.group === undefined
          ? refuse(requestIdReused(request.requestId, pair))
          : undefined;
      }
      const message = allocatedMessage({ ...allocation, workspace, service }, recorded.existing);
      const shared = given({ shared: sharedOf(allocation) });
      return answer({ allocation, ...shared, conflicts: [], message, ...recorded });
    });
  },

  release(state: State, request: ReleaseRequest): Decision<ReleaseAnswer> | undefined {
    return again(state, request, 'release', ({ answer: recorded }) =>
      answer({ message: releasedMessage(recorded.released), ...recorded }),
    );
  },

  undo(state: State, request: UndoRequest): Decision<UndoAnswer> | undefined {
    return again(state, request, 'undo', ({ answer: recorded }) => answer(recorded));
  },

  /** Never done twice: a move in between was somebody's later wish. */
  move(state: State, request: MoveRequest): Decision<MoveAnswer> | undefined {
    return again(state, request, 'move', ({ id, port, answer: recorded }) => {
      const allocation = state.allocations.get(id);
      if (allocation === undefined) {
        const hint = `It was moved to ${port} and has been released since. Allocate it again if it is needed.`;
        return refuse(allocationNotFound(`with the id ${id}`, hint, { id }));
      }
      const { movedFrom, message = movedMessage(allocation, movedFrom, port) } = recorded;
      const since = allocation.port === port ? '' : ` Since then it moved to ${allocation.port}.`;
      return answer({ allocation, movedFrom, message: `${message}${since}` });
    });
  },
};

/** An answer with its events, and the record that lets it be given again. */
export const answered = {
  allocate: recording((answer: AllocateAnswer) => {
    const { allocation, shared, conflicts, message, ...rest } = answer;
    const { id, port } = allocation;
    const stored = {
      ...rest,
      ...(conflicts.length === 0 ? {} : { conflicts }),
      ...unlessPlain(message, allocatedMessage(allocation, answer.existing)),
    };
    return { kind: 'allocate', id, port, answer: stored };
  }),

  release: recording(({ message, ...rest }: ReleaseAnswer) => {
    const plain = releasedMessage(rest.released);
    return { kind: 'release', answer: { ...rest, ...unlessPlain(message, plain) } };
  }),

  undo: recording((answer: UndoAnswer) => ({ kind: 'undo', answer })),

  move: recording(({ allocation, movedFrom, message }: MoveAnswer) => {
    const { id, port } = allocation;
    const plain = movedMessage(allocation, movedFrom, port);
    return { kind: 'move', id, port, answer: { movedFrom, ...unlessPlain(message, plain) } };
  }),
};

function recording<Answer>(recordedOf: (result: Answer) => RecordedAnswer) {
  return (
    { requestId }: { readonly requestId: string },
    result: Answer,
    at: number,
    events: readonly StateEvent[],
  ): Decision<Answer> => {
    const recorded = recordedOf(result);
    return answer(result, [...events, { kind: 'answered', requestId, at, recorded }]);
  };
}

/** What was recorded for a request id, answered once more; a refusal if it was another request. */
function again<Kind extends RecordedAnswer['kind'], Answer>(
  state: State,
  { requestId }: { readonly requestId: string },
  kind: Kind,
  answerOf: (recorded: Recorded<Kind>) => Decision<Answer> | undefined,
): Decision<Answer> | undefined {
  const kept = state.answered.get(requestId)?.recorded;
  if (kept === undefined) {
    return undefined;
  }
  const read = v.safeParse(recordedAnswerSchema, kept);
  if (!read.success) {
    // By a faulty version. Anew, an allocation gives the same; anything else would be done twice.
    return kind === 'allocate'
      ? undefined
      : refuse(requestIdReused(requestId, 'one that cannot be read'));
  }
  const recorded: RecordedAnswer = read.output;
  return isKind(recorded, kind)
    ? answerOf(recorded)
    : refuse(requestIdReused(requestId, recorded.kind));
}

function isKind<Kind extends RecordedAnswer['kind']>(
  recorded: RecordedAnswer,
  kind: Kind,
): recorded is Recorded<Kind> {
  return recorded.kind === kind;
}

function unlessPlain(message: string, plain: string): { readonly message?: string } {
  return message === plain ? {} : { message };
}

function answer<Answer>(result: Answer, events: readonly StateEvent[] = []): Decision<Answer> {
  return { kind: 'answer', answer: result, events };
}
