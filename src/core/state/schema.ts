import * as v from 'valibot';
import { PROTOCOLS } from '../domain/catalogue';
import { PLACEMENTS } from '../domain/configuration';
import { isRecord } from '../domain/errors';
import { isPort, isRequestId, isServiceName, isWorkspace } from '../domain/names';

/**
 * The shape of a stored state. Objects are loose: what a newer version of the same schema adds is
 * kept, record by record. `readonly` mirrors `model.ts`, so that a drift between the two does not
 * compile.
 */
const name = v.custom<string>(isServiceName, 'is not a name');
const port = v.custom<number>(isPort, 'is not a port, 1024-65535');
const workspace = v.custom<string>(isWorkspace, 'is not an absolute path');
const requestId = v.custom<string>(isRequestId, 'is not a request id');
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
/** JSON reads 1e309 as Infinity and would write that as null, which could not be read again. */
const finite = v.pipe(v.number(), v.finite());
const time = finite;
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const holder = v.looseObject({
  participant: v.string(),
  kind: v.picklist(['window', 'cli', 'daemon', 'http', 'agent']),
  label: v.string(),
  pid: finite,
  startedAt: v.exactOptional(time),
  identity: v.exactOptional(v.string()),
  since: time,
  workspace: v.exactOptional(workspace),
  service: v.exactOptional(name),
});

const allocation = v.looseObject({
  id,
  port,
  serviceType: name,
  service: name,
  workspace,
  holders: v.array(holder),
  allocatedAt: time,
  movedFrom: v.exactOptional(port),
  movedBecause: v.exactOptional(v.string()),
  group: v.exactOptional(v.string()),
  planned: v.exactOptional(
    v.looseObject({
      port: v.exactOptional(port),
      health: v.exactOptional(v.string()),
      protocol: v.exactOptional(v.picklist(PROTOCOLS)),
    }),
  ),
});

const range = v.looseObject({ first: port, last: port });

const listeningProcess = v.looseObject({
  pid: v.exactOptional(finite),
  command: v.exactOptional(v.string()),
  cwd: v.exactOptional(v.string()),
  startedAt: v.exactOptional(finite),
  workspace: v.exactOptional(v.string()),
});

const conflict = v.looseObject({
  port: finite,
  process: v.exactOptional(listeningProcess),
  reason: v.exactOptional(v.picklist(['allocated', 'released', 'reserved', 'forbidden'])),
  pair: v.exactOptional(v.looseObject({ workspace: v.string(), service: v.string() })),
});

/** A `RecordedAnswer`, checked when it is given again. */
export const recordedAnswerSchema = v.variant('kind', [
  v.looseObject({
    kind: v.literal('allocate'),
    id,
    port,
    answer: v.looseObject({
      existing: v.boolean(),
      adopted: v.exactOptional(v.boolean()),
      wish: v.exactOptional(port),
      movedFrom: v.exactOptional(port),
      conflicts: v.exactOptional(v.array(conflict)),
      attempts: count,
      autoAllocated: v.exactOptional(
        v.looseObject({
          serviceType: name,
          range,
          chunkSize: count,
          placement: v.picklist(PLACEMENTS),
        }),
      ),
      message: v.exactOptional(v.string()),
    }),
  }),
  v.looseObject({
    kind: v.literal('release'),
    answer: v.looseObject({
      released: allocation,
      remainingHolders: count,
      message: v.exactOptional(v.string()),
    }),
  }),
  v.looseObject({
    kind: v.literal('move'),
    id,
    port,
    answer: v.looseObject({ movedFrom: port, message: v.exactOptional(v.string()) }),
  }),
  v.looseObject({
    kind: v.literal('undo'),
    answer: v.looseObject({ serviceType: name, range, message: v.string() }),
  }),
]);

export const stateBodySchema = v.looseObject({
  schema: v.literal(1),
  suspect: v.boolean(),
  allocations: v.array(allocation),
  memory: v.array(v.looseObject({ workspace, service: name, serviceType: name, port, at: time })),
  cooling: v.array(
    v.looseObject({
      port,
      until: time,
      pair: v.string(),
      group: v.exactOptional(v.string()),
      strict: v.exactOptional(v.boolean()),
    }),
  ),
  types: v.exactOptional(
    v.array(
      v.looseObject({
        name,
        range,
        placement: v.picklist(PLACEMENTS),
        at: time,
        by: v.string(),
        projected: v.boolean(),
      }),
    ),
  ),
  undone: v.exactOptional(v.array(v.looseObject({ name, at: time }))),
  configuration: v.exactOptional(v.looseObject({ text: v.exactOptional(v.string()), at: time })),
  answered: v.array(
    v.looseObject({
      requestId,
      at: time,
      recorded: v.custom<object>(isRecord, 'is not an object'),
    }),
  ),
  history: v.array(
    v.looseObject({
      at: time,
      port,
      kind: v.picklist(['granted', 'joined', 'left', 'released', 'moved-from', 'moved-to']),
      service: name,
      workspace,
      by: v.string(),
      note: v.exactOptional(v.string()),
    }),
  ),
});
