import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withAutoAllocation, withTypes } from '../../../../src/core/config/editConfiguration';
import { readConfiguration } from '../../../../src/core/config/readConfiguration';
import type { AutoType } from '../../../../src/core/domain/configuration';
import { StyxyError } from '../../../../src/core/domain/errors';

const KEYS = [
  'service_types',
  'auto_allocation',
  'auto_allocation_rules',
  'instance_templates',
  'reservations',
  'manual_allocations',
  'recovery',
  'port_conflict',
  'port_range',
  'range',
  'preferred_ports',
  'instance_behavior',
  'auto_allocated',
  'auto_allocated_at',
  'port_offsets',
  'branches',
  'pattern',
  'port',
  'name',
  'dev',
  '3005',
  '__proto__',
  'constructor',
];

/** Values in which known keys meet any kind of value at any depth. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', maxDepth: 5, withCrossShrink: true },
    fc.oneof(
      fc.constantFrom(null, true, false, 'single', 'after', '', 1024, 65_535, 65_536, -1, 0.5),
      fc.integer({ min: 1_024, max: 12_000 }),
      fc.string(),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string()), tie('value')), {
        maxLength: 5,
      })
      .map((members) => new Map(members)),
  ),
}));

/** JSON of a value, with maps as objects, so that no key is special. */
function jsonOf(from: unknown): string {
  if (from instanceof Map) {
    const members = [...(from as Map<string, unknown>)].map(
      ([key, each]) => `${JSON.stringify(key)}: ${jsonOf(each)}`,
    );
    return `{${members.join(', ')}}`;
  }
  return Array.isArray(from) ? `[${from.map(jsonOf).join(', ')}]` : JSON.stringify(from);
}

const json = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), value), { maxLength: 5 })
  .map((members) => jsonOf(new Map(members)));

/** What JSON is made of, in any order. */
const fragments = fc
  .array(
    fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', '//', '/*', '*/', '\n', '1', 'true'),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

const text = fc.oneof(json, fragments, fc.string({ unit: 'binary' }), fc.json());

function checkReading(content: string): 'read' | 'refused' {
  const reading = readConfiguration(content);
  const errors = reading.problems.filter(({ severity }) => severity === 'error');
  assert.equal(reading.kind, errors.length > 0 ? 'refused' : 'read');
  for (const { severity, offset, length, message, example } of reading.problems) {
    assert.ok(offset >= 0 && length >= 0 && offset + length <= content.length, message);
    assert.match(message, /[.?]$/);
    assert.equal(/\p{Cc}/u.test(message), false, message);
    assert.ok(severity === 'warning' || example !== undefined, message);
  }
  return reading.kind;
}

describe('any text as a configuration', () => {
  it('is read or refused, and every problem lies inside it', () => {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(text, (content) => {
        seen[checkReading(content)] += 1;
      }),
      { numRuns: 3_000 },
    );
    assert.ok(seen.read > 100 && seen.refused > 100, JSON.stringify(seen));
  });

  it('is edited or refused with a code', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (content, enabled) => {
        try {
          withAutoAllocation(withTypes(content, [], ['dev', '3005']), enabled);
        } catch (error) {
          assert.ok(error instanceof StyxyError);
          assert.equal(error.code, 'invalid_config');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Files as people write them, with what Styxy is to leave alone. */
const STARTS = [
  undefined,
  '',
  '// mine\n',
  '{}',
  '{ "version": 1 }',
  '{"version":1,"service_types":{"web":{"range":[60000,60009]}}}',
  '{\n  "service_types": {}\n}\n',
  '{\n\t"service_types": { // types\n\t\t"web": { "range": [60000, 60009] }, // mine\n\t},\n}\n',
  '\uFEFF{\r\n  /* a */ "version": 1 // b\r\n  // c\r\n}\r\n',
  `{
  "mine": [1, 2], /* x */
  "service_types": {
    // my front end
    "web": { "range": [60000, 60009], "note": "keep" } // behind it
    // below it
  } // types
}`,
];

/** Names that no file above declares, with ranges that do not overlap. */
const autoTypes = fc
  .uniqueArray(fc.constantFrom('a', 'b-1', 'c.d', '42', 'constructor', 'e_f'), { maxLength: 5 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name, index) =>
        fc.record<AutoType>({
          name: fc.constant(name),
          range: fc
            .integer({ min: 2, max: 10 })
            .map((size) => ({ first: 20_000 + index * 20, last: 20_000 + index * 20 + size - 1 })),
          placement: fc.constantFrom('after', 'before', 'smart'),
          at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
          by: fc.constant('a test'),
          projected: fc.boolean(),
        }),
      ),
    ),
  );

function commentsOf(content: string): readonly string[] {
  return content.match(/\/\/[^\r\n]*|\/\*.*?\*\//g) ?? [];
}

describe('any sequence of edits', () => {
  it('shows the types of the last one, and leaves everything else', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STARTS),
        fc.array(autoTypes, { minLength: 1, maxLength: 4 }),
        (start, steps) => {
          const before = readConfiguration(start);
          let now = start;
          let shown: readonly AutoType[] = [];
          for (const types of steps) {
            const gone = shown.map(({ name }) => name);
            now = withTypes(now, types, gone);
            shown = types;
            assert.equal(withTypes(now, types, gone), now, 'a second time changes nothing');
          }
          const after = readConfiguration(now);
          assert.ok(before.kind === 'read' && after.kind === 'read', now);
          const projected = shown.map(({ name, range, at }) => {
            return { name, range, at: new Date(at).toISOString() };
          });
          const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
          assert.deepEqual([...after.configuration.projected].sort(byName), projected.sort(byName));
          assert.deepEqual({ ...after.configuration, projected: [] }, before.configuration);
          assert.equal(after.problems.length, before.problems.length);
          assert.deepEqual(commentsOf(now ?? ''), commentsOf(start ?? ''));
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
