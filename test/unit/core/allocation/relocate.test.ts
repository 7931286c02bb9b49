import assert from 'node:assert/strict';
import type { ListeningProcess } from '../../../../src/core/domain/model';
import type { AllocateAnswer, AllocateRequest } from '../../../../src/core/messages/requests';
import { A, B, Engine, granted, participant, refused, says } from './support/engine';
import { DEFAULT_RULES } from './support/rules';

const STRANGER: ListeningProcess = {
  pid: 12,
  startMark: '77',
  command: 'node server.js',
  workspace: B,
};

describe('a port that somebody else took after it was allocated', () => {
  let engine: Engine;
  let first: AllocateAnswer;

  beforeEach(() => {
    engine = new Engine();
    first = granted(engine.allocate({ service: 'web', serviceType: 'dev' }));
    assert.equal(first.allocation.port, 3000);
    taken();
  });

  function taken(): void {
    engine.listen(3000, STRANGER);
    engine.observed.set(first.allocation.id, {
      state: 'conflict',
      process: STRANGER,
      intruder: { kind: 'sibling', workspace: B, sameRepository: true },
    });
  }

  function ask(more: Partial<AllocateRequest> = {}): AllocateAnswer {
    return granted(engine.allocate({ service: 'web', ...more }));
  }

  it('is replaced when it is asked for, and the answer says who has it', () => {
    const answer = ask();
    assert.equal(answer.allocation.id, first.allocation.id);
    assert.equal(answer.allocation.port, 3001);
    assert.ok(answer.existing);
    assert.equal(answer.movedFrom, 3000);
    assert.deepEqual(answer.conflicts, [{ port: 3000, process: STRANGER }]);
    says(answer.message, 'moved from 3000 to 3001');
    says(answer.message, 'node server.js (pid 12, in /home/me/b)');
    says(answer.message, 'from another checkout of the same repository');
    says(answer.allocation.movedBecause ?? '', 'port 3000 is in use by node server.js');
  });

  it('is one commit, told to every holder', () => {
    engine.caller = participant('window-2');
    engine.connected.add('window-1');
    const before = engine.log.length;
    ask();
    assert.deepEqual(
      engine.log.slice(before).map(({ kind }) => kind),
      ['moved', 'joined', 'answered'],
    );
  });

  it('is in use by its own server, which is no conflict and is said', () => {
    const process = { ...STRANGER, workspace: A };
    engine.observed.set(first.allocation.id, { state: 'listening', process });
    const answer = ask();
    assert.equal(answer.allocation.port, 3000);
    says(answer.message, 'Its own server listens there: node server.js (pid 12, in /home/me/a).');
    engine.observed.set(first.allocation.id, { state: 'listening', process: { pid: 3 } });
    assert.doesNotMatch(ask().message, /own server/);
  });

  it('stays when the other process is gone by then', () => {
    engine.machine.clear();
    assert.equal(ask().allocation.port, 3000);
  });

  it('stays when it is another process by then, of which nothing is proven', () => {
    engine.machine.clear();
    engine.listen(3000, { ...STRANGER, startMark: '99' });
    assert.equal(ask().allocation.port, 3000);
    engine.listen(3000);
    assert.equal(ask().allocation.port, 3000);
  });

  it('stays where the first layer is switched off', () => {
    const { recovery } = DEFAULT_RULES;
    const portConflict = { ...recovery.portConflict, enabled: false };
    engine.rules = { ...DEFAULT_RULES, recovery: { ...recovery, portConflict } };
    assert.equal(ask().allocation.port, 3000);
  });

  it('is refused when exactly it is wanted, and by whom it is held is said', () => {
    const outcome = engine.allocate({ service: 'web', port: 3000, exact: true });
    refused(outcome, 'port_in_use', '3000', 'pid 12', B);
    const planned = engine.allocate({ service: 'web', planned: { port: 3000, exact: true } });
    refused(planned, 'port_in_use', '3000', 'pid 12', B);
  });

  it('is replaced by the one that is asked for, or planned, with a wish for what is not to be had', () => {
    assert.equal(ask({ port: 3050 }).allocation.port, 3050);
    engine.machine.clear();
    engine.listen(3050, STRANGER);
    engine.observed.set(first.allocation.id, { state: 'conflict', process: STRANGER });
    assert.equal(ask({ planned: { port: 3060 } }).allocation.port, 3060);
    engine.listen(3060, STRANGER);
    engine.listen(3070, STRANGER);
    engine.observed.set(first.allocation.id, { state: 'conflict', process: STRANGER });
    const { allocation, wish } = ask({ planned: { port: 3070 } });
    assert.equal(allocation.port, 3000, 'its own old port is free again');
    assert.equal(wish, 3070);
  });

  it('is refused when nothing else is left, with who has what', () => {
    for (let port = 3000; port < 3100; port += 1) {
      engine.listen(port, STRANGER);
    }
    const error = refused(engine.allocate({ service: 'web' }), 'no_port_available', 'pid 12');
    assert.ok(error.retryable);
    assert.equal(engine.state.allocations.get(first.allocation.id)?.port, 3000);
  });

  it('the port of a shared allocation is replaced for all', () => {
    engine = new Engine();
    engine.caller = participant('window-a');
    first = granted(engine.allocate({ workspace: A, service: 'rag', serviceType: 'ai' }));
    engine.caller = participant('window-b');
    granted(engine.allocate({ workspace: B, service: 'rag', serviceType: 'ai' }));
    engine.listen(11_430, { pid: 5, workspace: '/elsewhere' });
    engine.observed.set(first.allocation.id, {
      state: 'conflict',
      process: { pid: 5, workspace: '/elsewhere' },
    });
    const answer = granted(engine.allocate({ workspace: B, service: 'rag', serviceType: 'ai' }));
    assert.equal(answer.allocation.id, first.allocation.id);
    assert.equal(answer.allocation.port, 11_431);
    assert.equal(answer.allocation.holders.length, 2);
    assert.equal(answer.shared?.group, 'ai/rag');
  });
});
