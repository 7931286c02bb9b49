import assert from 'node:assert/strict';
import { catalogueOf } from '../../../../src/core/domain/catalogue';
import { invariants } from '../../../../src/core/state/invariants';
import { A, B, Engine, granted, refused, says } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

describe('a port that its pair moved away from', () => {
  let engine: Engine;

  beforeEach(() => {
    engine = new Engine();
    engine.port('dev');
    engine.move({ port: 3000 }, 5173);
    engine.goneFolders.add(A);
  });

  afterEach(() => {
    assert.deepEqual(invariants(engine.state), []);
  });

  it('is passed over for others, who are told', () => {
    const { allocation, message } = granted(
      engine.allocate({ workspace: B, service: 'dev', port: 3000 }),
    );
    assert.equal(allocation.port, 3001);
    says(message, '"dev" in /home/me/a gave port 3000 up a moment ago');
  });

  it('is given to nobody else even when nothing else is left', () => {
    const dev = DEFAULT_RULES.catalogue.get('dev');
    assert.ok(dev);
    const one = { ...dev, range: { first: 3000, last: 3000 }, preferred: [3000] };
    engine.rules = { ...DEFAULT_RULES, catalogue: catalogueOf([one]) };
    const outcome = engine.allocate({ workspace: B, service: 'dev' });
    refused(outcome, 'no_port_available', '"dev" in /home/me/a gave port 3000 up');
    assert.deepEqual(outcome.probed, []);
  });

  it('is given to nobody else who asks for exactly it, and says when to ask again', () => {
    engine.now += 10_500;
    const request = { workspace: B, service: 'dev', port: 3000, exact: true };
    const error = refused(
      engine.allocate(request),
      'port_in_use',
      'in 20 s',
      '"dev" in /home/me/a',
    );
    assert.equal(error.retryable, true);
    assert.equal(error.details.until, 1_030_000);
  });

  it('is not moved to by another pair', () => {
    engine.port('api', B);
    const outcome = engine.move({ port: 8000 }, 3000, { workspaces: [B] });
    const error = refused(outcome, 'port_in_use', 'in 30 s');
    assert.equal(error.retryable, true);
    assert.deepEqual(outcome.probed, []);
  });

  it('is given back to the pair itself', () => {
    engine.release({ port: 5173 });
    const request = { service: 'dev', port: 3000, exact: true };
    assert.equal(granted(engine.allocate(request)).allocation.port, 3000);
  });

  it('is the pair’s own to move back to', () => {
    assert.equal(granted(engine.move({ port: 5173 }, 3000)).allocation.port, 3000);
  });

  it('names who listens when the pair itself asks for it', () => {
    engine.release({ port: 5173 });
    engine.listen(3000, { pid: 12, command: 'vite', workspace: B });
    const outcome = engine.allocate({ service: 'dev', port: 3000, exact: true });
    refused(outcome, 'port_in_use', 'in use by vite (pid 12');
  });

  it('is anybody’s after 30 s', () => {
    engine.now += 29_999;
    assert.equal(engine.port('dev', B), 3001);
    engine.now += 1;
    const request = { workspace: B, service: 'web', serviceType: 'dev', port: 3000, exact: true };
    assert.equal(granted(engine.allocate(request)).allocation.port, 3000);
  });
});
