/** Values that were valid once, with something wrong anywhere in them. */
import fc from 'fast-check';
import { isRecord } from '../../src/core/domain/errors';
import { hostileValue, KEYS } from './hostile';

type Edit =
  | { readonly kind: 'replace'; readonly which: number; readonly value: unknown }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'rename'; readonly which: number; readonly key: string }
  | { readonly kind: 'add'; readonly which: number; readonly key: string; readonly value: unknown }
  | { readonly kind: 'copy'; readonly from: number; readonly which: number };

const which = fc.nat({ max: 500 });
const key = fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 6 }));

const edit = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('replace'), which, value: hostileValue }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove'), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename'), which, key }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('add'), which, key, value: hostileValue }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('copy'), from: which, which }) },
) as fc.Arbitrary<Edit>;

/** A value of the corpus after some edits, or anything at all. */
export function mutatedJson(
  corpus: readonly unknown[],
  { maxEdits = 3 }: { readonly maxEdits?: number } = {},
): fc.Arbitrary<unknown> {
  return fc.oneof(
    {
      weight: 20,
      arbitrary: fc
        .tuple(fc.constantFrom(...corpus), fc.array(edit, { maxLength: maxEdits }))
        .map(([value, edits]) => edited(value, edits)),
    },
    { weight: 1, arbitrary: hostileValue },
  );
}

interface Place {
  readonly parent: object;
  readonly key: string;
}

function edited(value: unknown, edits: readonly Edit[]): unknown {
  const box = { value: structuredClone(value) };
  for (const each of edits) {
    const places = placesIn(box);
    const at = places[each.which % places.length];
    if (at !== undefined) {
      // A copy: what is put in is changed by the next edit, and comes again in other inputs.
      perform(structuredClone(each), at, places);
    }
  }
  return box.value;
}

function perform(change: Edit, { parent, key: at }: Place, places: readonly Place[]): void {
  const value: unknown = Reflect.get(parent, at);
  switch (change.kind) {
    case 'replace':
      define(parent, at, change.value);
      break;
    case 'remove':
      if (Array.isArray(parent)) {
        parent.splice(Number(at), 1);
      } else {
        Reflect.deleteProperty(parent, at);
      }
      break;
    case 'rename':
      if (!Array.isArray(parent)) {
        Reflect.deleteProperty(parent, at);
        define(parent, change.key, value);
      }
      break;
    case 'add':
      if (Array.isArray(value)) {
        value.push(change.value);
      } else if (isRecord(value)) {
        define(value, change.key, change.value);
      }
      break;
    case 'copy': {
      const from = places[change.from % places.length];
      define(parent, at, structuredClone(from && Reflect.get(from.parent, from.key)));
      break;
    }
  }
}

/** As JSON.parse does it: `__proto__` is a key like any other. */
function define(parent: object, at: string, value: unknown): void {
  if (value !== undefined) {
    const rest = { configurable: true, enumerable: true, writable: true };
    Object.defineProperty(parent, at, { value, ...rest });
  }
}

/** Every value, the outermost first; of very large ones not all, and nothing too deep. */
function placesIn(box: object): readonly Place[] {
  const places: Place[] = [];
  let level: readonly object[] = [box];
  for (let depth = 0; level.length > 0 && depth < 20; depth += 1) {
    const next: object[] = [];
    for (const parent of level) {
      for (const at of Object.keys(parent).slice(0, 300)) {
        places.push({ parent, key: at });
        const value: unknown = Reflect.get(parent, at);
        if (typeof value === 'object' && value !== null) {
          next.push(value);
        }
      }
    }
    level = next.slice(0, 300);
  }
  return places;
}
