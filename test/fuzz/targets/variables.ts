import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { isRecord } from '../../../src/core/domain/errors';
import { isServiceName } from '../../../src/core/domain/names';
import { readArguments } from '../../../src/vscode/variables/arguments';
import { addInput, EMPTY_FILES } from '../../../src/vscode/variables/inputEdit';
import { referencedServices, replaceReferences } from '../../../src/vscode/variables/references';
import { mutatedJson } from '../jsonMutations';
import { assertSame, pureTarget } from '../target';
import { mutatedText } from '../textMutations';

const ARGUMENTS = [
  { service: 'web', type: 'dev', folder: 'shop' },
  { service: 'web' },
  { type: 'node', request: 'launch', name: 'Launch', env: { PORT: '${command:styxy.port.web}' } },
];

export const taskArguments = pureTarget({
  name: 'arguments of variables',
  runs: 1_500,
  inputs: mutatedJson(ARGUMENTS),
  holds: (passed) => {
    const read = readArguments(passed);
    if (read.kind === 'read') {
      assert.ok(isServiceName(read.args.service));
      assert.ok(read.args.type === undefined || isServiceName(read.args.type));
      assert.ok(!`${read.args.folder}`.includes('${'));
    }
  },
});

const LAUNCH = [
  {
    type: 'node',
    request: 'launch',
    name: 'Launch',
    port: '${command:styxy.port.web}',
    args: ['--port', '${command:styxy.port.web}', '--api=${command:styxy.port.api}/x'],
    env: { PORT: '${command:styxy.port.web}', DEEP: { A: '${command:styxy.port.db}' } },
  },
];

const PORTS = new Map([
  ['web', 3000],
  ['__proto__', 3001],
]);

export const debugReferences = pureTarget({
  name: 'configurations of launch.json',
  runs: 500,
  inputs: mutatedJson(LAUNCH),
  holds: (configuration) => {
    for (const service of referencedServices(configuration)) {
      assert.ok(isServiceName(service));
    }
    const replaced = replaceReferences(configuration, PORTS);
    assert.ok(!referencedServices(replaced).has('web'));
    assertSame(replaceReferences(replaced, PORTS), replaced, 'twice is once');
  },
});

const FILES = [
  ...Object.values(EMPTY_FILES),
  `{
  // tasks of the shop
  "version": "2.0.0",
  "tasks": [{ "label": "dev", "type": "shell", "command": "vite --port \${input:webPort}" }],
  "inputs": [
    { "id": "apiPort", "type": "command", "command": "styxy.port", "args": { "service": "api" } }, // api
    /* last */
  ],
}
`,
  '{"tasks":[],"inputs":[{"id":"webPort","type":"promptString"}]}',
  '',
];

const QUESTION = { service: 'web', serviceType: 'dev', folder: 'shop' } as const;

export const inputEdits = pureTarget({
  name: 'tasks.json',
  runs: 600,
  inputs: fc.record({ text: mutatedText(FILES) }),
  holds: ({ text }) => {
    const edit = addInput(text, QUESTION);
    if (edit.kind === 'malformed') {
      assert.ok(edit.offset >= 0 && edit.offset <= text.length);
    }
    if (edit.kind === 'edited') {
      const again = addInput(edit.text, QUESTION);
      assertSame(again, { kind: 'present', id: edit.id }, 'it is not found again');
      assertKept(text, edit.text);
    }
  },
});

/** Everything that was there before is there still. */
function assertKept(before: string, after: string): void {
  const [old, now] = [before, after].map((text): unknown => parse(text));
  const { inputs: oldInputs, ...oldRest } = isRecord(old) ? old : {};
  const { inputs, ...rest } = isRecord(now) ? now : {};
  assertSame(rest, oldRest, 'what is beside the inputs');
  assert.ok(Array.isArray(inputs));
  assertSame(inputs.slice(0, -1), oldInputs ?? [], 'the inputs before');
}
