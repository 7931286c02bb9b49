import assert from 'node:assert/strict';
import { withAutoAllocation, withTypes } from '../../../../src/core/config/editConfiguration';
import type { AutoType } from '../../../../src/core/domain/configuration';
import { StyxyError } from '../../../../src/core/domain/errors';

function found(name: string, first: number, more: Partial<AutoType> = {}): AutoType {
  return {
    name,
    range: { first, last: first + 9 },
    placement: 'after',
    at: Date.UTC(2026, 0, 31, 12),
    by: 'a window',
    projected: false,
    ...more,
  };
}

const GRAFANA = `    "grafana": {
      "description": "Found by Styxy for \\"grafana\\"",
      "port_range": [11510, 11519],
      "preferred_ports": [11510, 11511, 11512, 11513],
      "instance_behavior": "multi",
      "examples": [],
      "auto_allocated": true,
      "auto_allocated_at": "2026-01-31T12:00:00.000Z",
      "placement": "after"
    }`;

describe('types that Styxy writes into the configuration', () => {
  it('make a file where there is none', () => {
    const expected = `{\n  "service_types": {\n${GRAFANA}\n  }\n}\n`;
    for (const text of [undefined, '', ' \n']) {
      assert.equal(withTypes(text, [found('grafana', 11_510)], []), expected);
    }
  });

  it('change nothing where there is nothing to change', () => {
    assert.equal(withTypes(undefined, [], []), '');
    assert.equal(withTypes('// mine', [], ['grafana']), '// mine');
    const text = withTypes('{ "a" : 1 }', [found('grafana', 11_510)], []);
    assert.equal(withTypes(text, [found('grafana', 11_510)], ['grafana', 'loki']), text);
  });

  it('stand behind the others, and every comment stays where it was', () => {
    const before = `{
  // mine
  "service_types": {
    "web": { "range": [5173, 5199] } // the front end
    // no more
  }, // types
  "mine" : [1,2]
}
`;
    assert.equal(
      withTypes(before, [found('grafana', 11_510)], []),
      `{
  // mine
  "service_types": {
    "web": { "range": [5173, 5199] }, // the front end
${GRAFANA}
    // no more
  }, // types
  "mine" : [1,2]
}
`,
    );
  });

  it('go again without a trace', () => {
    for (const before of [
      '{\n  "service_types": {\n    "web": { "range": [5173, 5199] } // mine\n  }\n}\n',
      '{\r\n\t"service_types": {\r\n\t\t"web": { "range": [5173, 5199] }\r\n\t}\r\n}',
      '{\n  "service_types": {\n  }\n}\n',
    ]) {
      const text = withTypes(before, [found('grafana', 11_510), found('loki', 11_530)], []);
      assert.notEqual(text, before);
      assert.equal(withTypes(text, [], ['grafana', 'loki']), before);
      assert.equal(withTypes(text, [], ['loki', 'grafana']), before);
    }
  });

  it('leave one line one line', () => {
    const text = withTypes('{"version":1}', [found('grafana', 11_510)], []);
    assert.match(text, /^\{"version":1, "service_types": \{"grafana":\{.*\}\}\}$/);
    assert.equal(withTypes(text, [], ['grafana']), '{"version":1, "service_types": {}}');
  });

  it('take the line ends and the indentation of the file', () => {
    const text = withTypes('{\r\n\t"version": 1\r\n}', [found('grafana', 11_510)], []);
    assert.equal(/[^\r]\n/.test(text), false);
    assert.match(text, /\r\n\t\t\t"port_range": \[11510, 11519\],\r\n/);
  });

  it('go without the comments beside them', () => {
    const before = `{
  "service_types": {
    "web": { "range": [5173, 5199] }, // mine
    // above
    "grafana": { "range": [11510, 11519], "auto_allocated": true } /* a */ , // behind
    "loki": { "range": [11530, 11539], "auto_allocated": true } // last
  }
}`;
    assert.deepEqual(
      withTypes(before, [], ['grafana', 'loki'])
        .split('\n')
        .map((line) => line.trimEnd()),
      [
        '{',
        '  "service_types": {',
        '    "web": { "range": [5173, 5199] } // mine',
        '    // above',
        '     /* a */  // behind',
        '     // last',
        '  }',
        '}',
      ],
    );
  });

  it('do not replace or remove what people declared', () => {
    const text = '{"service_types": {"grafana": {"port_range": [3333, 3339]}}}';
    assert.equal(withTypes(text, [found('grafana', 11_510)], []), text);
    assert.equal(withTypes(text, [], ['grafana']), text);
  });

  it('follow a range that changed, and keep what people wrote beside it', () => {
    const before = withTypes(undefined, [found('grafana', 11_510)], [])
      .replace('Found by Styxy for \\"grafana\\"', 'Ours')
      .replace('"multi",', '"multi", // comment\n      "note": "keep",');
    const after = withTypes(before, [found('grafana', 12_000, { placement: 'smart' })], []);
    assert.equal(
      after,
      before
        .replace('[11510, 11519]', '[12000, 12009]')
        .replace('[11510, 11511, 11512, 11513]', '[12000, 12001, 12002, 12003]')
        .replace('"after"', '"smart"'),
    );
  });

  it('remove a name that is there twice, both times', () => {
    const entry = '{"range": [11510, 11519], "auto_allocated": true}';
    const text = `{"service_types": {"a": ${entry}, "a": ${entry}}}`;
    assert.equal(withTypes(text, [], ['a']).includes('"a"'), false);
  });

  it('are refused where the text cannot be parsed, or has no place for them', () => {
    for (const text of ['{', '[]', '{"a": 1,,}', '{"service_types": []}', 'null']) {
      assert.throws(
        () => withTypes(text, [found('grafana', 11_510)], []),
        (error) => error instanceof StyxyError && error.code === 'invalid_config',
        text,
      );
    }
  });
});

describe('the switch of auto-allocation', () => {
  it('makes what is missing', () => {
    assert.equal(
      withAutoAllocation(undefined, false),
      '{\n  "auto_allocation": {\n    "enabled": false\n  }\n}\n',
    );
    assert.equal(
      withAutoAllocation('{\n  "auto_allocation": { "gap_size": 5 } // gaps\n}', true),
      '{\n  "auto_allocation": { "gap_size": 5,\n    "enabled": true\n  } // gaps\n}',
    );
  });

  it('changes the value and nothing else', () => {
    const text = '{\n  "auto_allocation": { "enabled" : true /* on */ }\n}';
    assert.equal(withAutoAllocation(text, false), text.replace('true', 'false'));
    assert.equal(withAutoAllocation(text, true), text);
  });

  it('changes the one that counts where there are two', () => {
    const text = '{"auto_allocation": {"enabled": false, "enabled": true}}';
    assert.equal(withAutoAllocation(text, true), text);
    assert.equal(
      withAutoAllocation(text, false),
      '{"auto_allocation": {"enabled": false, "enabled": false}}',
    );
  });

  it('is refused where the text cannot be parsed, with the problem', () => {
    assert.throws(() => withAutoAllocation('{"auto_allocation": 1}', true), {
      code: 'invalid_config',
      message:
        'The configuration config.json cannot be used at auto_allocation. ' +
        '"auto_allocation" is 1, not an object in braces. Right would be: "auto_allocation": {}.',
    });
  });
});
