import assert from 'node:assert/strict';
import { BROWSER_BLOCKED_PORTS } from '../../../../src/core/domain/browserBlockedPorts';
import {
  BUILT_IN_CATALOGUE,
  type Catalogue,
  catalogueOf,
  type ServiceType,
} from '../../../../src/core/domain/catalogue';
import { isPort, isServiceTypeName } from '../../../../src/core/domain/names';

/** Name, first and last port, first preferred port: the table of the original Styxy. */
const TABLE = [
  ['dev', 3000, 3099, 3000],
  ['api', 8000, 8099, 8000],
  ['database', 5430, 5499, 5430],
  ['auth', 9099, 9199, 9099],
  ['functions', 5000, 5099, 5001],
  ['ui', 4000, 4099, 4000],
  ['hub', 4400, 4499, 4400],
  ['storybook', 6006, 6029, 6006],
  ['test', 9200, 9299, 9200],
  ['proxy', 8100, 8199, 8100],
  ['docs', 4100, 4199, 4100],
  ['monitoring', 3100, 3199, 3100],
  ['build', 8200, 8299, 8200],
  ['infrastructure', 6370, 6399, 6370],
  ['ai', 11400, 11499, 11430],
  ['messaging', 9050, 9098, 9050],
  ['coordination', 9870, 9899, 9870],
] as const;

describe('catalogue', () => {
  const types = [...BUILT_IN_CATALOGUE.values()];

  it('has the seventeen types of the original, and no other', () => {
    assert.deepEqual([...BUILT_IN_CATALOGUE.keys()].sort(), TABLE.map(([name]) => name).sort());
  });

  for (const [name, first, last, preferred] of TABLE) {
    it(`${name} has ${first}-${last} and prefers ${preferred} and the next three`, () => {
      const type = BUILT_IN_CATALOGUE.get(name);
      assert.deepEqual(type?.range, { first, last });
      assert.deepEqual(type?.preferred, [preferred, preferred + 1, preferred + 2, preferred + 3]);
      assert.equal(type?.origin, 'built-in');
    });
  }

  it('has 1,404 ports and no overlap', () => {
    const ports = types.flatMap(({ range }) =>
      Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index),
    );
    assert.equal(ports.length, 1404);
    assert.equal(new Set(ports).size, 1404);
  });

  it('keeps preferred ports inside the range, and names and ports valid', () => {
    for (const { name, preferred, range } of types) {
      assert.ok(isServiceTypeName(name));
      assert.ok(isPort(range.first) && isPort(range.last));
      assert.ok(
        preferred.every((port) => port >= range.first && port <= range.last),
        name,
      );
    }
  });

  it('describes each type and gives examples', () => {
    for (const { name, description, examples } of types) {
      assert.ok(description.length >= 20, name);
      assert.ok(examples.length >= 2, name);
    }
    assert.equal(new Set(types.map(({ description }) => description)).size, 17);
  });

  it('has one singleton: ai, one for each service name', () => {
    const singletons = types.filter(({ instanceBehavior }) => instanceBehavior !== 'multi');
    assert.deepEqual(
      singletons.map(({ name, instanceBehavior }) => [name, instanceBehavior]),
      [['ai', 'single_per_service']],
    );
  });

  it('knows which types have no URL', () => {
    const raw = types.filter(({ protocol }) => protocol === 'tcp').map(({ name }) => name);
    assert.deepEqual(raw.sort(), ['database', 'infrastructure', 'messaging']);
  });

  it('looks types up by name and by port', () => {
    assert.equal(BUILT_IN_CATALOGUE.get('Dev'), undefined);
    assert.equal(BUILT_IN_CATALOGUE.get('constructor'), undefined);
    const at = (port: number) => serviceTypesAt(BUILT_IN_CATALOGUE, port).map(({ name }) => name);
    assert.deepEqual([3000, 3099, 3100, 2999, 12_000].map(at), [
      ['dev'],
      ['dev'],
      ['monitoring'],
      [],
      [],
    ]);
  });

  it('takes configured types beside and instead of its own', () => {
    const dev = BUILT_IN_CATALOGUE.get('dev') as ServiceType;
    const own: ServiceType = { ...dev, range: { first: 7000, last: 7009 }, origin: 'configured' };
    const catalogue = catalogueOf([...types, own, { ...own, name: 'grafana' }]);
    assert.deepEqual(catalogue.get('dev'), own);
    assert.deepEqual(
      serviceTypesAt(catalogue, 7005).map(({ name }) => name),
      ['dev', 'grafana'],
    );
    assert.equal([...catalogue.keys()][0], 'dev');
    assert.equal(BUILT_IN_CATALOGUE.get('dev'), dev);
  });
});

describe('ports that browsers refuse', () => {
  it('are those of the Fetch Standard', () => {
    const above = [...BROWSER_BLOCKED_PORTS.keys()].filter(isPort);
    assert.deepEqual(
      above,
      [
        1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
        6669, 6679, 6697, 10080,
      ],
    );
    assert.equal(BROWSER_BLOCKED_PORTS.size, 82);
    assert.deepEqual(
      [22, 80, 443, 3000, 8080].map((port) => BROWSER_BLOCKED_PORTS.has(port)),
      [true, false, false, false, false],
    );
  });

  it('lie in exactly three of the seventeen ranges', () => {
    const hit = [...BROWSER_BLOCKED_PORTS.keys()].flatMap((port) =>
      serviceTypesAt(BUILT_IN_CATALOGUE, port).map(({ name }) => name),
    );
    assert.deepEqual([...new Set(hit)].sort(), ['docs', 'functions', 'ui']);
  });
});

/** The types whose range contains the port. */
function serviceTypesAt(catalogue: Catalogue, port: number): readonly ServiceType[] {
  return [...catalogue.values()].filter(({ range }) => port >= range.first && port <= range.last);
}
