import assert from 'node:assert/strict';
import { A, B, Engine, granted, participant, refused, says } from './support/engine';

/** What a client that lost an answer does: the same request with the same id. */
let engine: Engine;

beforeEach(() => {
  engine = new Engine();
});

describe('a repeated request', () => {
  it('gets the same grant again, without events and without a look at the machine', () => {
    engine.listen(3000, { pid: 12, workspace: B });
    const request = { service: 'dev', requestId: 'r', port: 3000 };
    const first = granted(engine.allocate(request));
    const events = engine.log.length;
    engine.now += 5_000;
    const again = engine.allocate(request);
    assert.deepEqual(granted(again), first);
    assert.equal(granted(again).existing, false);
    assert.deepEqual(again.probed, []);
    assert.equal(engine.log.length, events);
  });

  it('gets the same plain grant again', () => {
    const first = granted(engine.allocate({ service: 'dev', requestId: 'r' }));
    assert.deepEqual(granted(engine.allocate({ service: 'dev', requestId: 'r' })), first);
  });

  it('gets an adopted and a shifted grant again', () => {
    engine.listen(3000, { pid: 12, workspace: A });
    const adopted = granted(engine.allocate({ service: 'dev', requestId: 'r1' }));
    assert.equal(adopted.adopted, true);
    assert.deepEqual(granted(engine.allocate({ service: 'dev', requestId: 'r1' })), adopted);
    engine.release({ port: 3000 });
    engine.listen(3000, { pid: 13, workspace: B });
    const shifted = granted(engine.allocate({ service: 'dev', requestId: 'r2' }));
    assert.equal(shifted.movedFrom, 3000);
    assert.deepEqual(granted(engine.allocate({ service: 'dev', requestId: 'r2' })), shifted);
  });

  it('gets the wish of its plan again', () => {
    engine.listen(5173, { pid: 12, workspace: B });
    const request = { service: 'dev', requestId: 'r', planned: { port: 5173 } };
    const first = granted(engine.allocate(request));
    assert.equal(first.wish, 5173);
    assert.deepEqual(granted(engine.allocate(request)), first);
    const changed = { service: 'dev', requestId: 'r2', planned: { port: 5174 } };
    engine.listen(5174);
    const second = granted(engine.allocate(changed));
    assert.equal(second.wish, 5174);
    assert.deepEqual(granted(engine.allocate(changed)), second);
  });

  it('gets a move of its plan, a found range and a shared port again', () => {
    engine.allocate({ service: 'dev', planned: {} });
    const requests = [
      { service: 'dev', requestId: 'r1', planned: { port: 5173 } },
      { service: 'grafana', serviceType: 'grafana', requestId: 'r2' },
      { service: 'rag', serviceType: 'ai', requestId: 'r3' },
      { service: 'rag', serviceType: 'ai', requestId: 'r4', workspace: B },
    ];
    // Later holders and moves show in all answers, so that each is repeated at once.
    for (const request of requests) {
      const first = granted(engine.allocate(request));
      const events = engine.log.length;
      assert.deepEqual(granted(engine.allocate(request)), first);
      assert.equal(engine.log.length, events);
    }
    assert.equal(engine.port('dev'), 5173);
  });

  it('is decided anew when what is kept of its answer is none', () => {
    const request = { service: 'dev', requestId: 'r' };
    const first = granted(engine.allocate(request));
    for (const recorded of [{ kind: 'x' }, { kind: 'allocate', id: 7 }, {}]) {
      engine.state = {
        ...engine.state,
        answered: engine.state.answered.set('r', { requestId: 'r', at: 1, recorded }),
      };
      const again = granted(engine.allocate(request));
      assert.deepEqual(again.allocation, first.allocation);
      assert.equal(again.existing, true);
    }
  });

  it('is not done twice when what is kept of its answer is none', () => {
    const port = engine.port('dev');
    engine.state = {
      ...engine.state,
      answered: engine.state.answered.set('r', { requestId: 'r', at: 1, recorded: {} }),
    };
    const again = [engine.release({ port }, { requestId: 'r' }), engine.undo('grafana', 'r')];
    for (const outcome of again) {
      refused(outcome, 'invalid_argument', 'cannot be read', 'Use a new id');
    }
    assert.equal(engine.state.allocations.size, 1);
  });

  it('gets the same undo again, although the type is back', () => {
    engine.port('grafana', A, { serviceType: 'grafana' });
    engine.release({ port: 11_510 });
    const first = granted(engine.undo('grafana', 'r'));
    engine.port('grafana', A, { serviceType: 'grafana' });
    assert.deepEqual(granted(engine.undo('grafana', 'r')), first);
    assert.equal(engine.state.types.size, 1);
  });

  it('gets the answer of a join again', () => {
    engine.port('dev');
    engine.caller = participant('window-2');
    const first = granted(engine.allocate({ service: 'dev', requestId: 'r' }));
    assert.equal(first.existing, true);
    const events = engine.log.length;
    assert.deepEqual(granted(engine.allocate({ service: 'dev', requestId: 'r' })), first);
    assert.equal(engine.log.length, events);
  });

  it('gets the allocation as it is now, not as it was', () => {
    engine.allocate({ service: 'dev', requestId: 'r' });
    engine.connected.add('window-1');
    engine.caller = participant('window-2');
    engine.port('dev');
    const again = granted(engine.allocate({ service: 'dev', requestId: 'r' }));
    assert.equal(again.existing, false);
    assert.equal(again.allocation.holders.length, 2);
  });

  it('is decided anew when its allocation was released: the port may be another pair’s', () => {
    engine.allocate({ service: 'dev', requestId: 'r' });
    engine.release({ port: 3000 });
    engine.now += 60_000;
    engine.goneFolders.add(A);
    assert.equal(engine.port('dev', B), 3000);
    const again = granted(engine.allocate({ service: 'dev', requestId: 'r' }));
    assert.equal(again.allocation.port, 3001);
    assert.equal(again.movedFrom, 3000);
    assert.deepEqual(granted(engine.allocate({ service: 'dev', requestId: 'r' })), again);
  });

  it('gets the new port when its allocation moved', () => {
    engine.allocate({ service: 'dev', requestId: 'r' });
    engine.move({ port: 3000 }, 5173);
    const again = granted(engine.allocate({ service: 'dev', requestId: 'r' }));
    assert.equal(again.allocation.port, 5173);
    assert.equal(again.existing, true);
  });

  it('gets the same release again', () => {
    engine.connected.add('window-1');
    engine.port('dev');
    engine.caller = participant('window-2');
    engine.port('dev');
    const first = granted(engine.release({ port: 3000 }, { requestId: 'r' }));
    says(first.message, 'also held');
    const events = engine.log.length;
    assert.deepEqual(granted(engine.release({ port: 3000 }, { requestId: 'r' })), first);
    assert.equal(engine.log.length, events);
  });

  it('releases nothing twice, although the port was given again', () => {
    engine.port('dev');
    const first = granted(engine.release({ port: 3000 }, { requestId: 'r' }));
    engine.port('dev');
    assert.deepEqual(granted(engine.release({ port: 3000 }, { requestId: 'r' })), first);
    assert.equal(engine.state.allocations.size, 1);
  });

  it('gets the same move again', () => {
    engine.port('dev');
    const first = granted(engine.move({ port: 3000 }, 5173, { requestId: 'r' }));
    const again = engine.move({ port: 3000 }, 5173, { requestId: 'r' });
    assert.deepEqual(granted(again), first);
    assert.deepEqual(again.probed, []);
  });

  it('moves nothing twice: says where it went since', () => {
    engine.listen(5173, { pid: 12, command: 'vite', workspace: A });
    engine.port('dev', A, { port: 3000 });
    engine.move({ port: 3000 }, 5173, { requestId: 'r' });
    engine.move({ port: 5173 }, 4000);
    const again = granted(engine.move({ port: 3000 }, 5173, { requestId: 'r' }));
    assert.equal(again.allocation.port, 4000);
    assert.equal(again.movedFrom, 3000);
    says(again.message, 'moved from 3000 to 5173, where its own server');
    says(again.message, 'Since then it moved to 4000.');
  });

  it('is told when what it moved was released since', () => {
    engine.port('dev');
    engine.move({ port: 3000 }, 5173, { requestId: 'r' });
    engine.release({ port: 5173 });
    refused(
      engine.move({ port: 3000 }, 5173, { requestId: 'r' }),
      'allocation_not_found',
      'moved to 5173 and has been released since',
    );
  });

  describe('with an id that belongs to something else', () => {
    beforeEach(() => {
      engine.allocate({ service: 'dev', requestId: 'allocate' });
      engine.port('api');
      engine.release({ port: 8000 }, { requestId: 'release' });
    });

    it('is refused, whatever the method', () => {
      const reuse = 'belongs to another request';
      const refusals = [
        engine.release({ port: 3000 }, { requestId: 'allocate' }),
        engine.move({ port: 3000 }, 5173, { requestId: 'allocate' }),
        engine.allocate({ service: 'web', serviceType: 'dev', requestId: 'release' }),
        engine.allocate({ service: 'dev', workspace: B, requestId: 'allocate' }),
        engine.allocate({ service: 'ui', requestId: 'allocate' }),
        engine.undo('grafana', 'allocate'),
      ];
      for (const refusal of refusals) {
        refused(refusal, 'invalid_argument', reuse, 'Use a new id');
      }
      assert.equal(engine.state.allocations.size, 1);
    });
  });
});
