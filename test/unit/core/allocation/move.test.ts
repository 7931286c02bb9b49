import assert from 'node:assert/strict';
import { allocationAt, historyOf } from '../../../../src/core/state/state';
import { A, B, Engine, granted, participant, refused, says } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

let engine: Engine;

beforeEach(() => {
  engine = new Engine();
  engine.port('dev');
});

describe('move', () => {
  it('gives an allocation another port in one event, after a look at it', () => {
    const events = engine.log.length;
    const outcome = engine.move({ service: 'dev', workspace: A }, 5173);
    const { allocation, movedFrom, message } = granted(outcome);
    assert.deepEqual(outcome.probed, [5173]);
    assert.equal(allocation.port, 5173);
    assert.equal(allocation.id, 'allocation-2');
    assert.equal(allocation.movedFrom, 3000);
    assert.equal(movedFrom, 3000);
    says(message, '"dev" in /home/me/a moved from 3000 to 5173.');
    says(message, 'Restart what listens on 3000.');
    assert.deepEqual(
      engine.log.slice(events).map(({ kind }) => kind),
      ['moved', 'answered'],
    );
    assert.deepEqual(allocationAt(engine.state, 5173), allocation);
    assert.equal(allocationAt(engine.state, 3000), undefined);
  });

  it('keeps the old port from others for 30 s, not from itself', () => {
    engine.move({ port: 3000 }, 5173);
    engine.goneFolders.add(A);
    assert.equal(engine.port('dev', B), 3001);
    assert.equal(granted(engine.move({ port: 5173 }, 3000)).allocation.port, 3000);
    engine.move({ port: 3000 }, 5173);
    engine.now += 30_000;
    assert.equal(engine.port('web', B, { serviceType: 'dev' }), 3000);
  });

  it('says who asked for it, in the allocation and in the past of both ports', () => {
    engine.caller = participant('run', { kind: 'cli', label: 'styxy move' });
    const { allocation } = granted(engine.move({ port: 3000 }, 5173));
    const because = 'cli "styxy move" asked for it';
    assert.equal(allocation.movedBecause, because);
    for (const port of [3000, 5173]) {
      assert.equal(historyOf(engine.state, port).at(-1)?.note, because);
    }
  });

  it('the move of a shared port may be taken back by any of those who share it', () => {
    engine.port('rag', A, { serviceType: 'ai' });
    engine.caller = participant('window-b');
    engine.port('rag', B, { serviceType: 'ai' });
    engine.move({ port: 11_430 }, 11_480);
    engine.release({ service: 'rag', workspace: A });
    const { allocation } = granted(engine.move({ port: 11_480 }, 11_430, { workspaces: [B] }));
    assert.equal(allocation.port, 11_430);
    assert.equal(allocation.workspace, B);
  });

  it('is what the pair gets next time', () => {
    engine.move({ port: 3000 }, 5173);
    engine.release({ port: 5173 });
    assert.equal(engine.port('dev'), 5173);
  });

  it('a move to the port that it has changes nothing', () => {
    const events = engine.log.length;
    const outcome = engine.move({ port: 3000 }, 3000);
    assert.equal(granted(outcome).movedFrom, 3000);
    says(granted(outcome).message, 'has port 3000 already');
    assert.deepEqual(outcome.probed, []);
    assert.deepEqual(
      engine.log.slice(events).map(({ kind }) => kind),
      ['answered'],
    );
  });

  it('a move to the port that it has is not done later, when the same request comes again', () => {
    const requestId = 'request-to-stay';
    engine.move({ port: 3000 }, 3000, { requestId });
    engine.move({ port: 3000 }, 5173);
    const again = engine.move({ port: 5173 }, 3000, { requestId });
    assert.equal(granted(again).allocation.port, 5173);
  });

  it('twice to one port answers where it came from', () => {
    engine.move({ port: 3000 }, 5173);
    assert.equal(granted(engine.move({ port: 5173 }, 5173)).movedFrom, 3000);
  });

  it('is refused when somebody listens there', () => {
    engine.listen(5173, { pid: 12, command: 'vite', workspace: B });
    const error = refused(
      engine.move({ port: 3000 }, 5173),
      'port_in_use',
      'Port 5173 is in use by vite (pid 12, in /home/me/b)',
    );
    assert.equal(error.details.port, 5173);
    assert.ok(allocationAt(engine.state, 3000));
  });

  it('is refused when the owner of the listener is unknown', () => {
    engine.listen(5173);
    refused(engine.move({ port: 3000 }, 5173), 'port_in_use');
  });

  it('follows its own server', () => {
    engine.listen(5173, { pid: 12, command: 'vite', workspace: A });
    const { allocation, message } = granted(engine.move({ port: 3000 }, 5173));
    assert.equal(allocation.port, 5173);
    says(message, 'its own server listens already: vite (pid 12');
  });

  it('is refused when another pair has the port', () => {
    engine.port('api');
    const outcome = engine.move({ port: 3000 }, 8000);
    refused(outcome, 'port_in_use', 'Port 8000 is allocated to "api" in /home/me/a');
    assert.deepEqual(outcome.probed, []);
  });

  it('may take a port that another pair just gave up', () => {
    engine.port('api', B);
    engine.release({ port: 8000 }, { confirmed: true });
    assert.equal(granted(engine.move({ port: 3000 }, 8000)).allocation.port, 8000);
    assert.equal(engine.state.cooling.get(8000), undefined);
  });

  it('is refused for reserved, forbidden and invalid ports', () => {
    engine.rules = { ...DEFAULT_RULES, reservations: new Map([[9876, 'HTTP']]) };
    engine.machine.set(5357, { kind: 'forbidden' });
    refused(engine.move({ port: 3000 }, 9876), 'port_reserved', 'is reserved (HTTP)');
    refused(engine.move({ port: 3000 }, 6667), 'port_reserved', 'refused by browsers');
    refused(engine.move({ port: 3000 }, 5357), 'port_reserved', 'cannot be bound');
    for (const port of [80, 65_536, NaN, '5173' as unknown as number]) {
      refused(engine.move({ port: 3000 }, port), 'invalid_argument', 'port');
    }
  });

  it("moving another workspace's allocation needs its id or a confirmation", () => {
    engine.port('api', B);
    const error = refused(
      engine.move({ port: 8000 }, 8050),
      'not_holder',
      '"api" in /home/me/b',
      'To move it all the same',
    );
    const id = String(error.details.id);
    assert.equal(granted(engine.move({ id }, 8050)).allocation.port, 8050);
    assert.equal(
      granted(engine.move({ port: 8050 }, 8051, { confirmed: true })).allocation.port,
      8051,
    );
  });

  it('a move of nothing is refused', () => {
    refused(engine.move({ port: 3001 }, 5173), 'allocation_not_found');
    refused(engine.move({}, 5173), 'invalid_argument');
    refused(engine.move({ port: 3000 }, 5173, { requestId: '' }), 'invalid_argument', 'requestId');
  });

  it('is refused while the state needs a resync', () => {
    engine.state = { ...engine.state, needsResync: true };
    refused(engine.move({ port: 3000 }, 5173), 'leader_unavailable');
  });

  it('keeps the holders', () => {
    engine.connected.add('window-1');
    engine.caller = participant('run', { kind: 'cli', label: 'styxy port dev' });
    engine.port('dev');
    const { allocation } = granted(engine.move({ port: 3000 }, 5173));
    assert.deepEqual(
      allocation.holders.map(({ participant: id }) => id),
      ['window-1', 'run'],
    );
  });
});
