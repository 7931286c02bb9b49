/**
 * Requests that were answered before. A client that lost an answer asks again with the same id, of
 * this leader or the next one, and must get what it got, if that is still true.
 */
import * as v from 'valibot';
import type { Decision } from './decision';
import { allocatedMessage, movedMessage, releasedMessage } from '../domain/describe';
import { StyxyError } from '../domain/errors';
import type { StateEvent } from '../state/events';
import { pairsOf, type Allocation } from '../domain/model';
import type { RecordedAnswer } from '../state/schema';
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
import { recordedAnswerSchema } from '../state/schema';

type Recorded<Kind extends RecordedAnswer['kind']> = Extract<RecordedAnswer, { kind: Kind }>;

/** What is answered to a repeated request; undefined when it has to be decided. */
export const repeated = {
  /** Decided anew when the allocation has ended or moved: its port may be another's by now. */
  allocate(state: State, request: AllocateRequest): Decision<AllocateAnswer> | undefined {
    const recorded = find(state, request.requestId, 'allocate');
    if (recorded === undefined || recorded instanceof StyxyError) {
      return recorded && refuse(recorded);
    }
    const allocation = state.allocations.get(recorded.id);
    if (allocation === undefined || allocation.port !== recorded.port) {
      return undefined;
    }
    const { workspace, service } = request;
    if (!pairsOf(allocation).some((p) => p.workspace === workspace && p.service === service)) {
      if (allocation.group !== undefined) {
        // It left what others share, and comes back.
        return undefined;
      }
      const pair = `allocate ${allocation.service} in ${allocation.workspace}`;
      return refuse(requestIdReused(request.requestId, pair));
    }
    const { existing } = recorded.answer;
    const message = allocatedMessage({ ...allocation, workspace, service }, existing);
    const shared = sharedOf(allocation);
    return answer({
      allocation,
      ...(shared === undefined ? {} : { shared }),
      conflicts: [],
      message,
      ...recorded.answer,
    });
  },

  release(state: State, request: ReleaseRequest): Decision<ReleaseAnswer> | undefined {
    const recorded = find(state, request.requestId, 'release');
    if (recorded === undefined || recorded instanceof StyxyError) {
      return recorded && refuse(recorded);
    }
    const message = releasedMessage(recorded.answer.released);
    return answer({ message, ...recorded.answer });
  },

  undo(state: State, request: UndoRequest): Decision<UndoAnswer> | undefined {
    const recorded = find(state, request.requestId, 'undo');
    if (recorded === undefined || recorded instanceof StyxyError) {
      return recorded && refuse(recorded);
    }
    return answer(recorded.answer);
  },

  /** Never done twice: a move in between was somebody's later wish. */
  move(state: State, request: MoveRequest): Decision<MoveAnswer> | undefined {
    const recorded = find(state, request.requestId, 'move');
    if (recorded === undefined || recorded instanceof StyxyError) {
      return recorded && refuse(recorded);
    }
    const { id, port } = recorded;
    const allocation = state.allocations.get(id);
    if (allocation === undefined) {
      const hint = `It was moved to ${port} and has been released since. Allocate it again if it is needed.`;
      return refuse(allocationNotFound(`with the id ${id}`, hint, { id }));
    }
    const { movedFrom, message = movedMessage(allocation, movedFrom, port) } = recorded.answer;
    const since = allocation.port === port ? '' : ` Since then it moved to ${allocation.port}.`;
    return answer({ allocation, movedFrom, message: `${message}${since}` });
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
    const terse = {
      ...rest,
      ...(conflicts.length === 0 ? {} : { conflicts }),
      ...unlessPlain(message, allocatedMessage(allocation, given.existing)),
    };
    const recorded = { kind: 'allocate', ...reference(allocation), answer: terse } as const;
    return answer(given, [...events, { kind: 'answered', requestId, at, recorded }]);
  },

  release(
    { requestId }: ReleaseRequest,
    given: ReleaseAnswer,
    at: number,
    events: readonly StateEvent[],
  ): Decision<ReleaseAnswer> {
    const { message, ...rest } = given;
    const terse = { ...rest, ...unlessPlain(message, releasedMessage(given.released)) };
    const recorded = { kind: 'release', answer: terse } as const;
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
    const plain = movedMessage(allocation, movedFrom, allocation.port);
    const terse = { movedFrom, ...unlessPlain(message, plain) };
    const recorded = { kind: 'move', ...reference(allocation), answer: terse } as const;
    return answer(given, [...events, { kind: 'answered', requestId, at, recorded }]);
  },
};

function find<Kind extends RecordedAnswer['kind']>(
  state: State,
  requestId: string,
  kind: Kind,
): Recorded<Kind> | StyxyError | undefined {
  const kept = state.answered.get(requestId)?.recorded;
  if (kept === undefined) {
    return undefined;
  }
  const read = v.safeParse(recordedAnswerSchema, kept);
  if (!read.success) {
    // By a faulty version. Anew, an allocation gives the same; anything else would be done twice.
    return kind === 'allocate' ? undefined : requestIdReused(requestId, 'one that cannot be read');
  }
  const recorded: RecordedAnswer = read.output;
  return isKind(recorded, kind) ? recorded : requestIdReused(requestId, recorded.kind);
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

function reference({ id, port }: Allocation): { readonly id: string; readonly port: number } {
  return { id, port };
}

function answer<Answer>(given: Answer, events: readonly StateEvent[] = []): Decision<Answer> {
  return { kind: 'answer', answer: given, events };
}

function refuse(error: StyxyError): { readonly kind: 'refuse'; readonly error: StyxyError } {
  return { kind: 'refuse', error };
}
