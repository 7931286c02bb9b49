import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { EMPTY_FILES, addInput, inputId } from '../../../../src/vscode/variables/inputEdit';

const WEB = { service: 'web', serviceType: 'dev' };

function edited(text: string, question = WEB): string {
  const edit = addInput(text, question);
  assert.equal(edit.kind, 'edited');
  return edit.kind === 'edited' ? edit.text : '';
}

describe('addInput', () => {
  it('keeps comments, order and formatting', () => {
    const before = `{
    // the version
    "version": "2.0.0",
    "tasks": [
        { "label": "a" } // first
    ],
    "inputs": [
        { "id": "other", "type": "promptString", "description": "?" } /* mine */ // yes
    ]
}
`;
    assert.equal(
      edited(before),
      before.replace(
        '"?" } /* mine */ // yes',
        `"?" }, /* mine */ // yes
        {
            "id": "webPort",
            "type": "command",
            "command": "styxy.port",
            "args": {
                "service": "web",
                "type": "dev"
            }
        }`,
      ),
    );
  });

  it('adds the list where there is none, in tabs and CRLF where the file has them', () => {
    const after = edited('{\r\n\t"version": "2.0.0"\r\n}\r\n');
    assert.deepEqual(parse(after).inputs[0].args, { service: 'web', type: 'dev' });
    assert.match(after, /\r\n\t"inputs": \[\r\n\t\t\{\r\n\t\t\t"id"/);
    assert.doesNotMatch(after, /[^\r]\n/);
  });

  for (const [name, text] of Object.entries({ ...EMPTY_FILES, nothing: '', blank: '\n  \n' })) {
    it(`begins ${name}`, () => {
      assert.equal(parse(edited(text)).inputs.length, 1);
    });
  }

  it('keeps lists on one line, empty ones and ones with comments readable', () => {
    const input = '{\n      "id": "webPort",';
    for (const [before, start] of [
      ['{\n  "inputs": []\n}', `{\n  "inputs": [\n    ${input}`],
      ['{\n  "inputs": [ { "id": "a" } ]\n}', `{\n  "inputs": [ { "id": "a" },\n    ${input}`],
      ['{\n  "inputs": [ // none\n  ]\n}', `{\n  "inputs": [ // none\n    ${input}`],
      [
        '{\n  "inputs": [{ "id": "a" }, // a\n  ]\n}',
        `{\n  "inputs": [{ "id": "a" }, // a\n    ${input}`,
      ],
      ['{\n  "a": 1 // one\n}', `{\n  "a": 1, // one\n  "inputs": [\n    ${input}`],
    ] as const) {
      const after = edited(before);
      assert.equal(after.slice(0, start.length), start);
      assert.match(after, /\n {4}\}\n {2}\]\n\}$/);
      assert.equal(parse(after).inputs.at(-1).id, 'webPort');
    }
  });

  it('bears trailing commas', () => {
    const after = parse(edited('{ "inputs": [ { "id": "a" }, ], }'));
    assert.equal(after.inputs.length, 2);
  });

  it('adds no second input that asks the same', () => {
    const once = edited('{}');
    assert.deepEqual(addInput(once, WEB), { kind: 'present', id: 'webPort' });
  });

  it('takes another id when the name is taken, and one for each folder', () => {
    const taken = '{ "inputs": [{ "id": "webPort" }, { "id": "webPort-2" }] }';
    assert.equal(parse(edited(taken)).inputs[2].id, 'webPort-3');
    const both = edited(edited('{}', { ...WEB, folder: 'one' } as typeof WEB), {
      ...WEB,
      folder: 'two',
    } as typeof WEB);
    assert.deepEqual(
      parse(both).inputs.map(({ id, args }: { id: string; args: object }) => [id, args]),
      [
        ['webPort-one', { service: 'web', type: 'dev', folder: 'one' }],
        ['webPort-two', { service: 'web', type: 'dev', folder: 'two' }],
      ],
    );
    assert.equal(inputId('web', 'two'), 'webPort-two');
  });

  for (const text of ['{', '[]', '"x"', '{ "inputs": {} }', '{ "a": 1 "b": 2 }']) {
    it(`leaves ${text} alone`, () => {
      assert.equal(addInput(text, WEB).kind, 'malformed');
    });
  }

  it('leaves alone what is nested deeper than can be parsed', () => {
    const deep = `{ "tasks": ${'['.repeat(100_000)}`;
    const edit = addInput(deep, WEB);
    assert.ok(edit.kind === 'malformed' && edit.offset < 200);
  });

  it('adds its input to any file and changes nothing else in it', () => {
    const input = fc.record({ id: fc.string(), description: fc.string() });
    const file = fc.record(
      { version: fc.string(), inputs: fc.array(input), tasks: fc.array(fc.jsonValue()) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(file, fc.constantFrom(undefined, 2, 4, '\t'), (content, indent) => {
        const before = JSON.parse(JSON.stringify(content));
        const after = JSON.parse(edited(JSON.stringify(content, undefined, indent)));
        const added = after.inputs.pop();
        assert.equal(added.args.service, 'web');
        assert.deepEqual(after, { inputs: [], ...before });
      }),
    );
  });
});
