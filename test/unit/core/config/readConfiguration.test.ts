import assert from 'node:assert/strict';
import { BUILT_IN_CATALOGUE } from '../../../../src/core/domain/catalogue';
import { DEFAULT_CONFIGURATION } from '../../../../src/core/config/defaults';
import { IGNORED, readConfiguration } from '../../../../src/core/config/readConfiguration';
import { accepted, problemsOf, refused, warned } from './reading';

describe('a configuration as a text', () => {
  for (const text of [undefined, '', ' \n\t', '\uFEFF', '// nothing yet\n', '/* a */ // b', '{}']) {
    it(`is the defaults where it says nothing: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readConfiguration(text), {
        kind: 'read',
        configuration: DEFAULT_CONFIGURATION,
        problems: [],
      });
    });
  }

  it('has the defaults of the original, with all three layers on', () => {
    assert.deepEqual(DEFAULT_CONFIGURATION, {
      catalogue: BUILT_IN_CATALOGUE,
      projected: [],
      autoAllocation: {
        enabled: true,
        chunkSize: 10,
        placement: 'after',
        minPort: 10_000,
        maxPort: 49_151,
        preserveGaps: true,
        gapSize: 10,
        rules: [],
      },
      templates: [
        { name: 'main', offset: 0, offsets: new Map(), branches: [] },
        { name: 'dev', offset: 1, offsets: new Map(), branches: [] },
        { name: 'staging', offset: 2, offsets: new Map(), branches: [] },
        { name: 'features', offset: 3, offsets: new Map(), branches: [] },
      ],
      reservations: [],
      recovery: {
        portConflict: {
          enabled: true,
          checkAvailability: true,
          maxRetries: 3,
          backoffMs: 100,
          backoffMultiplier: 2,
        },
        healthMonitoring: {
          enabled: true,
          checkIntervalMs: 30_000,
          maxFailures: 3,
          cleanupStaleAllocations: true,
        },
        systemRecovery: {
          enabled: true,
          runOnStartup: true,
          backupCorruptedState: true,
          maxRecoveryAttempts: 3,
        },
      },
    });
  });

  it('may have comments, trailing commas and a byte order mark', () => {
    const text = `\uFEFF// mine
      { "auto_allocation": { "enabled": false, /* for now */ }, }`;
    assert.equal(accepted(text).autoAllocation.enabled, false);
  });

  const BROKEN = [
    ['{\n  "a" 1\n}', 'A colon is missing at line 2, column 7.'],
    ['{\r\n"a": 1\r\n"b": 2}', 'A comma is missing at line 3, column 1.'],
    ['{"a": }', 'A value is missing at line 1, column 7.'],
    ['{"a": 1', 'A closing } is missing at line 1, column 8.'],
    ['{"a": [1', 'A closing ] is missing at line 1, column 9.'],
    ['{} {}', 'The object has ended, and nothing may follow it at line 1, column 4.'],
    ['{"a": "b\n"}', 'There is a text without a closing quote at line 1, column 7.'],
    [
      '{"a": "\\x"}',
      'There is a backslash that begins no escape and is not written twice at line 1, column 7.',
    ],
    ['{"a": "\\u12"}', 'There is a \\u without four hexadecimal digits at line 1, column 7.'],
    ['{"a": 1} /* b', 'There is a comment without an end at line 1, column 10.'],
    ['/*', 'There is a comment without an end at line 1, column 1.'],
    ['{a: 1}', 'There is something that is no JSON at line 1, column 2.'],
    ['{"a": NaN}', 'There is something that is no JSON at line 1, column 7.'],
    ['[]', 'The configuration is a list, not an object in braces.'],
    ['null', 'The configuration is null, not an object in braces.'],
    ['"{}"', 'The configuration is "{}", not an object in braces.'],
  ] as const;
  for (const [text, message] of BROKEN) {
    it(`is refused in plain words: ${JSON.stringify(text)}`, () => {
      const { path, ...error } = refused(text);
      assert.deepEqual(path, []);
      assert.equal(error.message, message);
      assert.equal(error.example, '{ "service_types": { "web": { "port_range": [5173, 5199] } } }');
    });
  }

  it('is refused above 1 MiB, and read up to it', () => {
    const filled = (length: number) => '{}'.padEnd(length, ' ');
    accepted(filled(1024 * 1024));
    assert.equal(
      refused(filled(1024 * 1024 + 1)).message,
      'The configuration is longer than 1 MiB.',
    );
  });

  it('is refused where it is nested too deep for any use', () => {
    const nested = (depth: number) => `{"_meta":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    accepted(nested(99));
    assert.match(refused(nested(100)).message, /^More than 100 objects and lists are in each/);
    assert.match(refused('{"a":'.repeat(100_000)).message, /at line 1, column 501\.$/);
  });
});

describe('the keys of a configuration', () => {
  it('may be those of the original that nothing reads', () => {
    for (const key of Object.keys(IGNORED)) {
      assert.deepEqual(accepted({ [key]: { any: ['thing'] } }), DEFAULT_CONFIGURATION, key);
    }
  });

  it('are warned of where nobody knows them, at the key', () => {
    const { configuration, warning } = warned('{ "auto_alocation": { "enabled": false } }');
    assert.deepEqual(configuration, DEFAULT_CONFIGURATION);
    assert.deepEqual(warning, {
      severity: 'warning',
      path: ['auto_alocation'],
      at: '"auto_alocation"',
      message:
        'Styxy knows no key "auto_alocation" here and ignores it. Did you mean "auto_allocation"?',
    });
    assert.equal(
      warned({ zebra: 1 }).warning.message,
      'Styxy knows no key "zebra" here and ignores it.',
    );
  });

  const UNKNOWN = [
    [{ service_types: { dev: { port_rang: 1 } } }, 'port_rang', 'port_range'],
    [{ service_types: { dev: { range: { start: 3000, end: 3099, ends: 1 } } } }, 'ends', 'end'],
    [{ auto_allocation: { gapsize: 1 } }, 'gapsize', 'gap_size'],
    [{ auto_allocation_rules: { 'a-*': { chunksize: 1 } } }, 'chunksize', 'chunk_size'],
    [
      { auto_allocation_rules: [{ pattern: 'a', place: 1, chunksize: 1 }] },
      'chunksize',
      'chunk_size',
    ],
    [{ instance_templates: { dev: { offsets: 1 } } }, 'offsets', 'offset'],
    [{ reservations: [{ port: 3005, name: 'a', reasn: 1 }] }, 'reasn', 'reason'],
    [{ reservations: { 3005: { name: 'a', resaon: 1 } } }, 'resaon', 'reason'],
    [{ manual_allocations: { 9999: { servce: 1 } } }, 'servce', 'service'],
    [{ recovery: { port_conflicts: {} } }, 'port_conflicts', 'port_conflict'],
    [{ recovery: { port_conflict: { enable: 1 } } }, 'enable', 'enabled'],
    [{ recovery: { health_monitoring: { max_failure: 1 } } }, 'max_failure', 'max_failures'],
    [{ recovery: { system_recovery: { run_at_startup: 1 } } }, 'run_at_startup', 'run_on_startup'],
  ] as const;
  for (const [content, key, meant] of UNKNOWN) {
    it(`are warned of at every level: ${JSON.stringify(content)}`, () => {
      const warning = problemsOf(content).find(({ path }) => path.at(-1) === key);
      assert.equal(warning?.severity, 'warning');
      assert.equal(warning.at, `"${key}"`);
      assert.match(warning.message, new RegExp(`Did you mean "${meant}"\\?$`));
    });
  }

  it('may be names that objects have by themselves', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      assert.equal(warned(`{"${key}": {"enabled": 1}}`).warning.at, `"${key}"`);
    }
    const text = '{"service_types": {"constructor": {"port_range": [20000, 20009]}}}';
    assert.equal(accepted(text).catalogue.get('constructor')?.range.first, 20_000);
    assert.match(
      refused('{"service_types": {"__proto__": {"port_range": [20000, 20009]}}}').message,
      /^"__proto__" is no name for a service type/,
    );
  });

  it('count for the last time where they are there twice, with a warning', () => {
    const text = '{"auto_allocation": {"gap_size": 1, "gap_size": 2}}';
    const { configuration, warning } = warned(text);
    assert.equal(configuration.autoAllocation.gapSize, 2);
    assert.equal(warning.message, '"gap_size" is there twice, and the last one counts.');
  });

  it('are reported a hundred times of each severity at most', () => {
    const keys = Array.from({ length: 150 }, (_, index) => [`key-${index}`, index]);
    assert.equal(problemsOf(Object.fromEntries(keys)).length, 100);
    const types = keys.map(([name]) => [name, {}]);
    const all = problemsOf({
      ...Object.fromEntries(keys),
      service_types: Object.fromEntries(types),
    });
    assert.equal(all.filter(({ severity }) => severity === 'error').length, 100);
    assert.equal(all.length, 200);
  });

  it('are reported in the order of the text, errors and warnings together', () => {
    const text = '{"a1": 1, "recovery": 1, "a2": 1, "auto_allocation": 1}';
    assert.deepEqual(
      problemsOf(text).map(({ path, severity }) => [path[0], severity]),
      [
        ['a1', 'warning'],
        ['recovery', 'error'],
        ['a2', 'warning'],
        ['auto_allocation', 'error'],
      ],
    );
  });
});
