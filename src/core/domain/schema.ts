/** Words for what is stored and sent: its schemas, and its fields that may be absent. */
import * as v from 'valibot';
import { isPort, isServiceName, isWorkspace } from './names';

/** An object's known fields are typed; it may have others, which are kept: those of a newer version. */
export interface Shape<Entries extends v.ObjectEntries> extends v.GenericSchema<
  unknown,
  Readonly<v.InferOutput<v.ObjectSchema<Entries, undefined>>>
> {
  readonly entries: Entries;
}

export function shape<Entries extends v.ObjectEntries>(entries: Entries): Shape<Entries> {
  return v.looseObject(entries) as v.GenericSchema as Shape<Entries>;
}

export function listOf<Item>(item: v.GenericSchema<unknown, Item>) {
  return v.array(item) as v.GenericSchema<unknown, readonly Item[]>;
}

export const name = v.custom<string>(isServiceName, 'is not a name');
export const port = v.custom<number>(isPort, 'is not a port, 1024-65535');
export const workspace = v.custom<string>(isWorkspace, 'is not an absolute path');
export const recordId = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
/** JSON reads 1e309 as Infinity and would write that as null, which could not be read again. */
export const finite = v.pipe(v.number(), v.finite());
export const text = v.pipe(v.string(), v.maxLength(4096));
export const paths = v.pipe(v.array(text), v.maxLength(256), v.readonly());

/** The fields of `T`, with those that may be undefined as fields that may be absent. */
type Given<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
} & { [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined> };

/** The same without the fields that are undefined, in the same order. */
export function given<T extends object>(fields: T): Given<T> {
  // A loop: every decision comes by here several times, and lists of entries cost three times as much.
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) {
    const value: unknown = fields[key as keyof T];
    if (value !== undefined) {
      kept[key] = value;
    }
  }
  return kept as Given<T>;
}

/** Undefined for what is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
