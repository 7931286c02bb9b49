import assert from 'node:assert/strict';
import { accepted, problemsOf, warned } from './reading';

describe('ranges that overlap', () => {
  it('are warned of once for each pair, with both names and what they share', () => {
    const seen = problemsOf({
      service_types: {
        web: { port_range: [3050, 3150] },
        grafana: { port_range: [3150, 3159], auto_allocated: true },
      },
    });
    assert.deepEqual(
      seen.map(({ at, message }) => [at, message]),
      [
        ['[3050,3150]', 'The ranges of "web" (3050-3150) and "dev" (3000-3099) share 3050-3099.'],
        [
          '[3050,3150]',
          'The ranges of "web" (3050-3150) and "monitoring" (3100-3199) share 3100-3150.',
        ],
        [
          '[3150,3159]',
          'The ranges of "grafana" (3150-3159) and "web" (3050-3150) share port 3150.',
        ],
        [
          '[3150,3159]',
          'The ranges of "grafana" (3150-3159) and "monitoring" (3100-3199) share 3150-3159.',
        ],
      ],
    );
    assert.ok(seen.every(({ severity }) => severity === 'warning'));
  });

  it('are seen where they contain others, whatever their order', () => {
    const { warning } = warned({
      service_types: {
        small: { port_range: [20_010, 20_019] },
        wide: { port_range: [20_000, 20_099] },
      },
    });
    assert.equal(
      warning.message,
      'The ranges of "wide" (20000-20099) and "small" (20010-20019) share 20010-20019.',
    );
  });

  it('are none where they only touch, or where a built-in type moved away', () => {
    accepted({ service_types: { web: { port_range: [3200, 3299] } } });
    accepted({
      service_types: { web: { port_range: [3000, 3099] }, dev: { port_range: [20_000, 20_099] } },
    });
  });
});
