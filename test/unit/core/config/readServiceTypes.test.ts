import assert from 'node:assert/strict';
import { BUILT_IN_CATALOGUE, type ServiceType } from '../../../../src/core/domain/catalogue';
import { readConfiguration } from '../../../../src/core/config/readConfiguration';
import { accepted, refused, textOf, warned } from './reading';

function typeIn(content: unknown, name: string): ServiceType {
  return accepted(content).catalogue.get(name) ?? assert.fail(`no type ${name}`);
}

function builtIn(name: string): ServiceType {
  return BUILT_IN_CATALOGUE.get(name) ?? assert.fail(`no built-in type ${name}`);
}

/** A file that has one type. */
function file(name: string, entry: unknown) {
  return { service_types: { [name]: entry } };
}

describe('a service type of the configuration', () => {
  it('takes every key that the original knew', () => {
    const content = file('web', {
      description: 'Our\tfront end',
      port_range: [5173, 5199],
      preferred_ports: [5180, 5173, 5180],
      instance_behavior: 'single',
      protocol: 'https',
      examples: ['Vite'],
      multi_instance_pattern: 'sequential',
      chunk_size: 10,
      placement: 'after',
      auto_allocated: false,
    });
    assert.deepEqual(typeIn(content, 'web'), {
      name: 'web',
      range: { first: 5173, last: 5199 },
      preferred: [5180, 5173],
      instanceBehavior: 'single',
      protocol: 'https',
      description: 'Our front end',
      examples: ['Vite'],
      origin: 'configured',
    });
  });

  it('needs a range only', () => {
    assert.deepEqual(typeIn(file('web', { port_range: [5173, 5199] }), 'web'), {
      name: 'web',
      range: { first: 5173, last: 5199 },
      preferred: [5173, 5174, 5175, 5176],
      instanceBehavior: 'multi',
      protocol: 'http',
      description: '',
      examples: [],
      origin: 'configured',
    });
    assert.deepEqual(
      typeIn(file('web', { port_range: [5198, 5199] }), 'web').preferred,
      [5198, 5199],
    );
    const empty = file('web', { port_range: [5173, 5199], preferred_ports: [] });
    assert.deepEqual(typeIn(empty, 'web').preferred, [5173, 5174, 5175, 5176]);
  });

  it('may say "range", as the sample and the generator of the original do', () => {
    const { catalogue } = accepted({
      service_types: {
        dev: { range: [3000, 3049], preferred_ports: [3000, 3001] },
        api: { range: [8000, 8049], preferred_ports: [8000] },
        web: { range: { start: 5173, end: 5199 } },
      },
    });
    assert.deepEqual(catalogue.get('dev')?.range, { first: 3000, last: 3049 });
    assert.deepEqual(catalogue.get('api')?.range, { first: 8000, last: 8049 });
    assert.deepEqual(catalogue.get('web')?.range, { first: 5173, last: 5199 });
  });

  it('takes "port_range" where "range" is there too', () => {
    const content = file('web', { range: [1, 'x'], port_range: [5173, 5199] });
    const { configuration, warning } = warned(content);
    assert.deepEqual(configuration.catalogue.get('web')?.range, { first: 5173, last: 5199 });
    assert.deepEqual(warning.path, ['service_types', 'web', 'range']);
  });

  it('keeps what it does not say of a built-in type', () => {
    const { description, ...rest } = builtIn('ai');
    assert.notEqual(description, 'Ours');
    assert.deepEqual(typeIn(file('ai', { description: 'Ours' }), 'ai'), {
      ...rest,
      description: 'Ours',
      origin: 'configured',
    });
    assert.deepEqual(typeIn(file('ai', { instance_behavior: 'single' }), 'ai'), {
      ...builtIn('ai'),
      instanceBehavior: 'single',
      origin: 'configured',
    });
    assert.deepEqual(typeIn(file('database', { port_range: [15_430, 15_499] }), 'database'), {
      ...builtIn('database'),
      range: { first: 15_430, last: 15_499 },
      preferred: [15_430, 15_431, 15_432, 15_433],
      origin: 'configured',
    });
  });

  it('is the built-in type where it says nothing new', () => {
    assert.deepEqual(typeIn(file('ai', {}), 'ai'), builtIn('ai'));
    assert.deepEqual(typeIn(file('ai', { port_range: [11_400, 11_499] }), 'ai'), builtIn('ai'));
  });

  it('stands in the place of the built-in one, or behind them all in the order of the file', () => {
    const { catalogue } = accepted(
      '{"service_types": {"web": {"range": [20000, 20009]}, "2": {"range": [20010, 20019]}, ' +
        '"dev": {"range": [20020, 20029]}, "1": {"range": [20030, 20039]}}}',
    );
    assert.deepEqual([...catalogue.keys()], [...BUILT_IN_CATALOGUE.keys(), 'web', '2', '1']);
  });

  const WRONG_RANGES: readonly (readonly [range: unknown, at: string, message: RegExp])[] = [
    [[5173], '[5173]', /is a list of 1, not two whole numbers from 1024 to 65535/],
    [[1, 2, 3], '[1,2,3]', /is a list of 3/],
    [[5199, 5173], '[5199,5173]', /goes from 5199 down to 5173/],
    [[80, 90], '80', /has 80, not two whole/],
    [[0, 5199], '0', /has 0, not two whole/],
    [[5173, 65_536], '65536', /has 65536/],
    [[5173.5, 5199], '5173.5', /has 5173.5/],
    [['5173', 5199], '"5173"', /has "5173"/],
    [[null, 5199], 'null', /has null/],
    [[[], 5199], '[]', /has a list/],
    ['5173-5199', '"5173-5199"', /is "5173-5199"/],
    [null, 'null', /is null/],
    [{ start: 5173 }, '{"start":5173}', /is an object/],
    [{ start: 5173, end: 'x' }, '"x"', /has "x"/],
  ];
  for (const [range, at, message] of WRONG_RANGES) {
    it(`is refused with the range ${JSON.stringify(range)}`, () => {
      for (const key of ['port_range', 'range']) {
        const error = refused(file('web', { [key]: range }));
        assert.equal(error.at, at);
        assert.deepEqual(error.path.slice(0, 3), ['service_types', 'web', key]);
        assert.match(error.message, message);
        assert.match(error.example ?? '', new RegExp(`^"${key}": \\[\\d+, \\d+\\]$`));
      }
    });
  }

  it('points at the end of a range that is wrong', () => {
    const path = ['service_types', 'web', 'port_range', 1];
    assert.deepEqual(refused(file('web', { port_range: [5173, 0] })).path, path);
  });

  const WRONG: readonly (readonly [entry: unknown, at: string, message: RegExp])[] = [
    [{}, '{}', /^"web" is no built-in type and has no "port_range"\.$/],
    [[5173, 5199], '[5173,5199]', /^"web" is a list, not an object in braces\.$/],
    [{ instance_behavior: 'triple' }, '"triple"', /not one of "multi", "single", "single_per_ser/],
    [{ instance_behavior: 1 }, '1', /^"instance_behavior" is 1/],
    [{ protocol: 'udp' }, '"udp"', /not one of "http", "https", "tcp"\.$/],
    [{ description: 1 }, '1', /^"description" is 1, not a text\.$/],
    [{ examples: 'Vite' }, '"Vite"', /^"examples" is "Vite", not a list\.$/],
    [{ examples: ['Vite', 1] }, '1', /^"examples\[1\]" is 1, not a text\.$/],
    [{ preferred_ports: 5173 }, '5173', /^"preferred_ports" is 5173, not a list\.$/],
    [{ preferred_ports: ['5173'] }, '"5173"', /^"preferred_ports\[0\]" is "5173", not a whole/],
    [{ preferred_ports: [1023] }, '1023', /from 1024 to 65535\.$/],
    [{ auto_allocated: 'yes' }, '"yes"', /^"auto_allocated" is "yes", not true or false\.$/],
    [{ auto_allocated: true, auto_allocated_at: 1 }, '1', /^"auto_allocated_at" is 1, not a text/],
  ];
  for (const [entry, at, message] of WRONG) {
    it(`is refused as ${JSON.stringify(entry)}`, () => {
      const isBare = Array.isArray(entry) || Object.keys(entry ?? {}).length === 0;
      const whole = isBare ? entry : { port_range: [5173, 5199], ...(entry as object) };
      const error = refused(file('web', whole));
      assert.equal(error.at, at);
      assert.match(error.message, message);
    });
  }

  for (const name of ['', 'a b', '../../etc/passwd', '<script>', '-a', 'é', 'a'.repeat(65)]) {
    it(`is refused with the name ${JSON.stringify(name)}, at the name`, () => {
      const error = refused(file(name, { port_range: [5173, 5199] }));
      assert.equal(error.at, JSON.stringify(name));
      assert.match(error.message, /is no name for a service type: that is 1 to 64 letters/);
    });
  }

  it('counts as it is there last where it is there twice', () => {
    const [first, last] = ['{"port_range": [5000, 5009]}', '{"port_range": [5173, 5199]}'];
    const text = `{"service_types": {"web": ${first}, "web": ${last}}}`;
    const { configuration, warning } = warned(text);
    assert.match(warning.message, /^"web" is there twice, and the last one counts/);
    assert.equal(configuration.catalogue.get('web')?.range.first, 5173);
  });

  it('counts without its privileged ports, which the original gave', () => {
    const { configuration, warning } = warned(file('web', { port_range: [80, 1090] }));
    assert.deepEqual(configuration.catalogue.get('web')?.range, { first: 1024, last: 1090 });
    assert.match(warning.message, /begins at 80; Styxy gives no port below 1024/);
  });

  it('takes the whole file with it where it is wrong, so that no other type is lost', () => {
    const content = {
      service_types: {
        web: { port_range: [5173, 5199] },
        bad: { port_range: [20_000, 20_009], instance_behavior: 'triple' },
      },
    };
    const reading = readConfiguration(textOf(content));
    assert.equal(reading.kind, 'refused');
    assert.equal('configuration' in reading, false);
  });

  it('is warned of with a range of one port', () => {
    const { configuration, warning } = warned(file('web', { port_range: [5173, 5173] }));
    assert.deepEqual(configuration.catalogue.get('web')?.preferred, [5173]);
    assert.equal(warning.at, '[5173,5173]');
    assert.match(warning.message, /one port only/);
  });

  it('is warned of with preferred ports outside its range, which stay', () => {
    const content = file('web', { port_range: [5173, 5199], preferred_ports: [5173, 5200] });
    const { configuration, warning } = warned(content);
    assert.deepEqual(configuration.catalogue.get('web')?.preferred, [5173, 5200]);
    assert.equal(warning.at, '5200');
    assert.equal(warning.message, 'The preferred port 5200 is outside the range 5173-5199.');
    assert.match(
      warned(file('dev', { preferred_ports: [5173] })).warning.message,
      /outside the range 3000-3099/,
    );
  });
});

describe('an auto-allocated type of the configuration', () => {
  const entry = {
    description: 'Auto-allocated',
    port_range: [11_510, 11_511],
    preferred_ports: [11_510, 11_511, 11_512, 11_513],
    auto_allocated: true,
    auto_allocated_at: '2025-10-07T10:11:12.123Z',
  };

  it('is no type of the catalogue, and nobody minds what the original preferred', () => {
    const { catalogue, projected } = accepted(file('grafana', entry));
    assert.deepEqual(catalogue, BUILT_IN_CATALOGUE);
    assert.deepEqual(projected, [
      {
        name: 'grafana',
        range: { first: 11_510, last: 11_511 },
        at: '2025-10-07T10:11:12.123Z',
      },
    ]);
  });

  it('needs no moment, and keeps only one that is a date', () => {
    const { auto_allocated_at, ...rest } = entry;
    assert.ok(auto_allocated_at);
    const range = { first: 11_510, last: 11_511 };
    assert.deepEqual(accepted(file('grafana', rest)).projected, [{ name: 'grafana', range }]);
    const { configuration, warning } = warned(
      file('grafana', { ...rest, auto_allocated_at: 'yesterday' }),
    );
    assert.deepEqual(configuration.projected, [{ name: 'grafana', range }]);
    assert.equal(warning.at, '"yesterday"');
  });

  it('needs a range', () => {
    assert.match(refused(file('grafana', { auto_allocated: true })).message, /no "port_range"/);
  });

  it('is ignored with a warning where the type is built in', () => {
    const { configuration, warning } = warned(file('dev', { ...entry }));
    assert.deepEqual(configuration.catalogue, BUILT_IN_CATALOGUE);
    assert.deepEqual(configuration.projected, []);
    assert.match(warning.message, /^"dev" is a built-in type/);
  });

  it('is ignored with a warning under a name that only the original would write', () => {
    const { configuration, warning } = warned(file('../../etc/passwd', entry));
    assert.deepEqual(configuration.projected, []);
    assert.match(warning.message, /Nobody can ask for it, so the entry is ignored\.$/);
  });
});
