import assert from 'node:assert/strict';
import { allocationAt } from '../../../../src/core/state/state';
import { A, B, Engine, granted, participant, refused, says } from './support/engine';

let engine: Engine;

beforeEach(() => {
  engine = new Engine();
});

describe('release', () => {
  for (const [name, target] of [
    ['port', { port: 3000 }],
    ['id', { id: 'allocation-2' }],
    ['service and workspace', { service: 'dev', workspace: A }],
  ] as const) {
    it(`ends an allocation by ${name}`, () => {
      engine.port('dev');
      const answer = granted(engine.release(target));
      assert.equal(answer.released.port, 3000);
      assert.equal(answer.released.id, 'allocation-2');
      assert.deepEqual(answer.released.holders, []);
      assert.equal(answer.remainingHolders, 0);
      says(answer.message, 'Port 3000 of "dev" in /home/me/a is released.');
      assert.equal(allocationAt(engine.state, 3000), undefined);
      assert.equal(engine.state.allocations.size, 0);
    });
  }

  it('names the other holders', () => {
    engine.port('dev');
    engine.connected.add('window-1');
    engine.caller = participant('run', { kind: 'cli', label: 'styxy port dev', pid: 7 });
    engine.port('dev');
    says(
      granted(engine.release({ port: 3000 })).message,
      'It was also held by window "window-1" (pid 100).',
    );
  });

  it('says nothing of other holders when there are none', () => {
    engine.port('dev');
    assert.ok(!granted(engine.release({ port: 3000 })).message.includes('also held'));
  });

  it('lets the port cool for 30 s and keeps it in memory', () => {
    engine.port('dev');
    engine.release({ port: 3000 });
    const until = engine.now + 30_000;
    assert.deepEqual(engine.state.cooling.get(3000), { port: 3000, until, pair: `${A}\0dev` });
    assert.equal(engine.state.memory.get(`${A}\0dev`)?.port, 3000);
  });

  describe("of another workspace's allocation", () => {
    beforeEach(() => {
      engine.caller = participant('window-b', { label: 'b', pid: 77 });
      engine.port('dev', B);
      engine.caller = participant('window-a');
    });

    it('is refused, named, with how to do it all the same', () => {
      const error = refused(
        engine.release({ port: 3000 }),
        'not_holder',
        'Port 3000 is allocated to "dev" in /home/me/b',
        'window "b" (pid 77)',
        '"styxy release allocation-2"',
        'confirm',
      );
      assert.equal(error.details.workspace, B);
      assert.equal(engine.state.allocations.size, 1);
    });

    it('is refused by service and workspace too', () => {
      refused(engine.release({ service: 'dev', workspace: B }), 'not_holder');
    });

    it('works once it is confirmed', () => {
      assert.equal(
        granted(engine.release({ port: 3000 }, { confirmed: true })).released.port,
        3000,
      );
    });

    it('works for whoever presents the id', () => {
      assert.equal(
        granted(engine.release({ id: 'allocation-2' }, { workspaces: [] })).released.port,
        3000,
      );
    });

    it('works for a caller that has that workspace too', () => {
      const answer = granted(engine.release({ port: 3000 }, { workspaces: [A, B] }));
      assert.equal(answer.released.port, 3000);
    });
  });

  describe('of what is not allocated', () => {
    it('says so of a port, who had it last and what is here', () => {
      engine.port('dev', B);
      engine.release({ port: 3000 }, { confirmed: true });
      engine.port('api');
      const error = refused(
        engine.release({ port: 3000 }),
        'allocation_not_found',
        'no allocation on port 3000',
        '"dev" in /home/me/b had it last',
        'Allocated here: 8000 (api)',
        'styxy list',
      );
      assert.deepEqual(error.details.allocated, ['8000 (api)']);
    });

    it('says so of a port without a past', () => {
      refused(engine.release({ port: 4999 }), 'allocation_not_found', /port 4999\. "styxy list"/);
    });

    it('says so of an id', () => {
      refused(
        engine.release({ id: 'nonsense' }),
        'allocation_not_found',
        'with the id nonsense',
        'styxy list',
      );
    });

    it('says so of a service, what was meant and what there is', () => {
      engine.port('database');
      engine.port('api');
      const error = refused(
        engine.release({ service: 'databse', workspace: A }),
        'allocation_not_found',
        '"databse" in /home/me/a',
        'Did you mean "database"?',
        'Allocated there: database; api',
      );
      assert.equal(error.details.meant, 'database');
    });

    it('says so of a service that was released', () => {
      engine.port('dev');
      engine.release({ port: 3000 });
      refused(
        engine.release({ service: 'dev', workspace: A }),
        'allocation_not_found',
        'It had port 3000 and was released.',
        'Nothing is allocated in that workspace',
      );
    });
  });

  const bad: readonly (readonly [string, object])[] = [
    ['nothing', {}],
    ['an id and a port', { id: 'x', port: 3000 }],
    ['a port and a pair', { port: 3000, service: 'dev', workspace: A }],
    ['a service without a workspace', { service: 'dev' }],
    ['a workspace without a service', { workspace: A }],
    ['an empty id', { id: '' }],
    ['a number as id', { id: 7 }],
    ['a huge id', { id: 'x'.repeat(129) }],
    ['a port as a string', { port: '3000' }],
    ['a bad service', { service: 'a b', workspace: A }],
    ['a bad workspace', { service: 'dev', workspace: 'here' }],
  ];
  for (const [name, target] of bad) {
    it(`refuses the target ${name}`, () => {
      engine.port('dev');
      refused(engine.release(target), 'invalid_argument');
      assert.equal(engine.state.allocations.size, 1);
    });
  }

  it('refuses a bad request id', () => {
    engine.port('dev');
    refused(engine.release({ port: 3000 }, { requestId: ' ' }), 'invalid_argument', 'requestId');
  });

  it('is refused while the state needs a resync', () => {
    engine.port('dev');
    engine.state = { ...engine.state, needsResync: true };
    refused(engine.release({ port: 3000 }), 'leader_unavailable');
  });
});
