import * as v from 'valibot';
import { PLACEMENTS, type AutoType } from '../domain/configuration';
import { isRecord } from '../domain/errors';
import {
  allocationSchema,
  conflictSchema,
  coolingPortSchema,
  historyEntrySchema,
  rememberedPortSchema,
} from '../domain/model';
import { isRequestId } from '../domain/names';
import { finite, listOf, name, port, recordId, shape } from '../domain/schema';

const time = finite;
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const range = shape({ first: port, last: port });

/**
 * What is kept of an answer. An allocation that lives on is kept by its id and port only: a
 * repeated request must get it as it is now, and never one that has ended or moved since, whose
 * port may be another's.
 *
 * Thousands are written with every checkpoint, so what can be said again from the rest is left
 * out: empty conflicts, and the message when there is nothing special to say. It is checked when it
 * is given again.
 */
export const recordedAnswerSchema = v.union([
  shape({
    kind: v.literal('allocate'),
    id: recordId,
    port,
    answer: shape({
      existing: v.boolean(),
      adopted: v.exactOptional(v.boolean()),
      wish: v.exactOptional(port),
      movedFrom: v.exactOptional(port),
      conflicts: v.exactOptional(listOf(conflictSchema)),
      attempts: count,
      autoAllocated: v.exactOptional(
        shape({
          serviceType: name,
          range,
          chunkSize: count,
          placement: v.picklist(PLACEMENTS),
        }),
      ),
      message: v.exactOptional(v.string()),
    }),
  }),
  shape({
    kind: v.literal('release'),
    answer: shape({
      released: allocationSchema,
      remainingHolders: count,
      message: v.exactOptional(v.string()),
    }),
  }),
  shape({
    kind: v.literal('move'),
    id: recordId,
    port,
    answer: shape({ movedFrom: port, message: v.exactOptional(v.string()) }),
  }),
  shape({
    kind: v.literal('undo'),
    answer: shape({ serviceType: name, range, message: v.string() }),
  }),
]);

export type RecordedAnswer = v.InferOutput<typeof recordedAnswerSchema>;

const autoType: v.GenericSchema<unknown, AutoType> = shape({
  name,
  range,
  placement: v.picklist(PLACEMENTS),
  at: time,
  by: v.string(),
  projected: v.boolean(),
});

/** A type whose range was taken back, and which `config.json` may still show. */
const undone = shape({ name, at: time });

export type UndoneType = v.InferOutput<typeof undone>;

/** `config.json` as it was last read without an error. */
const configuration = shape({
  /** Absent when there was no file. */
  text: v.exactOptional(v.string()),
  at: time,
});

export type StoredConfiguration = v.InferOutput<typeof configuration>;

/** The answer to a request, as the state keeps it. */
const answered = shape({
  requestId: v.custom<string>(isRequestId, 'is not a request id'),
  at: time,
  /**
   * A `RecordedAnswer`. Thousands are read by each new leader, and hardly one is asked for again: it
   * is checked then.
   */
  recorded: v.custom<unknown>(isRecord, 'is not an object'),
});

export type Answered = v.InferOutput<typeof answered>;

/** Unknown fields, of the body and of each record in it, are kept from reading to writing. */
export const stateBodySchema = shape({
  schema: v.literal(1),
  suspect: v.boolean(),
  allocations: listOf(allocationSchema),
  memory: listOf(rememberedPortSchema),
  cooling: listOf(coolingPortSchema),
  types: v.exactOptional(listOf(autoType)),
  undone: v.exactOptional(listOf(undone)),
  configuration: v.exactOptional(configuration),
  answered: listOf(answered),
  history: listOf(historyEntrySchema),
});

export type StateBody = v.InferOutput<typeof stateBodySchema>;
