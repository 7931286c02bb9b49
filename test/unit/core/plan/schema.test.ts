import assert from 'node:assert/strict';
import { BUILT_IN_CATALOGUE } from '../../../../src/core/domain/catalogue';
import { MAX_PORT, MIN_PORT, isServiceName } from '../../../../src/core/domain/names';
import { filePathProblem } from '../../../../src/core/plan/filePath';
import { MAX_PLANNED_SERVICES } from '../../../../src/core/domain/plan';
import {
  PLAN_KEYS,
  SERVICE,
  isEnvironmentName,
  readPlan,
} from '../../../../src/core/plan/readPlan';
import schema from '../../../../schemas/styxy.schema.json';

const { properties, definitions } = schema;
const service = definitions.service.properties;

/** The schema’s pattern and the reader’s rule agree on each of the samples. */
function agree(pattern: string, rule: (sample: string) => boolean, samples: readonly string[]) {
  for (const sample of samples) {
    assert.equal(new RegExp(pattern, 'u').test(sample), rule(sample), JSON.stringify(sample));
  }
}

describe('the schema of the plan', () => {
  it('knows the keys that the reader knows', () => {
    assert.deepEqual(Object.keys(properties).sort(), [...PLAN_KEYS].sort());
    assert.deepEqual(Object.keys(service).sort(), Object.keys(SERVICE).sort());
  });

  it('describes every key', () => {
    for (const { description } of [...Object.values(properties), ...Object.values(service)]) {
      assert.ok(description.length > 20, description);
    }
  });

  it('offers the types of the catalogue and has the limits of the reader', () => {
    assert.deepEqual(service.type.examples, [...BUILT_IN_CATALOGUE.keys()]);
    assert.deepEqual([service.port.minimum, service.port.maximum], [MIN_PORT, MAX_PORT]);
    assert.equal(properties.services.maxProperties, MAX_PLANNED_SERVICES);
  });

  it('takes the names that the reader takes', () => {
    const names = ['web', 'Web-2.api_v1', '0', '', '.a', 'a b', '__proto__', 'a'.repeat(65), 'ü'];
    agree(properties.services.propertyNames.pattern, isServiceName, names);
    agree(service.type.pattern, isServiceName, names);
    agree(properties.template.pattern, isServiceName, names);
    const variables = ['PORT', '_a1', '1A', 'A-B', '', 'A B', 'Ü'];
    agree(service.env.items.pattern, isEnvironmentName, variables);
    agree(definitions.file.propertyNames.pattern, isEnvironmentName, variables);
    agree(properties.files.propertyNames.pattern, (path) => filePathProblem(path) === undefined, [
      ...['.env', '.env.local', 'apps/web/.env', '...a', '.github/a.env', 'x.git/a'],
      ...[
        '',
        '/a',
        'C:/a',
        '..',
        '../a',
        'a/../b',
        './a',
        'a//b',
        'a/',
        'a\\b',
        '.git/x',
        'a/.git',
      ],
    ]);
  });

  it('takes the health that the reader takes, but for other machines', () => {
    const isHealth = (health: string) =>
      readPlan(JSON.stringify({ services: { web: { health } } })).kind === 'read';
    agree(service.health.pattern, isHealth, [
      ...['/', '/healthz', 'http://localhost:1/x', 'https://127.0.0.1'],
      ...['', 'healthz', '//a', '/ a', '/\\a', 'ftp://localhost'],
    ]);
  });

  it('shows examples that the reader takes', () => {
    const services = { web: {}, api: {} };
    for (const [key, example] of examplesOf(properties)) {
      assert.equal(readPlan(JSON.stringify({ services, [key]: example })).kind, 'read', key);
    }
    for (const [key, example] of examplesOf(service)) {
      const plan = { services: { web: { [key]: example } } };
      assert.equal(readPlan(JSON.stringify(plan)).kind, 'read', key);
    }
  });
});

/** Each example with its key. */
function examplesOf(described: object): readonly (readonly [string, unknown])[] {
  return Object.entries(described).flatMap(([key, { examples = [] }]) =>
    (examples as readonly unknown[]).map((example) => [key, example] as const),
  );
}
