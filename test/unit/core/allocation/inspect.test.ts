import assert from 'node:assert/strict';
import {
  inspectPort,
  inspectRefusal,
  type PortLook,
} from '../../../../src/core/allocation/inspect';
import { A, B, Engine } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

const engine = new Engine();
engine.port('dev');
engine.port('dev', B);
engine.release({ port: 3001 }, { confirmed: true });

const addresses = [{ address: '127.0.0.1', result: 'busy' }] as const;

function inspect(port: number, sight: Partial<PortLook> = {}) {
  const whole = { checkedAt: 7, addresses: [], listeners: [], ...sight };
  return inspectPort(engine.state, { port }, whole, engine.rules);
}

describe('inspect', () => {
  it('shows an allocation with its state, addresses, history and types', () => {
    const answer = inspect(3000, { addresses });
    assert.equal(answer.allocation?.service, 'dev');
    assert.equal(answer.allocation?.state, 'reserved');
    assert.deepEqual(answer.addresses, addresses);
    assert.deepEqual(
      answer.history.map(({ kind, workspace }) => [kind, workspace]),
      [['granted', A]],
    );
    assert.deepEqual(answer.serviceTypes, ['dev']);
    assert.equal(answer.reserved, undefined);
    assert.equal(answer.checkedAt, 7);
  });

  it('shows the past of a port that nobody has', () => {
    const answer = inspect(3001);
    assert.equal(answer.allocation, undefined);
    assert.deepEqual(
      answer.history.map(({ kind, workspace }) => [kind, workspace]),
      [
        ['granted', B],
        ['released', B],
      ],
    );
  });

  it('shows each process once, and nobody who listens elsewhere', () => {
    const process = { pid: 12, command: 'node', workspace: A };
    const answer = inspect(3000, {
      listeners: [
        { port: 3000, address: '127.0.0.1', process },
        { port: 3000, address: '::1', process },
        { port: 3000, address: '10.0.0.1' },
        { port: 3001, address: '::', process: { pid: 13 } },
      ],
    });
    assert.deepEqual(answer.listeners, [{ port: 3000, process }, { port: 3000 }]);
    assert.equal(answer.allocation?.state, 'listening');
    assert.deepEqual(answer.allocation?.process, process);
  });

  it('says listening even when the owner is unknown', () => {
    const answer = inspect(3000, { listeners: [{ port: 3000, address: '::' }] });
    assert.equal(answer.allocation?.state, 'listening');
    assert.equal(answer.allocation?.process, undefined);
  });

  it('believes an observation before the listeners', () => {
    const history = [{ at: 1, state: 'down', reason: 'nobody listens' }] as const;
    const answer = inspect(3000, { health: { observation: { state: 'down' }, history } });
    assert.equal(answer.allocation?.state, 'down');
    assert.deepEqual(answer.health, history);
  });

  for (const [port, reason] of [
    [6000, 'Port 6000 is refused by browsers, which keep it for x11'],
    [22, 'Port 22 is below 1024'],
    [3005, 'Port 3005 is reserved (the printer).'],
  ] as const) {
    it(`says why nobody gets ${port}`, () => {
      engine.rules = { ...DEFAULT_RULES, reservations: new Map([[3005, 'the printer']]) };
      assert.ok(inspect(port).reserved?.startsWith(reason), inspect(port).reserved);
    });
  }

  it('refuses what is no TCP port', () => {
    assert.equal(inspectRefusal({ port: 22 }), undefined);
    for (const port of [0, 65_536, NaN, 1.5, '22' as unknown as number]) {
      const error = inspectRefusal({ port });
      assert.equal(error?.code, 'invalid_argument');
      assert.ok(error?.message.includes('1 to 65535'));
    }
  });
});
