/** What somebody who means no good, or a broken disk, puts where something else belongs. */
import fc from 'fast-check';

/** Twice what the longest of our texts may have. */
export const MAX_LENGTH = 2 * 1024 * 1024;

/** Keys that mean something to JavaScript. */
export const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', ''];

const TEXTS = [
  ...KEYS,
  '\0',
  '\u001b[31m',
  '\u0085',
  '\u202e',
  '\u2028',
  '\ud800',
  '\udfff\ud800',
  '\uFEFF',
  '\uFFFD',
  '\r',
  '\r\n',
  '\n',
  '\t',
  ' ',
  '"',
  "'",
  '`',
  '\\',
  '/*',
  '*/',
  '//',
  '#',
  '${',
  '${web}',
  '${command:styxy.port.web}',
  '$(id)',
  '../../etc/passwd',
  '/',
  'C:\\a',
  '\\\\server\\share',
  '-',
  '--',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'true',
  'token=0123456789abcdef0123456789abcdef',
  '# >>> styxy',
  '# <<< styxy',
];

const NUMBERS = [
  ...['0', '-0', '-1', '1', '80', '1023', '1024', '3000', '65535', '65536', '3000.5', '0x1F90'],
  ...['1e309', '-1e309', 'NaN', 'Infinity', '1e-400', '9007199254740993', '00003000', '"3000"'],
  ...['2147483648', '4294967296', '99999999999999999999999999'],
];

/** Texts that repeat make a pattern with too many ways to match take for ever. */
const PIECES = [
  'a',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '0',
  '/',
  '.',
  '-',
  '"',
  '\\',
  ':',
  '${a}',
  '${',
  '[',
  '(',
];

const longText = fc
  .record({
    piece: fc.constantFrom(...PIECES, 'key ', 'a.', '[{', '{"a":', ' (a: ', '://a:', '\u202e'),
    length: fc.oneof(
      { weight: 8, arbitrary: fc.nat({ max: 5_000 }) },
      { weight: 2, arbitrary: fc.nat({ max: 200_000 }) },
      { weight: 1, arbitrary: fc.nat({ max: MAX_LENGTH }) },
    ),
  })
  .map(({ piece, length }) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length));

export const hostileText = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 6, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: longText },
);

const hostileNumber = fc.constantFrom(
  ...[0, -0, -1, 0.5, 80, 1_023, 1_024, 3_000, 65_535, 65_536, 2 ** 31, 2 ** 53, 1e21, -1e300],
  // What JSON.parse makes of 1e309.
  ...[Infinity, -Infinity, 5e-324, 8.64e15 + 1],
);

const deep = fc
  .record({ depth: fc.constantFrom(3, 16, 17, 100, 2_000), open: fc.constantFrom('[', '{"a":') })
  .map(({ depth, open }) => JSON.parse(nested(open, depth, '0')) as unknown);

const wide = fc
  .record({
    length: fc.constantFrom(257, 3_000, 3_000, 200_000),
    element: fc.constantFrom<unknown>(0, '', '/a', null, {}, []),
  })
  .map(({ length, element }) => Array.from({ length }, () => structuredClone(element)));

/** A value as JSON brings it. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: hostileText },
  { weight: 8, arbitrary: hostileNumber },
  { weight: 6, arbitrary: fc.constantFrom(null, true, false) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>([], {}, [[]], [{}], ['a'], { a: 1 }) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...KEYS)
      .map((key) => JSON.parse(`{${JSON.stringify(key)}:{"polluted":1}}`) as unknown),
  },
  { weight: 2, arbitrary: deep },
  { weight: 1, arbitrary: wide },
);

/** A text in so many brackets. */
export function nested(open: string, depth: number, inner: string): string {
  const close = open.startsWith('[') ? ']' : '}';
  return open.repeat(depth) + inner + close.repeat(depth);
}

/** Any number as JSON or a person writes it. */
export const hostileDigits = fc.constantFrom(...NUMBERS);
