/**
 * Requests that were answered before. A client that lost an answer asks again with the same id, of
 * this leader or the next one, and must get what it got, if that is still true.
 */
import * as v from 'valibot';
import { refuse, type Decision } from './decision';
import { allocatedMessage, movedMessage, releasedMessage } from '../domain/describe';
import type { StateEvent } from '../state/events';
import { pairsOf } from '../domain/model';
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
      if (!pairsOf(allocation).some((p) => p.workspace === workspace && p.service === service)) {
        // Who left what others share comes back.
        const pair = `allocate ${allocation.service} in ${allocation.workspace}`;
        return allocation.group === undefined
          ? refuse(requestIdReused(request.requestId, pair))
          : undefined;
      }
      const message = allocatedMessage({ ...allocation, workspace, service }, recorded.existing);
      const shared = sharedOf(allocation);
      const sharing = shared === undefined ? {} : { shared };
      return answer({ allocation, ...sharing, conflicts: [], message, ...recorded });
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
  allocate(
    { requestId }: AllocateRequest,
    given: AllocateAnswer,
    at: number,
    events: readonly StateEvent[],
  ): Decision<AllocateAnswer> {
    const { allocation, shared, conflicts, message, ...rest } = given;
    const { id, port } = allocation;
    const stored = {
      ...rest,
      ...(conflicts.length === 0 ? {} : { conflicts }),
      ...unlessPlain(message, allocatedMessage(allocation, given.existing)),
    };
    const recorded = { kind: 'allocate', id, port, answer: stored } as const;
    return answer(given, [...events, { kind: 'answered', requestId, at, recorded }]);
  },

  release(
    { requestId }: ReleaseRequest,
    given: ReleaseAnswer,
    at: number,
    events: readonly StateEvent[],
  ): Decision<ReleaseAnswer> {
    const { message, ...rest } = given;
    const stored = { ...rest, ...unlessPlain(message, releasedMessage(given.released)) };
    const recorded = { kind: 'release', answer: stored } as const;
    return answer(given, [...events, { kind: 'answered', requestId, at, recorded }]);
  },

  undo(
    { requestId }: UndoRequest,
    given: UndoAnswer,
    at: number,
    events: readonly StateEvent[],
  ): Decision<UndoAnswer> {
    const recorded = { kind: 'undo', answer: given } as const;
    return answer(given, [...events, { kind: 'answered', requestId, at, recorded }]);
  },

  move(
    { requestId }: MoveRequest,
    given: MoveAnswer,
    at: number,
    events: readonly StateEvent[],
  ): Decision<MoveAnswer> {
    const { allocation, movedFrom, message } = given;
    const { id, port } = allocation;
    const plain = movedMessage(allocation, movedFrom, port);
    const stored = { movedFrom, ...unlessPlain(message, plain) };
    const recorded = { kind: 'move', id, port, answer: stored } as const;
    return answer(given, [...events, { kind: 'answered', requestId, at, recorded }]);
  },
};

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

function answer<Answer>(given: Answer, events: readonly StateEvent[] = []): Decision<Answer> {
  return { kind: 'answer', answer: given, events };
}
