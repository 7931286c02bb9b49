/** Wrong and odd texts of `config.json` and `styxy.json`: every key with every kind of value. */

const KINDS: readonly unknown[] = [
  ...[null, true, false, '', 'x', '  ', 'a\u0007\nb', [], [1, 'x', null], {}, { a: 1 }, [[]]],
  ...[-1, 0, 1, 1.5, 20, 21, 80, 256, 1000, 1001, 1023, 1024, 3_600_001, 60_001, 65_535, 65_536],
  1e300,
];

/** What tells one kind from another; for keys whose bounds others have too. */
const FEW: readonly unknown[] = [null, true, '', 'x', [], [1, 'a'], {}, { a: 1 }, -1, 1.5, 3000];

function nested(steps: readonly string[], value: unknown): unknown {
  return steps.reduceRight((inner, step) => (step === '[]' ? [inner] : { [step]: inner }), value);
}

function filled(places: readonly string[], values: readonly unknown[]): readonly string[] {
  return places.flatMap((place) =>
    values.map((value) => JSON.stringify(nested(place.split('/'), value))),
  );
}

/** Unknown and repeated keys in the object at each place, around what makes it an object. */
function keysAt(places: readonly (readonly [place: string, near: string])[]): readonly string[] {
  const names = ['zebra', '__proto__', 'constructor', 'a\u0007"b', '', 'x'.repeat(65)];
  return places.flatMap(([place, near]) => {
    const steps = place === '' ? [] : place.split('/');
    const objects = [near.slice(1), near.toUpperCase(), `${near}s`, ...names]
      .map((name) => `{${JSON.stringify(name)}:0}`)
      .concat(`{"${near}":0,"a":1,"${near}":null,"a":2}`, `{"${near}":{},"${near}":{}}`);
    return objects.map((object) =>
      JSON.stringify(nested(steps, 'HERE')).replace('"HERE"', () => object),
    );
  });
}

/** Every beginning of a text, and the text with one character gone or another one in its place. */
function broken(text: string): readonly string[] {
  return [...text].flatMap((_, at) => [
    ...(at % 2 === 0 ? [text.slice(0, at)] : []),
    ...(at % 3 === 0 ? [text.slice(0, at) + text.slice(at + 1)] : []),
    ...(at % 7 === 0 ? [`${text.slice(0, at)}"${text.slice(at + 1)}`] : []),
  ]);
}

const SYNTAX: readonly string[] = [
  ...['', ' \n', '// no more', '/* no end', '\uFEFF', '\uFEFF{}', '\uFEFF{"a":1', '[]', '"x"', '7'],
  ...['null', '{} {}', '{},', '{"a" 1}', '{"a":}', '{a:1}', "{'a':1}", '{"a":1 "b":2}', '{"a":[1'],
  ...['{"a":"x\n"}', '{"a":"\\q"}', '{"a":"\\u12"}', '{"a":"\u0001"}', '{"a":tru}', '{"a":01}'],
  ...['{"a":1e999}', '{,}', '{"a":1,,}', '{"a":[1,,2]}', '#', '{"a":1}\r\n}', '{\n\n"a": +1}'],
  '['.repeat(101),
  `{"a":${'['.repeat(99)}${']'.repeat(99)}}`,
  `{"a":\n${'['.repeat(100)}${']'.repeat(100)}}`,
  `{"a":${'{"a":'.repeat(100_000)}`,
  `{"a":"${'x'.repeat(1024 * 1024)}"}`,
];

/** Numbers that look random and are the same each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Members of several wrong files side by side, so that problems of different kinds meet. */
function mixed(texts: readonly string[], count: number, seed: number): readonly string[] {
  const next = numbers(seed);
  const bodies = texts
    .filter((text) => text.startsWith('{') && text.endsWith('}') && text.length < 300)
    .map((text) => text.slice(1, -1));
  return Array.from({ length: count }, () =>
    Array.from({ length: 2 + next(3) }, () => bodies[next(bodies.length)] ?? '')
      .filter((body) => body !== '')
      .join(',\n  '),
  ).map((body) => `{\n  ${body}\n}`);
}

const typed = (entry: string, more = '') => `{"service_types":{"web":${entry}${more}}}`;
const RANGES: readonly string[] = [
  ...['[5173]', '[1,2,3]', '[5199,5173]', '[80,90]', '[80,2000]', '[0,5199]', '[5173,65536]'],
  ...['[5173.5,5199]', '["5173",5199]', '[null,5199]', '[[],5199]', '"5173-5199"', 'null', '{}'],
  ...['{"start":5173}', '{"start":5173,"end":"x"}', '{"start":5173,"end":5199,"stop":1}'],
  ...['[5173,5173]', '[20000,20009]', '[1,1]', '[1023,1024]', '{"start":1,"end":2000}'],
];

const TYPES: readonly string[] = [
  ...RANGES.map((range) => typed(`{"port_range":${range}}`)),
  ...RANGES.slice(0, 16).map((range) => typed(`{"range":${range}}`)),
  typed('{"port_range":[20000,20009],"range":[1,"x"]}'),
  typed('{}'),
  typed('{"port_range":[20000,20009],"preferred_ports":[20000,20000,1,1024,"x",30000]}'),
  typed('{"port_range":[20000,20009],"preferred_ports":[]}'),
  typed('{"port_range":[20000,20009],"auto_allocated":true}'),
  typed('{"auto_allocated":true}'),
  typed('{"port_range":[20000,20009],"auto_allocated":true,"auto_allocated_at":"yesterday"}'),
  typed(
    '{"port_range":[20000,20009],"auto_allocated":true,"auto_allocated_at":"2026-01-31T12:00Z"}',
  ),
  typed('{"port_range":[20000,20009],"description":"a\\u0007b","examples":["Vite\\n",""]}'),
  typed('{"port_range":[20000,20009],"manual_allocations":{"9999":"Chroma"}}'),
  typed('{"port_range":[9,1],"manual_allocations":[{"port":1,"service":"x"}]}'),
  typed('{"port_range":[20000,20009]}', ',"web":{"range":[20020,20029]}'),
  typed('{"port_range":[20000,20009]}', ',"api":{"range":[20005,20029]}'),
  typed('{"port_range":[20000,20009]}', ',"wide":{"range":[3000,30029]}'),
  typed('{"port_range":[3099,3100]}', ',"found":{"range":[3100,3100],"auto_allocated":true}'),
  ...['dev', 'a b', '', '__proto__', 'x'.repeat(65)].flatMap((name) => [
    JSON.stringify({ service_types: { [name]: { auto_allocated: true, port_range: [1, 2] } } }),
    `{"service_types":{${JSON.stringify(name)}:{"port_range":[20000,20009]}}}`,
    `{"service_types":{${JSON.stringify(name)}:{"auto_allocated":true,"range":[20000,20009]}}}`,
  ]),
  ...['{"description":"Ours"}', '{"port_range":[3000,3099]}', '{"preferred_ports":[3001]}'].map(
    (entry) => `{"service_types":{"dev":${entry}}}`,
  ),
];

const RESERVED: readonly string[] = ['reservations', 'manual_allocations'].flatMap((key) =>
  [
    ...['[{"port":3005,"name":"printer","reason":"in the\\ncorridor"}]', '[{"name":"x"}]', '[{}]'],
    ...['[{"port":3005}]', '[{"port":0,"name":"x"}]', '[{"port":"3005","name":"x"}]', '[3005]'],
    ...['{"3005":"printer"}', '{"3005":""}', '{"3005":{}}', '{"3005":{"name":"x","port":1}}'],
    ...['{"03005":"x"}', '{"x":"y"}', '{"65536":"x"}', '{"3005":7}', '{"3005":[]}'],
    ...['{"3005":"a","3005":"b"}', '[{"port":3005,"name":"a"},{"port":3005,"name":"b"}]'],
    ...['[{"port":3005,"service":"a","description":"b"}]', '[{"port":3005,"service_name":""}]'],
    ...['[{"port":3005,"name":"a","reason":7}]', '{"3005":{"name":"a","nmae":"b","reason":null}}'],
  ].map((value) => `{"${key}":${value}}`),
);

const SECTIONS: readonly string[] = [
  ...['{"min_port":50000}', '{"min_port":9000,"max_port":8000}', '{"max_port":2000}'].map(
    (value) => `{"auto_allocation":${value}}`,
  ),
  ...[
    ...['{"a":{"chunk_size":1},"a":{"chunk_size":2}}', '[{"pattern":"a"},{"pattern":"a"}]', '[{}]'],
    ...[
      '{"":{}}',
      `{"${'a'.repeat(257)}":1}`,
      '[{"pattern":""}]',
      '["a"]',
      '{"a":{"pattern":"b"}}',
    ],
    ...['[{"pattern":"*","chunk_size":5,"placement":"smart","preferred_range_start":9000}]'],
  ].map((value) => `{"auto_allocation_rules":${value}}`),
  ...[
    ...['{"a b":{}}', '{"a b":7}', '{"dev":{},"dev":{"offset":9}}', '{"dev":{"branches":["",7]}}'],
    ...['{"new":{"offset":4,"description":"a\\nb"}}', '{"dev":{"port_offsets":{"apj":1,"apj":2}}}'],
    ...['{"dev":{"port_offsets":{"a b":1,"nowhere":2,"api":-1}}}'],
  ].map((value) => `{"instance_templates":${value}}`),
  `{"reservations":{"3005":"a"},"manual_allocations":{"3005":"b","3006":"c"}}`,
];

const CONFIGURATION_KEYS: readonly string[] = [
  ...filled(
    [
      ...[
        'enabled',
        'default_chunk_size',
        'placement',
        'min_port',
        'max_port',
        'preserve_gaps',
      ].map((key) => `auto_allocation/${key}`),
      'auto_allocation/gap_size',
      'auto_allocation_rules/a-*/chunk_size',
      'auto_allocation_rules/[]/preferred_range_start',
      'instance_templates/dev/offset',
      'recovery/port_conflict/max_retries',
      'recovery/port_conflict/backoff_ms',
      'recovery/port_conflict/backoff_multiplier',
      'recovery/health_monitoring/check_interval_ms',
      'recovery/health_monitoring/max_failures',
      'recovery/system_recovery/max_recovery_attempts',
    ],
    KINDS,
  ),
  ...filled(
    [
      ...['service_types', 'auto_allocation', 'auto_allocation_rules', 'instance_templates'],
      ...['reservations', 'manual_allocations', 'recovery', 'version', 'auto_allocation_rules/[]'],
      ...['service_types/web', 'auto_allocation_rules/a-*', 'auto_allocation_rules/[]/pattern'],
      ...['auto_allocation_rules/a-*/placement', 'instance_templates/dev'],
      ...['description', 'port_offsets', 'port_offsets/api', 'branches', 'branches/[]'].map(
        (key) => `instance_templates/dev/${key}`,
      ),
      ...['description', 'port_range', 'range', 'preferred_ports', 'preferred_ports/[]'].map(
        (key) => `service_types/dev/${key}`,
      ),
      ...['instance_behavior', 'protocol', 'examples', 'examples/[]', 'manual_allocations'].map(
        (key) => `service_types/dev/${key}`,
      ),
      ...['auto_allocated', 'auto_allocated_at', 'placement'].map(
        (key) => `service_types/x/${key}`,
      ),
      ...['port_conflict', 'health_monitoring', 'system_recovery'].map((key) => `recovery/${key}`),
      ...['enabled', 'check_availability'].map((key) => `recovery/port_conflict/${key}`),
      ...['enabled', 'cleanup_stale_allocations'].map((key) => `recovery/health_monitoring/${key}`),
      ...['enabled', 'run_on_startup', 'backup_corrupted_state'].map(
        (key) => `recovery/system_recovery/${key}`,
      ),
    ],
    FEW,
  ),
  ...keysAt([
    ['', 'service_types'],
    ['service_types', 'web'],
    ['service_types/web', 'port_range'],
    ['service_types/web/port_range', 'start'],
    ['auto_allocation', 'placement'],
    ['auto_allocation_rules', 'a'],
    ['auto_allocation_rules/a', 'chunk_size'],
    ['auto_allocation_rules/[]', 'pattern'],
    ['instance_templates', 'dev'],
    ['instance_templates/dev', 'offset'],
    ['instance_templates/dev/port_offsets', 'api'],
    ['reservations', '3005'],
    ['reservations/[]', 'port'],
    ['reservations/3005', 'reason'],
    ['manual_allocations/[]', 'service_name'],
    ['recovery', 'port_conflict'],
    ['recovery/port_conflict', 'max_retries'],
    ['recovery/health_monitoring', 'max_failures'],
    ['recovery/system_recovery', 'enabled'],
  ]),
];

const CONFIGURATION_TEXT = `{
  // ours
  "service_types": { "web": { "port_range": [5173, 5199], }, },\r
  "recovery": { "port_conflict": { "max_retries": 5 } }, /* all */
}`;

/** Texts of `config.json`. */
export function configurationTexts(): readonly string[] {
  const wrong = [...TYPES, ...RESERVED, ...SECTIONS, ...CONFIGURATION_KEYS];
  const all = [...SYNTAX, ...broken(CONFIGURATION_TEXT), ...wrong, ...mixed(wrong, 100, 1)];
  return [...new Set(all)];
}

const web = (body: string) => `{"services":{"web":${body}}}`;
const files = (body: string) => `{"services":{"api":{},"a.b":{}},"files":${body}}`;

const SERVICES: readonly string[] = [
  ...['{"exact":true}', '{"port":3000,"exact":true}', '{"port":80,"exact":true}'].map(web),
  ...['{"port":6000}', '{"env":["PORT","MY-PORT",7,["A"],"PORT"]}', '{"env":["1A","Ü"]}'].map(web),
  ...['"//a"', '"/healthz"', '"http://localhost:1/x"', '"https://example.com"', '"/ a"'].map(
    (health) => web(`{"health":${health}}`),
  ),
  '{"services":{"a":{"port":3000},"b":{"port":3000},"c":{"port":3000}}}',
  '{"services":{"a":{"env":["PORT"]},"b":{"env":["HTTP_PORT","PORT"]}}}',
  '{"services":{"a":{"env":["STYXY_PORT_B"]},"b":{}}}',
  '{"services":{"a":{"env":["Port"]},"b":{"env":["PORT"]}}}',
  '{"services":{"a.b":{},"a-b":{},"A_B":7}}',
  '{"services":{"a b":{"port":3000},"b":{"port":3000}}}',
  '{"services":{"web":{},"web":{"port":80}}}',
  JSON.stringify({
    services: Object.fromEntries(Array.from({ length: 257 }, (_, n) => [`service-${n}`, {}])),
  }),
  JSON.stringify({
    services: Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`s ${n}`, 7])),
  }),
  ...['["dev"]', '"a/b"', '"dev"'].map((template) => `{"template":${template}}`),
  ...[
    ...['{".env":{"URL":"${api}"}}', '{".env":{"URL":"${apj} ${}"}}', '{".env":{"URL":"${"}}'],
    ...['{".env":{"URL":"a\\u0000"}}', '{".env":{"A-B":"x","A":7,"":""}}', '{".env":7,".ENV":{}}'],
    ...['{".env":{},".env":{}}', '{".env":{"A":"1","A":"2"}}', '{".env":{"A":"$\\u007bapj}"}}'],
    ...[
      '',
      '/a',
      'C:/a',
      '../a',
      './a',
      'a//b',
      'a\\b',
      '.git/x',
      'a. /b',
      'styxy.json',
      'a\u200Bb',
    ].map((path) => JSON.stringify({ [path]: {} })),
  ].map(files),
  '{"files":{".env":{"A":"${web} ${x}"}}}',
];

const PLAN_KEYS: readonly string[] = [
  ...filled(['services/web/port', 'services/web/exact'], KINDS),
  ...filled(
    [
      ...['services', 'files', 'template', '$schema', 'services/web', 'files/.env', 'files/.env/A'],
      ...['type', 'env', 'env/[]', 'health', 'protocol'].map((key) => `services/web/${key}`),
    ],
    FEW,
  ),
  ...keysAt([
    ['', 'services'],
    ['services', 'web'],
    ['services/web', 'protocol'],
    ['files', 'api.env'],
    ['files/.env', 'URL'],
  ]),
];

const PLAN_TEXT = `{
  // what runs here
  "services": { "web": { "type": "dev", "env": ["PORT"], }, },\r
  "files": { ".env": { "URL": "http://localhost:\${web}" } }, /* all */
}`;

/** Texts of `styxy.json`. */
export function planTexts(): readonly string[] {
  const wrong = [...SERVICES, ...PLAN_KEYS];
  return [...new Set([...SYNTAX, ...broken(PLAN_TEXT), ...wrong, ...mixed(wrong, 50, 2)])];
}
