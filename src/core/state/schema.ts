import * as v from 'valibot';
import { PLACEMENTS, type AutoType } from '../domain/configuration';
import { isRecord } from '../domain/errors';
import type { Conflict, CoolingPort, HistoryEntry, RememberedPort } from '../domain/model';
import { isRequestId } from '../domain/names';
import { allocation, finite, name, port, recordId, shape, workspace } from '../domain/records';
import type { Answered, StoredConfiguration, UndoneType } from './state';

const requestId = v.custom<string>(isRequestId, 'is not a request id');
const time = finite;
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const range = shape({ first: port, last: port });

const listeningProcess = shape({
  pid: v.exactOptional(finite),
  command: v.exactOptional(v.string()),
  cwd: v.exactOptional(v.string()),
  startedAt: v.exactOptional(finite),
  workspace: v.exactOptional(v.string()),
});

const conflict: v.GenericSchema<unknown, Conflict> = shape({
  port: finite,
  process: v.exactOptional(listeningProcess),
  reason: v.exactOptional(v.picklist(['allocated', 'released', 'reserved', 'forbidden'])),
  pair: v.exactOptional(shape({ workspace: v.string(), service: v.string() })),
});

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
      conflicts: v.exactOptional(v.pipe(v.array(conflict), v.readonly())),
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
      released: allocation,
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

const remembered: v.GenericSchema<unknown, RememberedPort> = shape({
  workspace,
  service: name,
  serviceType: name,
  port,
  at: time,
});

const cooling: v.GenericSchema<unknown, CoolingPort> = shape({
  port,
  until: time,
  pair: v.string(),
  group: v.exactOptional(v.string()),
  strict: v.exactOptional(v.boolean()),
});

const autoType: v.GenericSchema<unknown, AutoType> = shape({
  name,
  range,
  placement: v.picklist(PLACEMENTS),
  at: time,
  by: v.string(),
  projected: v.boolean(),
});

const undone: v.GenericSchema<unknown, UndoneType> = shape({ name, at: time });

const configuration: v.GenericSchema<unknown, StoredConfiguration> = shape({
  text: v.exactOptional(v.string()),
  at: time,
});

const answered: v.GenericSchema<unknown, Answered> = shape({
  requestId,
  at: time,
  recorded: v.custom<object>(isRecord, 'is not an object'),
});

const history: v.GenericSchema<unknown, HistoryEntry> = shape({
  at: time,
  port,
  kind: v.picklist(['granted', 'joined', 'left', 'released', 'moved-from', 'moved-to']),
  service: name,
  workspace,
  by: v.string(),
  note: v.exactOptional(v.string()),
});

/** Unknown fields, of the body and of each record in it, are kept from reading to writing. */
export const stateBodySchema = shape({
  schema: v.literal(1),
  suspect: v.boolean(),
  allocations: v.array(allocation),
  memory: v.array(remembered),
  cooling: v.array(cooling),
  types: v.exactOptional(v.array(autoType)),
  undone: v.exactOptional(v.array(undone)),
  configuration: v.exactOptional(configuration),
  answered: v.array(answered),
  history: v.array(history),
});

export type StateBody = v.InferOutput<typeof stateBodySchema>;
