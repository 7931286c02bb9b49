import assert from 'node:assert/strict';
import { DEFAULT_CONFIGURATION } from '../../../../src/core/config/defaults';
import { accepted, refused, warned } from './reading';

const { autoAllocation, recovery, templates } = DEFAULT_CONFIGURATION;

describe('auto-allocation in the configuration', () => {
  it('is what the file says over the defaults', () => {
    const content = {
      auto_allocation: {
        enabled: false,
        default_chunk_size: 20,
        placement: 'smart',
        min_port: 20_000,
        max_port: 30_000,
        preserve_gaps: false,
        gap_size: 0,
      },
    };
    assert.deepEqual(accepted(content).autoAllocation, {
      enabled: false,
      chunkSize: 20,
      placement: 'smart',
      minPort: 20_000,
      maxPort: 30_000,
      preserveGaps: false,
      gapSize: 0,
      rules: [],
    });
    assert.deepEqual(accepted({ auto_allocation: { gap_size: 5 } }).autoAllocation, {
      ...autoAllocation,
      gapSize: 5,
    });
  });

  it('may use each placement', () => {
    for (const placement of ['after', 'before', 'smart']) {
      const content = { auto_allocation: { placement } };
      assert.equal(accepted(content).autoAllocation.placement, placement);
    }
  });

  it('takes privileged ports, which the original gave, as the lowest that Styxy gives', () => {
    const { configuration, warning } = warned({ auto_allocation: { min_port: 500 } });
    assert.equal(configuration.autoAllocation.minPort, 1024);
    assert.equal(warning.at, '500');
    assert.match(warning.message, /"min_port" is 500, not .* from 1024 to 65535: 1024 counts\.$/);
    const rules = { 'a-*': { preferred_range_start: 80 } };
    const [rule] = warned({ auto_allocation_rules: rules }).configuration.autoAllocation.rules;
    assert.equal(rule?.preferredRangeStart, 1024);
  });

  const WRONG: readonly (readonly [section: unknown, at: string, message: RegExp])[] = [
    [true, 'true', /^"auto_allocation" is true, not an object in braces\.$/],
    [{ enabled: 'yes' }, '"yes"', /^"enabled" is "yes", not true or false\.$/],
    [{ default_chunk_size: 0 }, '0', /^"default_chunk_size" is 0, .* from 1 to 1000\.$/],
    [{ default_chunk_size: 1001 }, '1001', /from 1 to 1000/],
    [{ default_chunk_size: 1.5 }, '1.5', /a whole number/],
    [{ placement: 'behind' }, '"behind"', /not one of "after", "before", "smart"\.$/],
    [{ min_port: 0 }, '0', /from 1024 to 65535/],
    [{ max_port: 65_536 }, '65536', /from 1024 to 65535/],
    [{ preserve_gaps: 1 }, '1', /not true or false/],
    [{ gap_size: -1 }, '-1', /from 0 to 1000/],
    [{ gap_size: 1001 }, '1001', /from 0 to 1000/],
    [{ min_port: 50_000 }, '50000', /"min_port" is 50000 and above "max_port", which is 49151/],
    [{ min_port: 9_000, max_port: 8_000 }, '8000', /"min_port" is 9000 and above/],
  ];
  for (const [section, at, message] of WRONG) {
    it(`is refused as ${JSON.stringify(section)}`, () => {
      const error = refused({ auto_allocation: section });
      assert.equal(error.at, at);
      assert.equal(error.path[0], 'auto_allocation');
      assert.match(error.message, message);
    });
  }
});

describe('rules of auto-allocation', () => {
  it('come by pattern, in the order of the file, also where a pattern looks like a number', () => {
    const text = `{"auto_allocation_rules": {
      "monitoring-*": {"chunk_size": 20, "placement": "smart", "preferred_range_start": 9000},
      "9?": {"placement": "before"},
      "42": {}
    }}`;
    assert.deepEqual(accepted(text).autoAllocation.rules, [
      { pattern: 'monitoring-*', chunkSize: 20, placement: 'smart', preferredRangeStart: 9_000 },
      { pattern: '9?', placement: 'before' },
      { pattern: '42' },
    ]);
  });

  it('come as a list', () => {
    const rules = [{ pattern: 'database-*', chunk_size: 5 }, { pattern: '*' }];
    assert.deepEqual(accepted({ auto_allocation_rules: rules }).autoAllocation.rules, [
      { pattern: 'database-*', chunkSize: 5 },
      { pattern: '*' },
    ]);
  });

  it('are warned of where a pattern comes again, and then the first counts', () => {
    const text = '{"auto_allocation_rules": {"a": {"chunk_size": 1}, "a": {"chunk_size": 2}}}';
    const { configuration, warning } = warned(text);
    assert.equal(configuration.autoAllocation.rules[0]?.chunkSize, 1);
    assert.equal(warning.message, 'The pattern "a" is there twice, and the first one counts.');
    const list = { auto_allocation_rules: [{ pattern: 'a' }, { pattern: 'a' }] };
    assert.deepEqual(warned(list).warning.path, ['auto_allocation_rules', 1, 'pattern']);
  });

  const WRONG: readonly (readonly [rules: unknown, at: string, message: RegExp])[] = [
    ['all', '"all"', /not an object of rules by pattern/],
    [{ 'a-*': 20 }, '20', /^"a-\*" is 20, not an object in braces\.$/],
    [{ '': {} }, '""', /^"" is not a pattern of 1 to 256 characters/],
    [{ ['a'.repeat(257)]: {} }, `"${'a'.repeat(257)}"`, /is not a pattern/],
    [[{}], '{}', /^"auto_allocation_rules\[0\]" has no "pattern"\.$/],
    [['a'], '"a"', /^"auto_allocation_rules\[0\]" is "a", not an object/],
    [[{ pattern: 1 }], '1', /^"pattern" is 1, not a pattern/],
    [{ a: { chunk_size: 1001 } }, '1001', /from 1 to 1000/],
    [{ a: { placement: 'x' } }, '"x"', /not one of/],
    [{ a: { preferred_range_start: 0 } }, '0', /from 1024 to 65535/],
  ];
  for (const [rules, at, message] of WRONG) {
    it(`are refused as ${JSON.stringify(rules).slice(0, 60)}`, () => {
      const error = refused({ auto_allocation_rules: rules });
      assert.equal(error.at, at);
      assert.match(error.message, message);
    });
  }
});

describe('instance templates in the configuration', () => {
  it('come over the four that there are, key by key', () => {
    const content = {
      instance_templates: {
        dev: { branches: ['develop', 'dev/*'], port_offsets: { api: 10 } },
        review: { description: 'For\nreviews', offset: 4 },
        main: { offset: 5, branches: [] },
      },
    };
    assert.deepEqual(accepted(content).templates, [
      { name: 'main', offset: 5, offsets: new Map(), branches: [] },
      { name: 'dev', offset: 1, offsets: new Map([['api', 10]]), branches: ['develop', 'dev/*'] },
      templates[2],
      templates[3],
      {
        name: 'review',
        description: 'For reviews',
        offset: 4,
        offsets: new Map(),
        branches: [],
      },
    ]);
  });

  it('are those of the original', () => {
    const content = {
      instance_templates: {
        staging: { description: 'Staging', port_offsets: { dev: 2, api: 2, storybook: 0 } },
      },
    };
    const staging = accepted(content).templates.find(({ name }) => name === 'staging');
    assert.deepEqual(staging?.offsets, new Map(Object.entries({ dev: 2, api: 2, storybook: 0 })));
  });

  it('may name types that Styxy found, and are warned of where they name no type', () => {
    const service_types = { grafana: { port_range: [11_510, 11_519], auto_allocated: true } };
    const of = (port_offsets: unknown) => ({
      service_types,
      instance_templates: { dev: { port_offsets } },
    });
    accepted(of({ grafana: 1 }));
    const { configuration, warning } = warned(of({ grafna: 1 }));
    assert.equal(configuration.templates[1]?.offsets.get('grafna'), 1);
    assert.equal(warning.at, '"grafna"');
    assert.equal(warning.message, 'There is no service type "grafna" yet. Did you mean "grafana"?');
  });

  const WRONG: readonly (readonly [templates: unknown, at: string, message: RegExp])[] = [
    [[], '[]', /not an object/],
    [{ dev: 1 }, '1', /^"dev" is 1, not an object/],
    [{ 'a b': {} }, '"a b"', /is no name for a template/],
    [{ dev: { offset: -1 } }, '-1', /a whole number from 0 to 1000/],
    [{ dev: { offset: 1001 } }, '1001', /from 0 to 1000/],
    [{ dev: { offset: 0.5 } }, '0.5', /a whole number/],
    [{ dev: { port_offsets: 1 } }, '1', /not an object/],
    [{ dev: { port_offsets: { api: -1 } } }, '-1', /^"api" is -1, not a whole/],
    [{ dev: { port_offsets: { 'a b': 1 } } }, '"a b"', /no name for a service type/],
    [{ dev: { branches: 'main' } }, '"main"', /not a list/],
    [{ dev: { branches: [''] } }, '""', /^"branches\[0\]" is "", not a text with something in it/],
    [{ dev: { description: 1 } }, '1', /not a text/],
  ];
  for (const [content, at, message] of WRONG) {
    it(`are refused as ${JSON.stringify(content)}`, () => {
      const error = refused({ instance_templates: content });
      assert.equal(error.at, at);
      assert.match(error.message, message);
    });
  }
});

describe('recovery in the configuration', () => {
  it('comes over the defaults, key by key and layer by layer', () => {
    const content = {
      recovery: {
        port_conflict: { enabled: true },
        health_monitoring: { check_interval_ms: 60_000 },
      },
    };
    assert.deepEqual(accepted(content).recovery, {
      ...recovery,
      healthMonitoring: { ...recovery.healthMonitoring, checkIntervalMs: 60_000 },
    });
  });

  it('counts as the nearest bound where the original checked nothing', () => {
    const interval = { health_monitoring: { check_interval_ms: 0 } };
    const { configuration, warning } = warned({ recovery: interval });
    assert.equal(configuration.recovery.healthMonitoring.checkIntervalMs, 1000);
    assert.match(warning.message, /"check_interval_ms" is 0, not .*: 1000 counts\.$/);
    const retries = { port_conflict: { max_retries: 1_000_000 } };
    assert.equal(warned({ recovery: retries }).configuration.recovery.portConflict.maxRetries, 20);
  });

  it('takes every key of the original', () => {
    const content = {
      recovery: {
        port_conflict: {
          enabled: false,
          check_availability: false,
          max_retries: 0,
          backoff_ms: 0,
          backoff_multiplier: 1.5,
        },
        health_monitoring: {
          enabled: false,
          check_interval_ms: 1_000,
          max_failures: 1,
          cleanup_stale_allocations: false,
        },
        system_recovery: {
          enabled: false,
          run_on_startup: false,
          backup_corrupted_state: false,
          max_recovery_attempts: 1,
        },
      },
    };
    assert.deepEqual(accepted(content).recovery, {
      portConflict: {
        enabled: false,
        checkAvailability: false,
        maxRetries: 0,
        backoffMs: 0,
        backoffMultiplier: 1.5,
      },
      healthMonitoring: {
        enabled: false,
        checkIntervalMs: 1_000,
        maxFailures: 1,
        cleanupStaleAllocations: false,
      },
      systemRecovery: {
        enabled: false,
        runOnStartup: false,
        backupCorruptedState: false,
        maxRecoveryAttempts: 1,
      },
    });
  });

  it('is refused where it, a layer or a value is of the wrong type', () => {
    assert.equal(refused({ recovery: 1 }).at, '1');
    assert.deepEqual(refused({ recovery: { port_conflict: true } }).path, [
      'recovery',
      'port_conflict',
    ]);
    const error = refused({ recovery: { health_monitoring: { max_failures: '3' } } });
    assert.equal(error.message, '"max_failures" is "3", not a whole number from 1 to 100.');
    assert.equal(error.example, '"max_failures": 3');
  });

  it('is refused with a number that is beyond every number', () => {
    const text = '{"recovery": {"port_conflict": {"backoff_multiplier": 1e999}}}';
    assert.match(refused(text).message, /^"backoff_multiplier" is Infinity, not a number from 1/);
  });
});
