import assert from 'node:assert/strict';
import { decideAllocate } from '../../../../src/core/allocation/allocate';
import { candidates } from '../../../../src/core/allocation/candidates';
import type { DecisionContext } from '../../../../src/core/allocation/decision';
import type { PortFinding } from '../../../../src/core/host/interfaces';
import { emptyState } from '../../../../src/core/state/state';
import { A, Engine, participant } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

function context(findings: readonly (readonly [number, PortFinding])[]): DecisionContext {
  return {
    now: 1_000,
    caller: participant('window-1'),
    findings: new Map(findings),
    connected: new Set(),
    goneFolders: new Set(),
    branches: new Map(),
    newId: () => 'id',
  };
}

function decide(...findings: readonly (readonly [number, PortFinding])[]) {
  const request = { requestId: 'r', workspace: A, service: 'dev' };
  return decideAllocate(emptyState(), request, context(findings), DEFAULT_RULES);
}

describe('candidates', () => {
  it('do not come last because the pair itself remembers them', () => {
    const engine = new Engine();
    engine.port('dev');
    engine.release({ port: 3000 });
    const serviceType = DEFAULT_RULES.catalogue.get('dev');
    assert.ok(serviceType);
    const search = {
      workspace: A,
      service: 'dev',
      serviceType,
      wishes: [],
      exact: false,
      offset: 0,
    };
    const now = engine.now + 60_000;
    const [first] = candidates(engine.state, search, new Set(), now, DEFAULT_RULES);
    assert.deepEqual(first, { kind: 'try', port: 3000 });
  });
});

describe('a probe', () => {
  it('names the best candidates in order, a slice at a time', () => {
    assert.deepEqual(decide(), {
      kind: 'probe',
      candidates: Array.from({ length: 16 }, (_, index) => 3000 + index),
    });
  });

  it('leaves out what was looked at, and asks on behind busy ones', () => {
    const decision = decide([3000, { kind: 'busy' }], [3002, { kind: 'busy' }]);
    assert.ok(decision.kind === 'probe');
    assert.deepEqual(decision.candidates.slice(0, 3), [3001, 3003, 3004]);
  });

  it('is asked for although a worse candidate is known to be free', () => {
    const decision = decide([3001, { kind: 'free' }]);
    assert.ok(decision.kind === 'probe');
    assert.deepEqual(decision.candidates.slice(0, 2), [3000, 3002]);
  });
});
