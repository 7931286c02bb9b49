import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonPath, invalidPlan } from '../../../../src/core/domain/plan';
import { readPlan } from '../../../../src/core/plan/readPlan';
import { errorsOf, planOf } from './plans';

/** Text, what stands where the error points, its JSON path, and its message. */
type Refusal = readonly [text: string, at: string, path: string, message: RegExp];

const service = (body: string) => `{ "services": { "web": ${body} } }`;
const two = (one: string, other: string) => `{ "services": { "a": ${one}, "b": ${other} } }`;
const value = (text: string) =>
  `{ "services": { "api": {} }, "files": { ".env": { "URL": ${text} } } }`;

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'an empty text': ['', '', '', /value is missing/],
  'a list': ['[]', '[]', '', /is a list, not an object in braces/],
  'a word': ['"web"', '"web"', '', /is "web", not an object in braces/],
  'a missing comma': ['{ "a": 1 "b": 2 }', '"b"', '', /comma is missing/],
  'a missing brace': ['{ "services": {}', '', '', /closing } is missing/],
  'something behind it': ['{} {}', '{', '', /nothing may follow/],
  'services that are a list': ['{ "services": [] }', '[]', 'services', /object of services/],
  'a service that is a type': [service('"dev"'), '"dev"', 'services.web', /is an object/],
  'a service that is null': [service('null'), 'null', 'services.web', /is an object/],
  'a service without a name': ['{ "services": { "": {} } }', '""', 'services[""]', /no name/],
  'a service out of a shell': [
    '{ "services": { "a b": {} } }',
    '"a b"',
    'services["a b"]',
    /"a b" is no name/,
  ],
  'a service called __proto__': [
    '{ "services": { "__proto__": {} } }',
    '"__proto__"',
    'services.__proto__',
    /no name/,
  ],
  'a type that is none': [service('{ "type": "../x" }'), '"../x"', 'services.web.type', /not the/],
  'a type that is a number': [service('{ "type": 7 }'), '7', 'services.web.type', /is 7/],
  'a port below 1024': [service('{ "port": 80 }'), '80', 'services.web.port', /1024 to 65535/],
  'a port above 65535': [service('{ "port": 65536 }'), '65536', 'services.web.port', /65536/],
  'a port and a half': [service('{ "port": 3000.5 }'), '3000.5', 'services.web.port', /whole/],
  'a port in quotes': [service('{ "port": "3000" }'), '"3000"', 'services.web.port', /"3000"/],
  'exact without a port': [service('{ "exact": true }'), 'true', 'services.web.exact', /without/],
  'exact in quotes': [
    service('{ "port": 3000, "exact": "yes" }'),
    '"yes"',
    'services.web.exact',
    /true or false/,
  ],
  'env that is a text': [service('{ "env": "PORT" }'), '"PORT"', 'services.web.env', /a list/],
  'env with a dash': [
    service('{ "env": ["PORT", "MY-PORT"] }'),
    '"MY-PORT"',
    'services.web.env[1]',
    /no name of a variable/,
  ],
  'env with a list': [service('{ "env": [["A"]] }'), '["A"]', 'services.web.env[0]', /a list is/],
  'a protocol that is none': [
    service('{ "protocol": "ftp" }'),
    '"ftp"',
    'services.web.protocol',
    /http, https, tcp/,
  ],
  'two services on a port': [
    two('{ "port": 3000 }', '{ "port": 3000 }'),
    '3000',
    'services.b.port',
    /"a" has port 3000/,
  ],
  'two services of a variable': [
    two('{ "env": ["PORT"] }', '{ "env": ["HTTP_PORT", "PORT"] }'),
    '"PORT"',
    'services.b.env[1]',
    /PORT carries the port of "a"/,
  ],
  'a variable that is another service’s own': [
    two('{ "env": ["STYXY_PORT_B"] }', '{}'),
    '"STYXY_PORT_B"',
    'services.a.env[0]',
    /of "b"/,
  ],
  'two services of a name in the environment': [
    '{ "services": { "a.b": {}, "a-b": {} } }',
    '"a-b"',
    'services.a-b',
    /STYXY_PORT_A_B/,
  ],
  'a service twice': [
    '{ "services": { "web": {}, "web": {} } }',
    '"web"',
    'services.web',
    /there twice/,
  ],
  'a template that is none': ['{ "template": "a/b" }', '"a/b"', 'template', /instance template/],
  'files that are a list': ['{ "files": [] }', '[]', 'files', /dotenv files/],
  'a file that is a text': ['{ "files": { ".env": "x" } }', '"x"', 'files[".env"]', /variables/],
  'a value that is a number': [value('7'), '7', 'files[".env"].URL', /is a text/],
  'a value with a NUL': [value('"a\\u0000"'), '"a\\u0000"', 'files[".env"].URL', /control/],
  'a variable with a dash': [
    '{ "files": { ".env": { "A-B": "x" } } }',
    '"A-B"',
    'files[".env"].A-B',
    /variable's name/,
  ],
  'a reference to nothing': [
    value('"x"').replace('x', '${'),
    '"${"',
    'files[".env"].URL',
    /no "}"/,
  ],
  'a reference to another plan': [
    value('"http://localhost:${apj}/"'),
    '${apj}',
    'files[".env"].URL',
    /"\$\{apj\}" names no service of this plan. Did you mean "api"\?/,
  ],
  'an empty reference': [value('"${}"'), '${}', 'files[".env"].URL', /names no service/],
  'a file twice where case is ignored': [
    '{ "files": { ".env": {}, ".ENV": {} } }',
    '".ENV"',
    'files[".ENV"]',
    /same file on macOS/,
  ],
};

describe('readPlan', () => {
  it('reads what the documentation shows, comments and trailing commas included', () => {
    const plan = planOf(`{
      // what runs here
      "$schema": "./styxy.schema.json",
      "services": {
        "web": { "type": "dev", "port": 5173, "env": ["PORT", "VITE_PORT"], "health": "/healthz" },
        "api": { "type": "api", "protocol": "https", "port": 8000, "exact": true },
        "db":  { "type": "database", "exact": false },
      },
      "files": { ".env.local": { "API_URL": "http://localhost:\${api}", "WEB_PORT": "\${web}" } },
      "template": "dev",
    }`);
    assert.deepEqual(
      [...plan.services.values()],
      [
        {
          name: 'web',
          type: 'dev',
          port: 5173,
          exact: false,
          env: ['PORT', 'VITE_PORT'],
          health: '/healthz',
        },
        { name: 'api', type: 'api', port: 8000, exact: true, env: [], protocol: 'https' },
        { name: 'db', type: 'database', exact: false, env: [] },
      ],
    );
    assert.deepEqual(
      [...plan.files].map(([path, values]) => [path, [...values]]),
      [
        [
          '.env.local',
          [
            ['API_URL', 'http://localhost:${api}'],
            ['WEB_PORT', '${web}'],
          ],
        ],
      ],
    );
    assert.equal(plan.template, 'dev');
  });

  it('reads an empty plan, and one behind a byte order mark', () => {
    assert.deepEqual(planOf('{}'), { services: new Map(), files: new Map() });
    assert.equal(planOf('\uFEFF{ "services": { "web": {} } }').services.size, 1);
  });

  for (const [name, [text, at, path, message]] of Object.entries(REFUSALS)) {
    it(`refuses ${name}`, () => {
      const [first, ...others] = errorsOf(text);
      assert.match(first?.message ?? '', message);
      assert.equal(jsonPath(first?.path ?? []), path);
      assert.equal(text.slice(first?.offset).slice(0, first?.length), at);
      assert.deepEqual(others, []);
    });
  }

  it('reports every error at once, in the order of the file', () => {
    const errors = errorsOf(two('{ "port": 1, "env": ["1"] }', '{ "exact": true, "type": "" }'));
    assert.deepEqual(
      errors.map(({ path }) => jsonPath(path)),
      ['services.a.port', 'services.a.env[0]', 'services.b.exact', 'services.b.type'],
    );
  });

  for (const health of [
    '/',
    '/healthz?deep=1',
    'http://localhost:9000/x',
    'https://127.0.0.1',
    'http://[::1]:80/',
  ]) {
    it(`takes the health ${health}`, () => {
      assert.equal(planOf({ services: { web: { health } } }).services.get('web')?.health, health);
    });
  }

  for (const health of [
    '',
    'healthz',
    '//evil.example/x',
    '/\\evil.example',
    '/\t/evil.example',
    'http://evil.example/',
    'http://localhost.evil.example/',
    'http://localhost@evil.example/',
    'http://localhost:80@evil.example/',
    'http://127.0.0.1.evil.example/',
    'file:///etc/passwd',
  ]) {
    it(`refuses the health ${JSON.stringify(health)}`, () => {
      const text = JSON.stringify({ services: { web: { health } } });
      assert.deepEqual(
        errorsOf(text).map(({ path }) => jsonPath(path)),
        ['services.web.health'],
      );
    });
  }

  it('names keys that it does not know, and goes on', () => {
    const text = '{ "servises": {}, "services": { "web": { "ports": 1, "colour": 2 } } }';
    const reading = readPlan(text);
    assert.equal(reading.kind, 'read');
    assert.deepEqual(
      reading.problems.map(({ severity, path, message }) => [severity, jsonPath(path), message]),
      [
        ['warning', 'servises', 'Styxy knows no key "servises" here. Did you mean "services"?'],
        ['warning', 'services.web.ports', 'Styxy knows no key "ports" here. Did you mean "port"?'],
        [
          'warning',
          'services.web.colour',
          'Styxy knows no key "colour" here. Known are type, port, exact, env, health, protocol.',
        ],
      ],
    );
  });

  it('warns of ports that browsers refuse, and of variables that differ in case only', () => {
    const reading = readPlan(two('{ "port": 6000 }', '{ "env": ["styxy_port_a"] }'));
    assert.equal(reading.kind, 'read');
    assert.match(reading.problems[0]?.message ?? '', /Browsers refuse port 6000/);
    assert.match(reading.problems[1]?.message ?? '', /one variable on Windows/);
    assert.equal(reading.problems.length, 2);
  });

  it('lets a service name its own variable, and one twice', () => {
    const env = ['STYXY_PORT_WEB', 'PORT', 'PORT'];
    assert.deepEqual(planOf({ services: { web: { env } } }).services.get('web')?.env, [
      'STYXY_PORT_WEB',
      'PORT',
    ]);
  });

  it('refuses more services than a workspace has', () => {
    const services = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, {}]));
    assert.equal(planOf({ services: services(256) }).services.size, 256);
    const [error] = errorsOf(JSON.stringify({ services: services(257) }));
    assert.match(error?.message ?? '', /at most 256 services, and this one has 257/);
  });

  it('refuses what is huge, deep or full of errors, in few words', () => {
    const padded = (length: number) => `{}${' '.repeat(length - 2)}`;
    planOf(padded(1024 * 1024));
    assert.match(errorsOf(padded(1024 * 1024 + 1))[0]?.message ?? '', /1 MiB/);
    assert.match(errorsOf('['.repeat(500_000))[0]?.message ?? '', /in each other/);
    assert.match(errorsOf('{"a":'.repeat(200_000))[0]?.message ?? '', /in each other/);
    assert.equal(errorsOf(`{ "services": { ${'"": 1,'.repeat(100_000)} } }`).length, 100);
    const references = Array.from({ length: 50_000 }, (_, index) => `\${x${index}}`).join('');
    assert.equal(errorsOf(value(JSON.stringify(references))).length, 100);
    const open = errorsOf(value(JSON.stringify('${'.repeat(500_000))));
    assert.match(open[0]?.message ?? '', /no "}"/);
  });

  it('never throws, whatever the text', () => {
    const name = fc.oneof(fc.constantFrom('web', 'services', 'files', 'env', 'port'), fc.string());
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(name, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const plan = fc.record({ services: fc.dictionary(name, tree), files: tree, template: tree });
    const json = fc.oneof(plan, tree).map((content) => JSON.stringify(content));
    fc.assert(
      fc.property(fc.oneof(json, fc.string(), fc.string({ unit: 'binary' })), (text) => {
        const reading = readPlan(text);
        assert.equal(
          reading.kind === 'refused',
          reading.problems.some(({ severity }) => severity === 'error'),
        );
        for (const { offset, length } of reading.problems) {
          assert.ok(offset >= 0 && offset + length <= text.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('invalidPlan', () => {
  it('says which file, where, what is wrong, what would be right and how much more', () => {
    const problems = errorsOf(service('{ "port": 80, "exact": 1 }'));
    const error = invalidPlan('/shop/styxy.json', problems);
    assert.equal(error.code, 'invalid_config');
    assert.equal(
      error.message,
      'The plan /shop/styxy.json cannot be used at services.web.port. "port" is 80, not a whole ' +
        'number from 1024 to 65535. Right would be: "port": 5173. There is 1 more error in it.',
    );
    assert.deepEqual(error.details, {
      file: '/shop/styxy.json',
      path: 'services.web.port',
      problems,
    });
  });

  it('ends whatever is left open', () => {
    for (const text of ['/*', '{ /*', '{ "services": { /* ', '"', '{"', '[']) {
      const reading = readPlan(text);
      assert.equal(reading.kind, 'refused', text);
      for (const { offset, length } of reading.problems) {
        assert.ok(offset + length <= text.length, text);
      }
    }
  });
});
