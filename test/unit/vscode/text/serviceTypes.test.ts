import assert from 'node:assert/strict';
import { BUILT_IN_CATALOGUE } from '../../../../src/core/domain/catalogue';
import {
  defaultServiceName,
  figuresOf,
  serviceTypesOf,
  urlOf,
  reservedText,
  typeLabel,
  typeText,
} from '../../../../src/vscode/text/serviceTypes';
import { allocationView, configurationView, serviceType } from '../../../support/views';

const BUILT_IN = [...BUILT_IN_CATALOGUE.values()];
const grafana = serviceType({
  name: 'grafana',
  range: { first: 10_075, last: 10_084 },
  origin: 'auto-allocated',
});

describe('service types as the editor shows them', () => {
  it('are those in force, or the built-in ones without a word of an older leader', () => {
    const configuration = configurationView({ types: [grafana] });
    assert.deepEqual(serviceTypesOf({ configuration }), [grafana]);
    assert.deepEqual(serviceTypesOf({}), BUILT_IN);
    assert.deepEqual(serviceTypesOf(undefined), BUILT_IN);
  });

  it('have a browser open what speaks HTTP', () => {
    assert.equal(urlOf({ port: 3000, serviceType: 'dev' }, BUILT_IN), 'http://localhost:3000');
    assert.equal(urlOf({ port: 5430, serviceType: 'database' }, BUILT_IN), undefined);
    assert.equal(urlOf({ port: 12_000, serviceType: 'x' }, BUILT_IN), 'http://localhost:12000');
    const planned = { port: 3000, serviceType: 'dev', planned: { protocol: 'tcp' } } as const;
    assert.equal(urlOf(planned, BUILT_IN), undefined, 'its plan knows better than its type');
    const secure = serviceType({ protocol: 'https' });
    assert.equal(urlOf({ port: 3000, serviceType: 'dev' }, [secure]), 'https://localhost:3000');
  });

  it('count what is used of a range, and what nobody gets of it', () => {
    const configuration = configurationView({
      reservations: [
        { port: 10_075, name: 'printer' },
        { port: 10_080, name: 'amanda' },
        { port: 9, name: 'elsewhere' },
      ],
    });
    const allocations = [10_075, 10_084, 10_085].map((port) => allocationView({ port }));
    const figures = figuresOf(grafana, { allocations, configuration });
    assert.deepEqual(figures, {
      used: 2,
      size: 10,
      reserved: [
        { port: 10_075, name: 'printer' },
        { port: 10_080, name: 'amanda' },
      ],
    });
    assert.deepEqual(figuresOf(grafana, { allocations: [] }).reserved, [{ port: 10_080 }]);
  });

  it('are described with range, use and what is special', () => {
    const nothing = { allocations: [] };
    const text = (some: Parameters<typeof serviceType>[0]) => {
      const type = serviceType(some);
      return typeText(type, figuresOf(type, nothing));
    };
    assert.equal(text({}), '3000-3099 · 0 of 100 used');
    assert.equal(text({ instanceBehavior: 'single' }), '3000-3099 · 0 of 100 used · shared');
    assert.equal(
      text({ instanceBehavior: 'single_per_service', origin: 'configured' }),
      '3000-3099 · 0 of 100 used · shared by name',
    );
    assert.equal(text(grafana), '10075-10084 · 0 of 10 used · auto-allocated · 1 reserved');
    const figures = figuresOf(grafana, nothing);
    assert.equal(
      typeLabel(grafana, figures),
      'grafana, ports 10075 to 10084, 0 of 10 used, auto-allocated, 1 reserved',
    );
    assert.equal(reservedText(figures), '10080 (browsers refuse it)');
  });

  it('propose the type as a name, or the next number', () => {
    assert.equal(defaultServiceName('api', new Set()), 'api');
    assert.equal(defaultServiceName('api', new Set(['api', 'api-2'])), 'api-3');
  });
});
