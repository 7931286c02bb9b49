import assert from 'node:assert/strict';
import { accepted, problemsOf, refused, warned } from './reading';

describe('reservations in the configuration', () => {
  it('come as a list or by port', () => {
    const list = [
      { port: 3005, name: 'printer', reason: 'in the\ncorridor' },
      { port: 80, name: 'web server' },
    ];
    assert.deepEqual(accepted({ reservations: list }).reservations, [
      { port: 3005, name: 'printer', reason: 'in the corridor' },
      { port: 80, name: 'web server' },
    ]);
    const byPort = { 3005: 'printer', 65535: { name: 'last', reason: 'why not' } };
    assert.deepEqual(accepted({ reservations: byPort }).reservations, [
      { port: 3005, name: 'printer' },
      { port: 65_535, name: 'last', reason: 'why not' },
    ]);
  });

  it('come from manual allocations too, at the top and in service types', () => {
    const content = {
      service_types: {
        ai: { manual_allocations: { 9999: 'ChromaDB' } },
        web: {
          port_range: [5173, 5199],
          manual_allocations: [{ port: 5175, service: 'theirs', reason: 'why' }],
        },
      },
      manual_allocations: {
        7001: { description: 'A legacy tool' },
        7002: { service_name: 'a', description: 'b' },
        7003: {},
      },
      reservations: { 7000: 'first' },
    };
    assert.deepEqual(accepted(content).reservations, [
      { port: 7000, name: 'first' },
      { port: 7001, name: 'A legacy tool' },
      { port: 7002, name: 'a' },
      { port: 7003, name: 'manual allocation' },
      { port: 9999, name: 'ChromaDB' },
      { port: 5175, name: 'theirs', reason: 'why' },
    ]);
  });

  it('count where the type that has them does not', () => {
    const dev = { auto_allocated: true, manual_allocations: { 9999: 'ChromaDB' } };
    const { configuration } = warned({ service_types: { dev } });
    assert.deepEqual(configuration.reservations, [{ port: 9999, name: 'ChromaDB' }]);
  });

  it('are warned of where a port comes again, and then the first counts', () => {
    const content = {
      reservations: [{ port: 9999, name: 'a' }],
      manual_allocations: { 9999: 'b' },
    };
    const { configuration, warning } = warned(content);
    assert.deepEqual(configuration.reservations, [{ port: 9999, name: 'a' }]);
    assert.equal(warning.at, '"9999"');
    assert.equal(warning.message, 'Port 9999 is reserved for "a" already.');
  });

  const WRONG: readonly (readonly [reservations: unknown, at: string, message: RegExp])[] = [
    [3005, '3005', /^"reservations" is 3005, not a list of ports with their names\.$/],
    [[3005], '3005', /^"reservations\[0\]" is 3005, not an object with "port" and "name"\.$/],
    [[{ name: 'a' }], '{"name":"a"}', /^"reservations\[0\]" has no "port"\.$/],
    [[{ port: 3005 }], '{"port":3005}', /^"reservations\[0\]" has no "name"\.$/],
    [[{ port: 0, name: 'a' }], '0', /^"port" is 0, not a port/],
    [[{ port: 65_536, name: 'a' }], '65536', /a whole number from 1 to 65535/],
    [[{ port: '3005', name: 'a' }], '"3005"', /is "3005"/],
    [[{ port: 3005, name: ' ' }], '" "', /^"name" is " ", not a text with something in it\.$/],
    [[{ port: 3005, name: 'a', reason: 1 }], '1', /^"reason" is 1, not a text\.$/],
    [{ abc: 'a' }, '"abc"', /^"abc" is no port/],
    [{ 65536: 'a' }, '"65536"', /is no port/],
    [{ '03005': 'a' }, '"03005"', /is no port/],
    [{ 3005: 1 }, '1', /^"3005" is 1, not the name of what has the port\.$/],
    [{ 3005: { reason: 'a' } }, '{"reason":"a"}', /^"3005" has no "name"\.$/],
  ];
  for (const [reservations, at, message] of WRONG) {
    it(`are refused as ${JSON.stringify(reservations)}`, () => {
      const error = refused({ reservations });
      assert.equal(error.at, at);
      assert.equal(error.path[0], 'reservations');
      assert.match(error.message, message);
    });
  }

  it('know the keys of manual allocations only there', () => {
    const [problem] = problemsOf({ reservations: [{ port: 1, name: 'a', service: 'b' }] });
    assert.equal(problem?.severity, 'warning');
    assert.match(refused({ manual_allocations: true }).example ?? '', /ChromaDB/);
  });
});
