/** Texts that were valid once: cut, doubled, mixed, with other things in them. */
import fc from 'fast-check';
import { hostileDigits, hostileText, MAX_LENGTH, nested } from './hostile';

type Mutation =
  | { readonly kind: 'truncate'; readonly at: number }
  | { readonly kind: 'remove'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  /** A number, a text in quotes or a word of JSON is another one. */
  | { readonly kind: 'replace'; readonly which: number; readonly text: string }
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | {
      readonly kind: 'repeat';
      readonly at: number;
      readonly length: number;
      readonly times: number;
    }
  /** The rest comes from elsewhere. */
  | { readonly kind: 'splice'; readonly at: number; readonly other: string; readonly from: number }
  | { readonly kind: 'nest'; readonly at: number; readonly open: string; readonly depth: number }
  | { readonly kind: 'lineEnds'; readonly eol: string };

/** A place in a text, as a share of its length. */
const place = fc.double({ min: 0, max: 1, noNaN: true });

function mutation(corpus: readonly string[]): fc.Arbitrary<Mutation> {
  return fc.oneof(
    fc.record({ kind: fc.constant('truncate'), at: place }),
    fc.record({ kind: fc.constant('remove'), at: place, length: fc.nat({ max: 40 }) }),
    fc.record({ kind: fc.constant('insert'), at: place, text: hostileText }),
    fc.record({
      kind: fc.constant('replace'),
      which: fc.nat({ max: 200 }),
      text: fc.oneof(
        hostileDigits,
        hostileText,
        hostileText.map((text) => JSON.stringify(text)),
      ),
    }),
    fc.record({ kind: fc.constant('flip'), at: place, bit: fc.nat({ max: 15 }) }),
    fc.record({
      kind: fc.constant('repeat'),
      at: place,
      length: fc.nat({ max: 60 }),
      times: fc.oneof(
        { weight: 10, arbitrary: fc.nat({ max: 8 }) },
        { weight: 1, arbitrary: fc.nat({ max: 50_000 }) },
      ),
    }),
    fc.record({
      kind: fc.constant('splice'),
      at: place,
      other: fc.constantFrom(...corpus),
      from: place,
    }),
    fc.record({
      kind: fc.constant('nest'),
      at: place,
      open: fc.constantFrom('[', '{"a":', '(', '{'),
      depth: fc.constantFrom(1, 15, 99, 101, 3_000, 100_000),
    }),
    fc.record({ kind: fc.constant('lineEnds'), eol: fc.constantFrom('\r\n', '\r', '\u2028') }),
  ) as fc.Arbitrary<Mutation>;
}

const TOKEN = /-?\d+(?:\.\d+)?|"[^"\n]*"|\b(?:true|false|null)\b/g;

function mutated(text: string, change: Mutation): string {
  const at = 'at' in change ? Math.floor(change.at * text.length) : 0;
  switch (change.kind) {
    case 'truncate':
      return text.slice(0, at);
    case 'remove':
      return text.slice(0, at) + text.slice(at + change.length);
    case 'insert':
      return text.slice(0, at) + change.text + text.slice(at);
    case 'replace': {
      const tokens = [...text.matchAll(TOKEN)];
      const token = tokens[change.which % Math.max(1, tokens.length)];
      return token === undefined
        ? text + change.text
        : text.slice(0, token.index) + change.text + text.slice(token.index + token[0].length);
    }
    case 'flip': {
      const unit = String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << change.bit));
      return text.slice(0, at) + unit + text.slice(at + 1);
    }
    case 'repeat': {
      const piece = text.slice(at, at + change.length);
      const most = Math.floor(MAX_LENGTH / Math.max(1, piece.length));
      return text.slice(0, at) + piece.repeat(Math.min(change.times, most)) + text.slice(at);
    }
    case 'splice':
      return text.slice(0, at) + change.other.slice(Math.floor(change.from * change.other.length));
    case 'nest':
      return text.slice(0, at) + nested(change.open, change.depth, '') + text.slice(at);
    case 'lineEnds':
      return text.replace(/\r?\n/g, change.eol);
  }
}

/** A text of the corpus after some mutations, or anything at all; 2 MiB at most. */
export function mutatedText(corpus: readonly string[]): fc.Arbitrary<string> {
  const changes = fc.array(mutation(corpus), { maxLength: 5 });
  return fc.oneof(
    {
      weight: 15,
      arbitrary: fc
        .tuple(fc.constantFrom(...corpus), changes)
        .map(([text, list]) => list.reduce(mutated, text).slice(0, MAX_LENGTH)),
    },
    { weight: 1, arbitrary: hostileText },
    {
      weight: 1,
      arbitrary: fc.array(hostileText, { maxLength: 12 }).map((texts) => texts.join('')),
    },
  );
}
