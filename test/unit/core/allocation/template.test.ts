import assert from 'node:assert/strict';
import { templateOffset } from '../../../../src/core/allocation/resolveType';
import type { Template } from '../../../../src/core/domain/configuration';
import { DEFAULT_CONFIGURATION } from '../../../../src/core/config/defaults';
import type { DecisionContext } from '../../../../src/core/allocation/decision';
import { rulesOf } from '../../../../src/core/allocation/rules';
import { A, B, Engine, participant, refused } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

function template(name: string, offset: number, more: Partial<Template> = {}): Template {
  return { name, offset, offsets: new Map(), branches: [], ...more };
}

describe('a template', () => {
  let engine: Engine;

  beforeEach(() => {
    engine = new Engine();
  });

  function use(...templates: readonly Template[]): void {
    const named = templates.map((each) => [each.name, each] as const);
    engine.rules = { ...DEFAULT_RULES, templates: new Map(named) };
  }

  it('shifts where the search begins when it is named', () => {
    engine.rules = rulesOf(DEFAULT_CONFIGURATION, undefined);
    const names = ['main', 'dev', 'staging', 'features'];
    const offsets = names.map((name) => {
      const fresh = new Engine();
      fresh.rules = engine.rules;
      return fresh.port('web', A, { serviceType: 'dev', template: name });
    });
    assert.deepEqual(offsets, [3000, 3001, 3002, 3003]);
  });

  it('an undeclared template is refused with those there are', () => {
    use(template('main', 0), template('qa', 7));
    const outcome = engine.allocate({ service: 'api', template: 'prod' });
    const error = refused(outcome, 'invalid_argument', '"prod"', 'main, qa');
    assert.deepEqual(error.details.known, ['main', 'qa']);
    assert.equal(engine.state.allocations.size, 0);
  });

  it('shifts single types by their own offsets', () => {
    use(template('qa', 7, { offsets: new Map([['api', 20]]) }));
    assert.equal(engine.port('api', A, { template: 'qa' }), 8020);
    assert.equal(engine.port('dev', A, { template: 'qa' }), 3007);
  });

  it('is the first one whose pattern matches the git branch', () => {
    use(
      template('none', 1),
      template('feature', 5, { branches: ['fix/*', 'feature/*'] }),
      template('any', 9, { branches: ['*'] }),
    );
    engine.branches.set(A, 'feature/login');
    engine.branches.set(B, 'main');
    assert.equal(engine.port('api', A), 8005);
    assert.equal(engine.port('api', B), 8009);
  });

  it('is none where there is no branch, or no pattern for it', () => {
    use(template('feature', 5, { branches: ['feature/*'] }));
    engine.branches.set(B, 'main');
    assert.equal(engine.port('api', A), 8000);
    assert.equal(engine.port('api', B), 8001);
  });

  it('a template that is named takes precedence over the branch', () => {
    use(template('feature', 5, { branches: ['*'] }), template('qa', 7));
    engine.branches.set(A, 'main');
    assert.equal(engine.port('api', A, { template: 'qa' }), 8007);
  });

  it('templates without patterns need no look at the branch', () => {
    const context: DecisionContext = {
      now: 1,
      caller: participant('window'),
      findings: new Map(),
      connected: new Set(),
      goneFolders: new Set(),
      branches: new Map(),
      newId: () => '',
    };
    const offset = (named?: string) => templateOffset(named, A, 'api', context, engine.rules);
    use(template('qa', 7));
    assert.equal(offset(), 0);
    use(template('qa', 7, { branches: ['qa'] }));
    assert.deepEqual(offset(), { kind: 'branch', workspace: A });
    assert.equal(offset('qa'), 7);
  });

  it('shifts nothing out of the range', () => {
    use(template('far', 98), template('back', -1), template('beyond', 5000));
    assert.equal(engine.port('api', A, { template: 'far' }), 8098);
    assert.equal(engine.port('api-2', A, { serviceType: 'api', template: 'far' }), 8099);
    assert.equal(engine.port('api-3', A, { serviceType: 'api', template: 'far' }), 8000);
    assert.equal(engine.port('dev', A, { template: 'beyond' }), 3000);
    // 2999 lies before the range: the second preferred port is the first that stays in it.
    assert.equal(engine.port('dev', B, { template: 'back' }), 3001);
  });

  it('does not touch what is allocated', () => {
    use(template('qa', 7));
    assert.equal(engine.port('api'), 8000);
    assert.equal(engine.port('api', A, { template: 'qa' }), 8000);
  });

  it('yields to the port that the pair had last', () => {
    use(template('qa', 7));
    engine.port('api');
    engine.release({ port: 8000 });
    assert.equal(engine.port('api', A, { template: 'qa' }), 8000);
  });
});
