import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readPlan } from '../../../../src/core/plan/readPlan';
import { composeServices } from '../../../../src/vscode/proposal/compose';
import { planText } from '../../../../src/vscode/proposal/planText';
import { type FolderContent, proposeServices } from '../../../../src/vscode/proposal/propose';

const NOTHING: FolderContent = { packages: [], compose: [], allocations: [] };

function fromPackage(json: object, folder?: string) {
  const text = JSON.stringify(json);
  const packages = [{ ...(folder === undefined ? {} : { folder }), text }];
  return proposeServices({ ...NOTHING, packages });
}

const COMPOSE = `
# docker compose up
services:
  db:
    image: "postgres:16" # pinned
    ports:
      - "127.0.0.1:5433:5432/tcp"
  cache:
    image: redis
    ports: ["6380:6379"]
  web-api:
    build: .
    ports:
    - target: 80
      published: 8080
  worker:
    image: shop/worker
  quiet:
    ports: []
volumes:
  data:
`;

describe('composeServices', () => {
  it('finds the services that publish a port', () => {
    assert.deepEqual(composeServices(COMPOSE), [
      { name: 'db', image: 'postgres:16', port: 5433 },
      { name: 'cache', image: 'redis', port: 6380 },
      { name: 'web-api', port: 8080 },
    ]);
    const variable = 'services:\r\n  a:\r\n    ports:\r\n      - "${PORT:-80}:80"\r\n';
    assert.deepEqual(composeServices(variable), [{ name: 'a' }]);
  });

  it('leaves out what it does not understand', () => {
    for (const text of ['', 'services:', 'services: {a: {ports: [1]}}', '\t- :', '{"a":', '\0']) {
      assert.deepEqual(composeServices(text), []);
    }
    // Whatever it is, it is read without an error.
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.ok(Array.isArray(composeServices(`services:\n${text}`)));
      }),
    );
  });
});

describe('proposeServices', () => {
  it('proposes what is allocated, then packages, then Compose, each name once', () => {
    const services = proposeServices({
      packages: [{ text: JSON.stringify({ dependencies: { express: '1', next: '1' } }) }],
      compose: [COMPOSE],
      allocations: [{ service: 'db', serviceType: 'database' }],
    });
    assert.deepEqual(
      services.map(({ service, type, origin, port, env }) => [service, type, origin, port, env]),
      [
        ['db', 'database', 'allocated', undefined, undefined],
        ['web', 'dev', 'package', undefined, 'PORT'],
        ['api', 'api', 'package', undefined, undefined],
        ['cache', 'infrastructure', 'compose', 6380, undefined],
        ['web-api', 'api', 'compose', 8080, undefined],
      ],
    );
  });

  it('takes the port of a script and the name of a folder in a monorepo', () => {
    const json = { devDependencies: { vite: '5' }, scripts: { dev: 'vite --port 4000' } };
    assert.deepEqual(fromPackage(json), [
      { service: 'web', type: 'dev', port: 4000, origin: 'package', found: 'vite' },
    ]);
    assert.deepEqual(
      fromPackage({ dependencies: { vite: '5', koa: '2' } }, 'shop').map((it) => it.service),
      ['shop-web', 'shop-api'],
    );
    assert.equal(fromPackage(json, 'shop')[0]?.service, 'shop');
    assert.deepEqual(fromPackage(json, 'no name'), []);
  });

  it('bears packages of any shape', () => {
    for (const text of ['', '{', 'null', '[]', '{"dependencies":7,"scripts":["vite"]}']) {
      assert.deepEqual(proposeServices({ ...NOTHING, packages: [{ text }] }), []);
    }
  });

  it('names no port that a plan may not name', () => {
    const compose = ['services:\n  proxy:\n    ports:\n      - "80:80"\n'];
    const [proxy] = proposeServices({ ...NOTHING, compose });
    assert.deepEqual(proxy, { service: 'proxy', type: 'dev', origin: 'compose', found: 'proxy' });
  });
});

describe('planText', () => {
  it('is a plan without problems, whatever was proposed', () => {
    assert.equal(readPlan(planText([])).kind, 'read');
    const name = fc.constantFrom('web', 'a-b', 'a.b', 'a_b', 'A-B', 'constructor', '7');
    const dependency = fc.constantFrom('vite', 'next', 'koa', 'storybook', 'vitepress');
    const port = fc.constantFrom(80, 3000, 5173, 65_535, 70_000);
    const content = fc.record({
      packages: fc.array(
        fc.record({ folder: name, text: dependency.map((it) => `{"dependencies":{"${it}":"1"}}`) }),
      ),
      compose: fc.array(
        fc
          .tuple(name, port)
          .map(([it, at]) => `services:\n  ${it}:\n    ports:\n      - "${at}:80"\n`),
      ),
      allocations: fc.array(fc.record({ service: name, serviceType: fc.constant('dev') })),
    });
    fc.assert(
      fc.property(content, (it) => {
        const proposals = proposeServices(it);
        const reading = readPlan(planText(proposals));
        assert.deepEqual(reading.problems, []);
        assert.ok(reading.kind === 'read');
        assert.equal(reading.plan.services.size, proposals.length);
      }),
    );
  });
});
