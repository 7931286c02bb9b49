import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createScanner } from 'jsonc-parser';
import { withAutoAllocation, withTypes } from '../../../src/core/config/editConfiguration';
import { readConfiguration } from '../../../src/core/config/readConfiguration';
import type { AutoType, FileProblem } from '../../../src/core/domain/configuration';
import { assertSame, pureTarget, refusalOf } from '../target';
import { mutatedText } from '../textMutations';

const CORPUS = [
  `// mine
{
  "version": "1.0",
  "service_types": {
    /* the shop */
    "web": { "port_range": [5173, 5199], "preferred_ports": [5173], "instance_behavior": "multi" },
    "ai": { "port_range": [11430, 11439], "instance_behavior": "single", "port": 11434 }, // one
    "grpc": {
      "description": "Found",
      "port_range": [12000, 12009],
      "preferred_ports": [12000],
      "auto_allocated": true,
      "auto_allocated_at": "2026-01-31T12:00:00.000Z",
      "placement": "after",
    },
  },
  "auto_allocation": { "enabled": true, "default_chunk_size": 10, "placement": "smart", "min_port": 10000 },
  "auto_allocation_rules": { "grpc-*": { "chunk_size": 20, "placement": "after" } },
  "instance_templates": { "feature": { "port_offset": 100, "branches": ["feature/*"] } },
  "reservations": [{ "port": 5432, "name": "postgres" }],
  "recovery": { "health_monitoring": { "enabled": true, "check_interval_ms": 30000 } }
}
`,
  '{}',
  '',
  '{ "service_types": {} } // nothing',
  '{"service_types":{"web":{"port_range":[5173,5199]}},"auto_allocation":{"enabled":false}}',
  '\uFEFF{\r\n\t"auto_allocation": {}\r\n}\r\n',
];

const NEW: AutoType = {
  name: 'fuzzed',
  range: { first: 20_000, last: 20_009 },
  placement: 'after',
  at: 1_000_000,
  by: 'fuzz',
  projected: false,
};

export const configuration = pureTarget({
  name: 'config.json',
  runs: 500,
  inputs: fc.record({ text: mutatedText(CORPUS), enabled: fc.boolean() }),
  holds: ({ text, enabled }) => {
    const reading = readConfiguration(text);
    assertProblems(text, reading.problems);
    assert.equal(
      reading.kind,
      reading.problems.some(({ severity }) => severity === 'error') ? 'refused' : 'read',
    );
    const edits = [
      () => withTypes(text, [NEW], []),
      () => withTypes(text, [], ['grpc', NEW.name, '__proto__']),
      () => withAutoAllocation(text, enabled),
    ];
    for (const edit of edits) {
      assertEdit(text, reading.kind, edit);
    }
    if (reading.kind === 'read') {
      assertMeaning(text, enabled);
    }
  },
});

function assertProblems(text: string, problems: readonly FileProblem[]): void {
  assert.ok(problems.length <= 200);
  for (const { offset, length, message } of problems) {
    assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length, 'out of the text');
    assert.ok(message.length < 1_000, 'a message of this length');
  }
}

/** An edit keeps every comment, and whatever can be read stays so. */
function assertEdit(text: string, kind: 'read' | 'refused', edit: () => string): void {
  let next = text;
  const refusal = refusalOf(() => {
    next = edit();
  });
  if (refusal !== undefined) {
    assert.equal(kind, 'refused', refusal.message);
    assert.equal(refusal.code, 'invalid_config');
    return;
  }
  assertSame(commentsIn(next), commentsIn(text), 'the comments');
  // A file that is nothing but a mark is empty, and what is written into it has none.
  if (text.trim() !== '') {
    assert.equal(next.startsWith('\uFEFF'), text.startsWith('\uFEFF'), 'the byte order mark');
  }
}

/** Room for what an edit adds: a text that grows beyond the limit can no longer be read. */
const LONGEST = 1024 * 1024 - 4_096;

function assertMeaning(text: string, enabled: boolean): void {
  if (text.length > LONGEST) {
    return;
  }
  const before = readConfiguration(text);
  const added = readConfiguration(withTypes(text, [NEW], []));
  const switched = readConfiguration(withAutoAllocation(text, enabled));
  assert.ok(before.kind === 'read' && added.kind === 'read' && switched.kind === 'read');
  const { catalogue, projected, ...others } = before.configuration;
  const { catalogue: types, projected: now, ...same } = added.configuration;
  assertSame(same, others, 'what is beside the types');
  for (const [name, type] of catalogue) {
    assertSame(types.get(name), type, `the type ${name}`);
  }
  assert.ok(now.length >= projected.length);
  assert.equal(switched.configuration.autoAllocation.enabled, enabled);
  assertSame(
    { ...switched.configuration, autoAllocation: undefined },
    { ...before.configuration, autoAllocation: undefined },
    'what is beside the switch',
  );
  const once = withTypes(text, [NEW], []);
  assertSame(withTypes(once, [NEW], []), once, 'twice is once');
}

/** jsonc-parser: SyntaxKind.LineCommentTrivia, BlockCommentTrivia, EOF. */
const LINE_COMMENT = 12;
const BLOCK_COMMENT = 13;
const EOF = 17;

function commentsIn(text: string): readonly string[] {
  const scanner = createScanner(text);
  const comments: string[] = [];
  for (;;) {
    const token: number = scanner.scan();
    if (token === LINE_COMMENT || token === BLOCK_COMMENT) {
      comments.push(scanner.getTokenValue().trimEnd());
    }
    if (token === EOF) {
      return comments;
    }
  }
}
