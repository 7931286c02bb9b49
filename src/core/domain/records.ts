/**
 * The records that are stored and sent, each described once: the state's files and the wire read
 * them by the same schema. Objects are loose: what a newer version adds is kept, record by record.
 * The interfaces are those of `model`; a schema that drifts from its interface does not compile.
 */
import * as v from 'valibot';
import { PROTOCOLS } from './catalogue';
import { PARTICIPANT_KINDS, type Allocation, type Holder, type PlanNote } from './model';
import { isPort, isServiceName, isWorkspace } from './names';

/** An object's known fields are typed; it may have others, which are kept. */
export interface Shape<Entries extends v.ObjectEntries> extends v.GenericSchema<
  unknown,
  Readonly<v.InferOutput<v.ObjectSchema<Entries, undefined>>>
> {
  readonly entries: Entries;
}

export function shape<Entries extends v.ObjectEntries>(entries: Entries): Shape<Entries> {
  return v.looseObject(entries) as v.GenericSchema as Shape<Entries>;
}

export const name = v.custom<string>(isServiceName, 'is not a name');
export const port = v.custom<number>(isPort, 'is not a port, 1024-65535');
export const workspace = v.custom<string>(isWorkspace, 'is not an absolute path');
export const recordId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
/** JSON reads 1e309 as Infinity and would write that as null, which could not be read again. */
export const finite = v.pipe(v.number(), v.finite());
export const protocol = v.picklist(PROTOCOLS);
export const participantKind = v.picklist(PARTICIPANT_KINDS);

const holder: v.GenericSchema<unknown, Holder> = shape({
  participant: v.string(),
  kind: participantKind,
  label: v.string(),
  pid: finite,
  startedAt: v.exactOptional(finite),
  identity: v.exactOptional(v.string()),
  since: finite,
  workspace: v.exactOptional(workspace),
  service: v.exactOptional(name),
});

const planNote: v.GenericSchema<unknown, PlanNote> = shape({
  port: v.exactOptional(port),
  health: v.exactOptional(v.string()),
  protocol: v.exactOptional(protocol),
});

export const allocation: v.GenericSchema<unknown, Allocation> = shape({
  id: recordId,
  port,
  serviceType: name,
  service: name,
  workspace,
  holders: v.array(holder),
  allocatedAt: finite,
  movedFrom: v.exactOptional(port),
  movedBecause: v.exactOptional(v.string()),
  group: v.exactOptional(v.string()),
  planned: v.exactOptional(planNote),
});
